import Experiments
import Foundation
import Testing

struct LeakProbeTests {
  private func leaks(_ summary: RunSummary) -> [LeakFinding] { summary.record.experiments[0].leaks }

  @Test func `a column that parts the outcomes is named and kept out`() throws {
    let folder = try PropensityFolder()
    let roles = "id: customer, target: responded, ignore: [household, day]"
    let summary = try folder.run(try folder.study(roles: roles))
    // `after` is 5…6 for every response and 0…1 for everybody else.
    #expect(
      leaks(summary) == [LeakFinding(column: "after", kind: .copy, value: 1, isExcluded: true)])
    let honest = try folder.run(try folder.study(), in: "honest")
    #expect(
      try folder.predictions(of: summary).map(\.raw) == folder.predictions(of: honest).map(\.raw))
  }

  @Test func `an allowed leak is used and still named`() throws {
    let folder = try PropensityFolder()
    let roles = "id: customer, target: responded, ignore: [household, day]"
    let study = try folder.study(roles: roles, experiment: "allow_leak: after")
    let summary = try folder.run(study)
    #expect(leaks(summary).map(\.isAllowed) == [true])
    #expect(leaks(summary).map(\.isExcluded) == [false])
    let area = try #require(summary.record.experiments[0].chosen?.trial[metric: "roc_auc"])
    #expect(area.value == 1)
  }

  @Test func `a column declared to come after the outcome is kept out`() throws {
    let folder = try PropensityFolder()
    let roles =
      "id: customer, target: responded, ignore: [after, household, day], after_outcome: visits"
    let summary = try folder.run(try folder.study(roles: roles))
    #expect(
      leaks(summary) == [LeakFinding(column: "visits", kind: .afterOutcome, isExcluded: true)])
  }

  @Test func `missing values that tell the outcome are a leak`() throws {
    var customers = PropensityFolder.customers()
    for row in customers.indices { customers[row].visits = customers[row].responded ? 1 : nil }
    customers[0].visits = customers[0].responded ? nil : 1
    let folder = try PropensityFolder(customers)
    let found = leaks(try folder.run(try folder.study()))
    #expect(found.map(\.column) == ["visits"])
    #expect(found.map(\.kind) == [.separates])
  }

  @Test func `levels that tell the outcome are a leak, many small ones are not`() throws {
    var customers = PropensityFolder.customers()
    for row in customers.indices {
      customers[row].channel = (customers[row].responded ? "won" : "lost") + "\(row % 3)"
    }
    let told = try PropensityFolder(customers)
    #expect(leaks(try told.run(try told.study())).map(\.column) == ["channel"])
    for row in customers.indices { customers[row].channel = "level \(row % 60)" }
    let many = try PropensityFolder(customers)
    #expect(leaks(try many.run(try many.study())).isEmpty)
  }
}
