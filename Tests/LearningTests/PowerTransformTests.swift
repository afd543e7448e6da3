import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct PowerTransformTests {
  struct Reference: Decodable {
    let columns: [Column]

    struct Column: Decodable {
      let name: String
      let values: [Double]
      let power: Double
      let log_likelihood: Double
      let transformed: [Double]
    }
  }

  let context = FitContext(seed: Seed(1))

  @Test func `fitted powers equal scikit-learn`() throws {
    for column in try Fixture.load("power", as: Reference.self).columns {
      let model = try fit(column.values)
      // Both stop where the likelihood is flat to rounding, about √ε of the power's own scale.
      #expect(
        abs(model.powers[0] - column.power) <= 1e-5 * max(1, abs(column.power)), "\(column.name)")
      let reached = Self.logLikelihood(column.values, power: model.powers[0])
      let theirs = Self.logLikelihood(column.values, power: column.power)
      #expect(reached >= theirs - 1e-9 * abs(theirs), "\(column.name)")
    }
  }

  @Test func `transformed values equal scikit-learn at its powers`() throws {
    for column in try Fixture.load("power", as: Reference.self).columns {
      let model = PowerTransformModel(
        method: .yeoJohnson, powers: [column.power], columnCount: 1)
      let transformed = try model.transform(Self.matrix(column.values)).values
      for (a, b) in zip(transformed, column.transformed) {
        // scikit-learn raises 1 + x to the power and subtracts 1: its own error is ε over the power.
        #expect(abs(a - b) <= 1e-11 * max(abs(a), 1 / max(1, abs(column.power))), "\(column.name)")
      }
    }
  }

  @Test func `known powers give known functions`() throws {
    let x = Self.matrix([-3, -0.5, 0, 0.5, 8])
    func transformed(_ power: Double) throws -> [Double] {
      try PowerTransformModel(method: .yeoJohnson, powers: [power], columnCount: 1).transform(x)
        .values
    }
    // λ = 1 is the identity; 0 the logarithm above zero; 2 its mirror below; ½ a root above zero.
    for (a, b) in zip(try transformed(1), x.values) { #expect(isClose(a, b, within: 1e-15)) }
    #expect(try transformed(0)[4] == log1p(8))
    #expect(try transformed(2)[0] == -log1p(3))
    #expect(isClose(try transformed(0.5)[4], 4, within: 1e-15))
    // Below zero λ = 0 squares: −((1 + 3)² − 1)/2.
    #expect(isClose(try transformed(0)[0], -7.5, within: 1e-15))
  }

  @Test func `powers near the special ones leave small values their digits`() throws {
    let x = Self.matrix([1e-9, -1e-9])
    for power in [1e-12, 2 - 1e-12] {
      let values = try PowerTransformModel(method: .yeoJohnson, powers: [power], columnCount: 1)
        .transform(x).values
      // The second-order term is 10⁻⁹ of the value.
      #expect(isClose(values[0] / 1e-9, 1, within: 2e-9))
      #expect(isClose(values[1] / 1e-9, -1, within: 2e-9))
    }
  }

  @Test func `the inverse returns the rows`() throws {
    let x = Matrix(rows: [[-5, 0.5], [0, 3], [2.5, 40], [9, 1000]])
    for method in PowerTransform.Method.allCases {
      let source = method == .log1p ? Matrix(rows: [[0, 1], [3, -0.5]]) : x
      let model = try PowerTransform(method: method).fit(source, in: context).model
      for (a, b) in zip(try model.inverseTransform(model.transform(source)).values, source.values) {
        #expect(isClose(a, b, within: 1e-12))
      }
    }
  }

  @Test func `constant columns keep the power of one`() throws {
    for constant in [0, 3.5, -2] {
      #expect(try fit([Double](repeating: constant, count: 20)).powers == [1])
    }
    #expect(try fit([7]).powers == [1])
  }

  @Test func `mirrored columns have mirrored powers`() throws {
    let values = (0..<100).map { Double($0 * $0) * 0.1 + 1 }
    let power = try fit(values).powers[0]
    #expect(try fit(values.map { -$0 }).powers[0] == 2 - power)
  }

  @Test func `a skewed column far from zero keeps its values apart`() throws {
    // Unbounded, the best λ is so negative that all transformed values are equal.
    let years = (0..<200).map { 2000 + -5 * log((Double($0) + 0.5) / 200) }
    for column in [years, years.map { -$0 }] {
      let transformed = try fit(column).transform(Self.matrix(column)).values
      let order = column.indices.sorted { column[$0] < column[$1] }
      for (a, b) in zip(order, order.dropFirst()) { #expect(transformed[a] < transformed[b]) }
    }
  }

  @Test(arguments: [1e-300, 1e300, 1e17])
  func `columns of extreme size get a finite power`(size: Double) throws {
    let column = (1...50).map { size * Double($0) }
    let model = try fit(column)
    #expect(model.powers[0].isFinite)
    #expect(try model.transform(Self.matrix(column)).firstNonFinite == nil)
  }

  @Test func `log1p refuses values of minus one and less with their place`() throws {
    let estimator = PowerTransform(method: .log1p)
    #expect(throws: LearningError.outsideLogDomain(row: 1, column: 1)) {
      try estimator.fit(Matrix(rows: [[1, 2], [3, -1]]), in: context)
    }
    let model = try estimator.fit(Matrix(rows: [[0, 1]]), in: context).model
    #expect(try model.transform(Matrix(rows: [[0, 1]])).values == [0, log1p(1)])
    #expect(throws: LearningError.outsideLogDomain(row: 0, column: 0)) {
      try model.transform(Matrix(rows: [[-4, 1]]))
    }
  }

  @Test func `results beyond the range of a double are refused with their column`() {
    let model = PowerTransformModel(method: .yeoJohnson, powers: [1, 3], columnCount: 2)
    #expect(throws: LearningError.numerical(.overflow(column: 1))) {
      try model.transform(Matrix(rows: [[1, 1e200]]))
    }
  }

  @Test(arguments: PowerTransform.Method.allCases)
  func `what is not finite, of no rows or of another width is refused`(
    method: PowerTransform.Method
  ) throws {
    let estimator = PowerTransform(method: method)
    for bad in [Double.nan, .infinity] {
      #expect(throws: LearningError.nonFinite(row: 1, column: 0)) {
        try estimator.fit(Matrix(rows: [[1], [bad]]), in: context)
      }
    }
    #expect(throws: LearningError.rows(needed: 1, found: 0)) {
      try estimator.fit(Matrix(rowCount: 0, columnCount: 1), in: context)
    }
    let model = try estimator.fit(Matrix(rows: [[1, 2], [3, 5]]), in: context).model
    #expect(throws: LearningError.width(expected: 2, found: 1)) {
      try model.transform(Matrix(rows: [[1]]))
    }
    #expect(throws: LearningError.nonFinite(row: 0, column: 1)) {
      try model.transform(Matrix(rows: [[1, .infinity]]))
    }
  }

  @Test func `bits do not depend on the number of threads`() throws {
    let x = PrincipalComponentsTests.table(3_000, 9)
    let serial = try PowerTransform().fit(x, in: context).model
    for threads in [2, 3, 8] {
      let pool = WorkerPool(threadCount: threads)
      let model = try PowerTransform().fit(x, in: FitContext(seed: Seed(1), pool: pool)).model
      #expect(model == serial)
      #expect(try model.transform(x, on: pool) == serial.transform(x))
    }
  }

  @Test func `a stored model comes back equal and a broken one is refused`() throws {
    let model = try PowerTransform().fit(Matrix(rows: [[1, 2], [3, 5], [4, 9]]), in: context).model
    let data = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(PowerTransformModel.self, from: data) == model)
    let broken = #"{"method":"yeo-johnson","columnCount":2,"powers":{"shape":[1],"values":[1]}}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PowerTransformModel.self, from: Data(broken.utf8))
    }
  }

  private func fit(_ column: [Double]) throws -> PowerTransformModel {
    try PowerTransform().fit(Self.matrix(column), in: context).model
  }

  static func matrix(_ column: [Double]) -> Matrix {
    Matrix(rowCount: column.count, columnCount: 1, values: column)
  }

  /// The profile log-likelihood as Yeo and Johnson write it, from the transformed values.
  static func logLikelihood(_ column: [Double], power: Double) -> Double {
    let transformed = column.map { x -> Double in
      let y = log1p(abs(x))
      let own = x >= 0 ? power : 2 - power
      // Leaving out the subtracted constant of one-signed columns changes no variance.
      let grown =
        column.allSatisfy { $0 >= 0 } && own < 0 ? exp(own * y) / own : expm1(own * y) / own
      return x >= 0 ? grown : -grown
    }
    let signs = column.reduce(0) { $0 + ($1 >= 0 ? log1p($1) : -log1p(-$1)) }
    return -Double(column.count) / 2 * log(Moments(transformed).variance) + (power - 1) * signs
  }
}
