import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct LogisticRegressionTests {
  struct Reference: Decodable {
    struct Unpenalised: Decodable {
      let weights: [Double]?
      let parameters: [Double]
      let errors: [Double]
      let p: [Double]
    }

    struct Penalised: Decodable, CustomTestStringConvertible {
      let penalty: String
      let c: Double
      let l1_ratio: Double
      let standardize: Bool
      let weights: [Double]?
      let intercept: Double
      let coefficients: [Double]

      var testDescription: String { "\(penalty), C \(c), standardised \(standardize)" }
    }

    let x: [[Double]]
    let y: [Double]
    let plain: [[Double]]
    let plain_y: [Double]
    let unpenalised: [Unpenalised]
    let penalised: [Penalised]

    static let shared: Reference = {
      do { return try Fixture.load("logistic") } catch { fatalError("\(error)") }
    }()
  }

  private let context = FitContext(seed: Seed(1))

  private func fit(
    _ x: Matrix, _ y: [Double], weights: [Double]? = nil,
    _ change: (inout LogisticRegression) -> Void
  ) throws -> Fit<LogisticRegressionModel> {
    var estimator = LogisticRegression()
    change(&estimator)
    return try estimator.fit(Labeled(x, labels: y, weights: weights), in: context)
  }

  /// The reference stops at a duality gap or gradient of 1e-12; its coordinates are known to about its root.
  @Test(arguments: Reference.shared.penalised)
  func `penalised coefficients equal scikit-learn`(example: Reference.Penalised) throws {
    let reference = Reference.shared
    let x = Matrix(rows: example.standardize ? reference.x : reference.plain)
    let y = example.standardize ? reference.y : reference.plain_y
    let found = try fit(x, y, weights: example.weights) {
      $0.penalty = LogisticRegression.Penalty(rawValue: example.penalty) ?? .none
      $0.inverseStrength = example.c
      $0.l1Ratio = example.l1_ratio
      $0.standardize = example.standardize
    }
    #expect(found.trace.converged)
    #expect(isClose(found.model.intercept, example.intercept, within: 1e-6))
    for (value, expected) in zip(found.model.coefficients, example.coefficients) {
      #expect(isClose(value, expected, within: 1e-6))
      #expect((value == 0) == (abs(expected) < 1e-9))
    }
    #expect(found.model.standardErrors == nil)
  }

  /// Both follow Newton's method to the last digits; columns differ in scale by 400.
  @Test func `unpenalised coefficients and standard errors equal numpy`() throws {
    let reference = Reference.shared
    for example in reference.unpenalised {
      let model = try fit(Matrix(rows: reference.x), reference.y, weights: example.weights) {
        $0.penalty = .none
      }.model
      let table = model.coefficientTable(level: 0.9)
      #expect(table.map(\.column) == [nil, 0, 1, 2, 3])
      for (row, expected) in table.indices.map({ ($0, example.parameters[$0]) }) {
        #expect(isClose(table[row].value, expected, within: 1e-9))
        let test = try #require(table[row].test)
        #expect(isClose(test.standardError, example.errors[row], within: 1e-9))
        #expect(isClose(test.pValue, example.p[row], within: 1e-9))
        #expect(
          isClose(
            test.upper - test.lower, 2 * 1.6448536269514722 * test.standardError, within: 1e-12))
        #expect(isClose(table[row].oddsRatio, exp(expected), within: 1e-8))
      }
    }
  }

  @Test func `standardising changes no unpenalised coefficient`() throws {
    let reference = Reference.shared
    let models = try [true, false].map { standardize in
      try fit(Matrix(rows: reference.x), reference.y) {
        $0.penalty = .none
        $0.standardize = standardize
      }.model
    }
    for (a, b) in zip(models[0].coefficients, models[1].coefficients) {
      #expect(isClose(a, b, within: 1e-9))
    }
  }

  // One binary column is a 2 × 2 table: 30 of 40 ones without it, 10 of 60 with it. The odds are 3 and 0.2; the
  // error of the log odds ratio is √(1/30 + 1/10 + 1/10 + 1/50).
  @Test func `a binary column has the odds ratio of its table`() throws {
    let cells = [(0.0, 1.0, 30), (0, 0, 10), (1, 1, 10), (1, 0, 50)]
    let rows = cells.flatMap { [(Double, Double)](repeating: ($0.0, $0.1), count: $0.2) }
    let model = try fit(Matrix(rows: rows.map { [$0.0] }), rows.map(\.1)) { $0.penalty = .none }
      .model
    let table = model.coefficientTable()
    #expect(isClose(table[0].oddsRatio, 3, within: 1e-12))
    #expect(isClose(table[1].oddsRatio, 0.2 / 3, within: 1e-12))
    let error = (1.0 / 30 + 1.0 / 10 + 1.0 / 10 + 1.0 / 50).squareRoot()
    #expect(isClose(try #require(table[1].test).standardError, error, within: 1e-12))
    let probabilities = try model.probabilities(Matrix(rows: [[0], [1]]))
    #expect(isClose(probabilities[0], 0.75, within: 1e-12))
    #expect(isClose(probabilities[1], 1.0 / 6, within: 1e-12))
  }

  /// Rows of weight 2 are rows twice; rows of weight 0 are absent.
  @Test(arguments: LogisticRegression.Penalty.allCases)
  func `weights count rows`(penalty: LogisticRegression.Penalty) throws {
    let reference = Reference.shared
    let weights = reference.y.indices.map { Double($0 % 3) }
    let rows = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let x = Matrix(rows: reference.x)
    let weighted = try fit(x, reference.y, weights: weights) { $0.penalty = penalty }.model
    let repeated = try fit(x.selectingRows(rows), rows.map { reference.y[$0] }) {
      $0.penalty = penalty
    }.model
    for (a, b) in zip(weighted.coefficients, repeated.coefficients) {
      #expect(isClose(a, b, within: 1e-7))
    }
  }

  /// Weighted to equal classes the mean probability is one half; the model's odds are without the weights.
  @Test func `balancing classes leaves no trace in the odds`() throws {
    let reference = Reference.shared
    let x = Matrix(rows: reference.x)
    let model = try fit(x, reference.y) {
      $0.penalty = .none
      $0.classWeights = .balanced
    }.model
    let ones = reference.y.reduce(0, +)
    let zeros = Double(reference.y.count) - ones
    let weighted = try model.logOdds(x).map { 1 / (1 + exp(-$0) * ones / zeros) }
    var mean = 0.0
    for (p, y) in zip(weighted, reference.y) { mean += p / (2 * (y == 1 ? ones : zeros)) }
    #expect(isClose(mean, 0.5, within: 1e-9))
    #expect(model.standardErrors == nil)
  }

  @Test(
    arguments: [
      // Complete: ones above 3. Quasi-complete: at 3 both occur, above only ones, below only zeros.
      ([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1]), ([1, 2, 3, 3, 4, 5], [0, 0, 0, 1, 1, 1]),
    ] as [([Double], [Double])])
  func `separation is noticed and a penalty cures it`(x: [Double], y: [Double]) throws {
    let matrix = Matrix(rowCount: x.count, columnCount: 1, values: x)
    let found = try fit(matrix, y) { $0.penalty = .none }
    #expect(!found.trace.converged)
    #expect(found.trace.warnings.contains { $0.contains("penalty") })
    #expect(found.model.standardErrors == nil)
    #expect(try found.model.probabilities(matrix).allSatisfy(\.isFinite))
    let cured = try fit(matrix, y) { $0.penalty = .l2 }
    #expect(cured.trace.converged && cured.trace.warnings.isEmpty)
  }

  @Test func `a constant column has no coefficient`() throws {
    let reference = Reference.shared
    let x = Matrix(rows: reference.x.map { [$0[0], 0.1, $0[1]] })
    for penalty in LogisticRegression.Penalty.allCases {
      let model = try fit(x, reference.y) { $0.penalty = penalty }.model
      #expect(model.coefficients[1] == 0)
      #expect(model.coefficientTable()[2].test == nil)
      #expect(model.coefficients[0] != 0)
    }
  }

  @Test func `a column that others add up to is named`() throws {
    let reference = Reference.shared
    let x = Matrix(rows: reference.x.map { [$0[0], $0[1], $0[0] + 2 * $0[1], $0[3]] })
    #expect(throws: LearningError.collinear(column: 2)) {
      try fit(x, reference.y) { $0.penalty = .none }
    }
    let shrunk = try fit(x, reference.y) { $0.penalty = .l2 }
    #expect(shrunk.trace.converged)
  }

  /// A mean of a million standard deviations costs six digits of sixteen.
  @Test func `a large offset changes no coefficient`() throws {
    let reference = Reference.shared
    let x = Matrix(rows: reference.plain)
    let moved = Matrix(rows: reference.plain.map { $0.map { $0 + 1e6 } })
    let (a, b) = (
      try fit(x, reference.plain_y) { $0.penalty = .none }.model,
      try fit(moved, reference.plain_y) { $0.penalty = .none }.model
    )
    for (a, b) in zip(a.coefficients, b.coefficients) { #expect(isClose(a, b, within: 1e-8)) }
  }

  @Test(arguments: [2, 3, 8], LogisticRegression.Penalty.allCases)
  func `threads change no bit`(threads: Int, penalty: LogisticRegression.Penalty) throws {
    var source = RandomSource(seed: Seed(4))
    let x = Matrix(
      rowCount: 20_000, columnCount: 5, values: (0..<100_000).map { _ in source.normal() })
    let y = (0..<20_000).map { x[$0, 0] + source.normal() > 1 ? 1.0 : 0 }
    var estimator = LogisticRegression()
    estimator.penalty = penalty
    let fits = try [1, threads].map { count in
      try estimator.fit(
        Labeled(x, labels: y),
        in: FitContext(seed: Seed(0), pool: WorkerPool(threadCount: count)))
    }
    #expect(fits[0].model == fits[1].model)
    #expect(fits[0].trace == fits[1].trace)
  }

  @Test func `losses never rise`() throws {
    let reference = Reference.shared
    for penalty in LogisticRegression.Penalty.allCases {
      let losses = try fit(Matrix(rows: reference.x), reference.y) { $0.penalty = penalty }.trace
        .losses
      #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 - 1e-12 })
    }
  }
}
