import Foundation
import Learning
import Numerical
import Testing

struct LogisticRegressionInputTests {
  private let x = Matrix(rows: [[1, 2], [3, 1], [2, 2], [4, 7]])

  private func fit(_ x: Matrix, _ y: [Double], _ weights: [Double]? = nil) throws
    -> Fit<LogisticRegressionModel>
  {
    try LogisticRegression().fit(
      Labeled(x, labels: y, weights: weights), in: FitContext(seed: Seed(0)))
  }

  @Test(
    arguments: [
      (LearningError.rowCounts(features: 4, labels: 3), [0, 1, 0], nil),
      (.rowCounts(features: 4, labels: 2), [0, 1, 0, 1], [1, 1]),
      (.label(row: 2, needed: .zeroOrOne), [0, 1, 3, 0], nil),
      (.label(row: 0, needed: .zeroOrOne), [.nan, 1, 1, 0], nil),
      (.events(ones: 4, zeros: 0), [1, 1, 1, 1], nil),
      (.events(ones: 1, zeros: 3), [1, 0, 0, 0], nil),
      (.events(ones: 1, zeros: 2), [1, 1, 0, 0], [1, 0, 1, 1]),
      (.weight(row: 3), [1, 1, 0, 0], [1, 1, 1, -1]),
      (.weight(row: 0), [1, 1, 0, 0], [.nan, 1, 1, 1]),
    ] as [(LearningError, [Double], [Double]?)])
  func `unusable targets and weights are refused`(
    error: LearningError, labels: [Double], weights: [Double]?
  ) {
    #expect(throws: error) { try fit(x, labels, weights) }
  }

  @Test func `unusable columns are refused`() {
    #expect(throws: LearningError.nonFinite(row: 1, column: 0)) {
      try fit(Matrix(rows: [[1], [.nan], [1], [2]]), [0, 1, 0, 1])
    }
    #expect(throws: LearningError.numerical(.overflow(column: 0))) {
      try fit(Matrix(rows: [[1e300], [-1e300], [1], [2]]), [0, 1, 0, 1])
    }
  }

  @Test func `without columns the rate is all there is`() throws {
    let model = try fit(Matrix(rowCount: 4, columnCount: 0), [1, 1, 0, 0]).model
    #expect(model.coefficients.isEmpty)
  }

  @Test func `prediction needs the fitted columns and finite rows`() throws {
    let model = try fit(x, [0, 1, 0, 1]).model
    #expect(throws: LearningError.width(expected: 2, found: 1)) {
      try model.probabilities(Matrix(rows: [[1]]))
    }
    #expect(throws: LearningError.nonFinite(row: 0, column: 1)) {
      try model.probabilities(Matrix(rows: [[1, .infinity]]))
    }
  }

  @Test func `a cancelled fit ends`() {
    #expect(throws: LearningError.cancelled) {
      try LogisticRegression().fit(
        Labeled(x, labels: [0, 1, 0, 1]), in: FitContext(seed: Seed(0), isCancelled: { true }))
    }
  }

  @Test func `parameters outside their domains are refused`() {
    for name in ["penalty", "c", "l1_ratio", "tolerance", "iterations", "class_weights"] {
      #expect(throws: ParameterError.self) {
        try LogisticRegression(Parameters([(name, .real(-1))]))
      }
    }
  }

  @Test func `a stored model predicts the same`() throws {
    let model = try fit(x, [0, 1, 0, 1]).model
    let data = try JSONEncoder().encode(model)
    let read = try JSONDecoder().decode(LogisticRegressionModel.self, from: data)
    #expect(read == model)
    #expect(try read.probabilities(x) == model.probabilities(x))
  }

  @Test(arguments: [
    ("intercept", "\"none\""), ("deviations", #"{"shape":[2],"values":[-1,1]}"#),
    ("deviations", #"{"shape":[1],"values":[1]}"#),
    ("standardErrors", #"{"shape":[2],"values":[1,1]}"#),
  ])
  func `a forged model is refused`(key: String, forged: String) throws {
    let data = try JSONEncoder().encode(try fit(x, [0, 1, 0, 1]).model)
    var members = try JSONDecoder().decode([String: Member].self, from: data)
    members[key] = try JSONDecoder().decode(Member.self, from: Data(forged.utf8))
    let text = try JSONEncoder().encode(members)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(LogisticRegressionModel.self, from: text)
    }
  }

  /// A member of a stored model: a number, a text, or a list of numbers with its shape.
  private enum Member: Codable {
    case number(Double)
    case text(String)
    case list([String: [Double]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .list(try container.decode([String: [Double]].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      case .list(let list): try container.encode(list)
      }
    }
  }
}
