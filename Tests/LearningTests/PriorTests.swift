import Foundation
import Learning
import Numerical
import Testing

struct PriorTests {
  @Test func `every row has the log-odds of the weighted share of events`() throws {
    // Weights of ones 2 + 1 = 3, of zeros 1 + 3 + 2 = 6: odds of ½.
    let input = Labeled(
      FeatureTable(rowCount: 5, columns: []), labels: [1, 0, 0, 1, 0], weights: [2, 1, 3, 1, 2])
    let model = try Prior().fit(input, in: boostingContext()).model
    let logOdds = try model.logOdds(FeatureTable(rowCount: 3, columns: []), on: .serial)
    #expect(logOdds.count == 3)
    // Two logarithms, each to the last digit or two.
    #expect(logOdds.allSatisfy { abs($0 - log(0.5)) <= 1e-15 })
  }

  @Test func `stored log-odds that are no number are refused`() throws {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PriorModel.self, from: Data(#"{"logOdds": "much"}"#.utf8))
    }
  }
}
