import Experiments
import Foundation
import Learning
import Numerical
import Testing

struct TargetTests {
  private func problem(
    _ table: String, roles: String = "target: y"
  ) throws -> TargetProblem? {
    let folder = try PropensityFolder()
    try folder.write(table: table)
    do {
      _ = try StudyInput(try folder.study(roles: roles), on: WorkerPool(threadCount: 1))
      return nil
    } catch let error as RunError {
      guard case .target(_, let problem) = error else { throw error }
      return problem
    }
  }

  private func table(_ values: [String], weights: [String]? = nil) -> String {
    "x,w,y\n"
      + values.enumerated().map {
        "\($0.offset * 7 % 10),\(weights?[$0.offset] ?? "1"),\($0.element)\n"
      }
      .joined()
  }

  @Test func `one class is refused`() throws {
    #expect(try problem(table(Array(repeating: "yes", count: 12))) == .oneValue)
  }

  @Test func `fewer than two events are refused`() throws {
    let values = ["yes"] + Array(repeating: "no", count: 11)
    #expect(try problem(table(values)) == .tooFew(events: 1, others: 11))
  }

  @Test func `a missing value is refused with its row`() throws {
    var values = (0..<12).map { $0 % 2 == 0 ? "yes" : "no" }
    values[4] = ""
    #expect(try problem(table(values)) == .missing(count: 1, firstRow: 5))
  }

  @Test func `which value is the event must be clear`() throws {
    let pair = (0..<12).map { $0 % 2 == 0 ? "gold" : "silver" }
    #expect(try problem(table(pair)) == .unclear)
    #expect(try problem(table(pair), roles: "target: y, positive: gold") == nil)
    #expect(try problem(table(pair), roles: "target: y, positive: bronze") == .noSuchValue)
    let three = (0..<12).map { ["yes", "no", "maybe"][$0 % 3] }
    #expect(try problem(table(three)) == .tooMany(3))
    #expect(try problem(table(three), roles: "target: y, positive: \"yes\"") == nil)
  }

  @Test(arguments: ["-1", ""]) func `a bad weight is refused with its row`(
    weight: String
  ) throws {
    let values = (0..<12).map { $0 % 2 == 0 ? "1" : "0" }
    var weights = Array(repeating: "1", count: 12)
    weights[6] = weight
    let found = try problem(table(values, weights: weights), roles: "target: y, weight: w")
    #expect(found == .weight(row: 7))
  }

  @Test func `fewer events than folds are a matter of the study`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: table((0..<20).map { $0 < 3 ? "yes" : "no" }))
    let study = try folder.study(roles: "target: y")
    #expect {
      try folder.run(study)
    } throws: { error in
      guard case .split(.refused(let sentence)) = error as? RunError else { return false }
      return sentence.contains("3")
    }
  }
}
