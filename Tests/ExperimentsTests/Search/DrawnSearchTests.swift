import Experiments
import Foundation
import Learning
import Testing

/// Searches that draw from the axes before anything is computed.
struct DrawnSearchTests {
  private func plan(_ search: String, grid: String, seed: Int = 7) throws -> Plan {
    let text = studyText(
      head: "name: demo\nseed: \(seed)", grid: grid, experiment: "search: \(search)")
    return try Plan(try readStudy(text), fingerprint: "sha256:0", catalog: Toy.catalog)
  }

  private func values(_ plan: Plan, _ name: String) -> [Double] {
    plan.trials.compactMap { trial in
      switch trial.stages.last?.parameters[name] {
      case .real(let value)?: value
      case .integer(let value)?: Double(value)
      default: nil
      }
    }
  }

  private static let ranges = "[{model: cuts, slack: {uniform: [0, 10]}, k: {uniform: [2, 5]}}]"

  @Test func `more random trials begin with the fewer`() throws {
    for grid in [
      Self.ranges, "[{model: cuts, k: {range: [2, 30]}}, {model: reluctant, k: [2, 4]}]",
    ] {
      let few = try plan("{method: random, trials: 6}", grid: grid).trials
      let many = try plan("{method: random, trials: 14}", grid: grid).trials
      #expect(few.count == 6 && many.count == 14)
      #expect(Array(many.prefix(6)) == few)
      let other = try plan("{method: random, trials: 6, seed: 1}", grid: grid).trials
      #expect(other.map(\.key) != few.map(\.key))
    }
  }

  @Test func `the study's seed draws unless the search has its own`() throws {
    let search = "{method: random, trials: 6, seed: 3}"
    #expect(
      values(try plan(search, grid: Self.ranges, seed: 1), "slack")
        == values(try plan(search, grid: Self.ranges, seed: 2), "slack"))
    #expect(
      values(try plan("{method: random, trials: 6}", grid: Self.ranges, seed: 1), "slack")
        != values(try plan("{method: random, trials: 6}", grid: Self.ranges, seed: 2), "slack"))
  }

  @Test func `what can be counted is drawn once, and no more is found than there is`() throws {
    let found = try plan(
      "{method: random, trials: 20}", grid: "[{model: cuts, k: [2, 3, 4], slack: [0, 1]}]")
    #expect(Set(found.trials.map(\.key)).count == 6)
    #expect(found.trials.count == 6)
    #expect(
      found.notes == [
        "segments is searched (random): 6 of 6 combinations; more are not to be found"
      ])
  }

  @Test func `a range stays within its ends and log draws ratios evenly`() throws {
    let found = try plan(
      "{method: random, trials: 400}", grid: "[{model: cuts, slack: {log_uniform: [0.01, 100]}}]")
    let slack = values(found, "slack")
    #expect(slack.count == 400)
    #expect(slack.allSatisfy { (0.01...100).contains($0) })
    // Half of them lie below the geometric middle, 1: 200 with a standard deviation of 10.
    #expect(abs(slack.count { $0 < 1 } - 200) < 50)
  }

  @Test func `a whole parameter draws whole numbers, both ends among them`() throws {
    let found = try plan("{method: random, trials: 60}", grid: Self.ranges)
    #expect(Set(values(found, "k")) == [2, 3, 4, 5])
  }

  @Test func `a Latin hypercube has one trial in every stratum of every axis`() throws {
    let found = try plan("{method: latin-hypercube, trials: 12}", grid: Self.ranges)
    // 12 strata of slack, each 10 / 12 wide; 4 whole numbers take 3 strata each.
    let strata = values(found, "slack").map { Int(($0 / 10 * 12).rounded(.down)) }
    #expect(strata.sorted() == Array(0..<12))
    for k in 2...5 { #expect(values(found, "k").count { $0 == Double(k) } == 3) }
    let again = try plan("{method: latin-hypercube, trials: 12}", grid: Self.ranges)
    #expect(again == found)
  }

  @Test func `points of a Latin hypercube that fall together are drawn again`() throws {
    let found = try plan(
      "{method: latin-hypercube, trials: 6}", grid: "[{model: cuts, k: [2, 3, 4], slack: [0, 1]}]")
    #expect(Set(found.trials.map(\.key)).count == 6)
  }

  @Test func `a block without a choice comes first`() throws {
    let found = try plan(
      "{method: random, trials: 3}",
      grid: "[{model: cuts, slack: {uniform: [0, 1]}}, {model: reluctant, k: 2}]")
    #expect(found.trials.map(\.model) == ["reluctant", "cuts", "cuts"])
  }

  @Test func `conditions leave out what is drawn`() throws {
    let found = try plan(
      "{method: random, trials: 20}",
      grid: "[{model: cuts, k: {uniform: [2, 5]}, slack: {uniform: [0, 1]}, exclude: {k: [3, 4]}}]")
    #expect(Set(values(found, "k")) == [2, 5])
    #expect(found.trials.count == 20)
  }

  @Test func `a grid can be cut to its first trials`() throws {
    let all = try plan("{method: grid}", grid: "[{model: cuts, k: {range: [2, 9]}}]")
    let few = try plan("{trials: 3}", grid: "[{model: cuts, k: {range: [2, 9]}}]")
    #expect(all.trials.count == 8)
    #expect(few.trials == Array(all.trials.prefix(3)))
    #expect(few.notes == ["segments takes the first 3 of 8 combinations"])
  }

  @Test func `drawn configurations have their seeds`() throws {
    let text = studyText(
      grid: Self.ranges, experiment: "search: {method: random, trials: 3}\nseeds: 2")
    let found = try Plan(try readStudy(text), fingerprint: "sha256:0", catalog: Toy.catalog)
    #expect(found.trials.map(\.seed) == [7, 8, 7, 8, 7, 8])
    #expect(Set(found.trials.map(\.stages)).count == 3)
  }

  @Test(arguments: [
    ("{method: bayes}", "method must be one of grid, random, latin-hypercube, tpe, found bayes"),
    ("{method: random}", "search has no trials"),
    ("{method: random, trials: 0}", "trials must be a whole number from 1 to 10000, found 0"),
    ("{trials: 3, startup: 4}", "startup must be left out without tpe, found 4"),
    ("{method: tpe, trials: 9, drop: racing}", "drop must be left out with tpe"),
    ("{drop: racing, factor: 2}", "factor must be left out with racing"),
    ("{first: 2}", "first must be left out without drop, found 2"),
    ("{drop: halving, factor: 1}", "factor must be a whole number from 2 to 100, found 1"),
    ("{methode: random}", "search has no key methode"),
  ])
  func `a search that cannot be meant is refused`(search: String, message: String) {
    let found = refusal(of: studyText(experiment: "search: \(search)"))
    #expect(found?.hasPrefix(message) == true, "\(found ?? "accepted")")
  }

  @Test(arguments: [
    (
      "[{model: cuts, slack: {uniform: [0, 1]}}]", "{method: grid}",
      "experiment has no search that draws"
    ),
    (
      "[{model: cuts, slack: {uniform: [1, 0]}}]", "{method: random, trials: 2}",
      "slack.uniform must be [first, last] with first below last"
    ),
    (
      "[{model: cuts, slack: {log_uniform: [0, 1]}}]", "{method: random, trials: 2}",
      "slack.log_uniform must be [first, last] with 0 below first below last"
    ),
    (
      "[{model: cuts, mode: {uniform: [0, 1]}}]", "{method: random, trials: 2}", "cuts: "
    ),
    (
      "[{model: cuts, zip: {slack: {uniform: [0, 1]}}}]", "{method: random, trials: 2}",
      "zip must be values and lists, without a range to draw from"
    ),
  ])
  func `a range that cannot be drawn from is refused`(
    grid: String, search: String, message: String
  ) {
    let found = refusal(of: studyText(grid: grid, experiment: "search: \(search)"))
    #expect(found?.hasPrefix(message) == true, "\(found ?? "accepted")")
  }
}
