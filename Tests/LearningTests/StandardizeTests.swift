import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct StandardizeTests {
  struct Reference: Decodable {
    let rows: Int
    let columns: Int
    let values: [Double]
    let scalers: [String: Scaler]

    struct Scaler: Decodable {
      let center: [Double]
      let scale: [Double]
      let transformed: [Double]
    }
  }

  let context = FitContext(seed: Seed(1))

  @Test(arguments: [Standardize.Method.zscore, .robust, .minMax])
  func `centers, scales and rows equal scikit-learn`(method: Standardize.Method) throws {
    let reference = try Fixture.load("moments", as: Reference.self)
    let expected = try #require(reference.scalers[method.rawValue])
    let x = Matrix(
      rowCount: reference.rows, columnCount: reference.columns, values: reference.values)
    let model = try Standardize(method: method).fit(x, in: context).model
    for j in 0..<reference.columns {
      // Sums of 103 numbers in another order; scikit-learn's variance of the column near 10⁶ keeps
      // about ten digits.
      #expect(isClose(model.centers[j], expected.center[j], within: 1e-14))
      #expect(isClose(model.scales[j], expected.scale[j], within: j == 2 ? 1e-9 : 1e-12))
    }
    let transformed = try model.transform(x)
    for (index, (a, b)) in zip(transformed.values, expected.transformed).enumerated() {
      // scikit-learn's mean of the column near 10⁶ is off by 10⁻¹⁰ of its deviation.
      #expect(isClose(a, b, within: index % reference.columns == 2 ? 1e-8 : 1e-12))
    }
  }

  @Test func `robust centres on the median and scales by the quartiles`() throws {
    // Sorted 0, 1, 2, 3, 100: quartiles 1 and 3.
    let x = Matrix(rows: [[100], [0], [3], [1], [2]])
    let model = try Standardize(method: .robust).fit(x, in: context).model
    #expect(model.centers == [2] && model.scales == [2])
  }

  @Test(arguments: Standardize.Method.allCases)
  func `constant columns become zero and one row suffices`(method: Standardize.Method) throws {
    for rows in [1, 300] {
      let x = Matrix(rowCount: rows, columnCount: 2, repeating: 0.1)
      let model = try Standardize(method: method).fit(x, in: context).model
      let expected = method == .none ? 0.1 : 0
      #expect(try model.transform(x).values.allSatisfy { $0 == expected })
    }
  }

  @Test(arguments: Standardize.Method.allCases)
  func `the inverse returns the rows`(method: Standardize.Method) throws {
    let x = Matrix(rows: [[1, 20], [2.5, -3], [4, 0.25]])
    let model = try Standardize(method: method).fit(x, in: context).model
    for (a, b) in zip(try model.inverseTransform(model.transform(x)).values, x.values) {
      #expect(isClose(a, b, within: 1e-14))
    }
  }

  @Test(arguments: [Standardize.Method.zscore, .robust, .minMax])
  func `rounding noise on a constant is not blown up`(method: Standardize.Method) throws {
    // The values next to 1e9 differ by one unit in the last place, 2⁻²³.
    let x = Matrix(
      rowCount: 8, columnCount: 1, values: (0..<8).map { 1e9 + Double($0 % 2) * 0x1p-23 })
    let model = try Standardize(method: method).fit(x, in: FitContext(seed: Seed(1))).model
    #expect(model.scales == [1])
  }

  @Test func `none leaves rows as they are`() throws {
    let x = Matrix(rows: [[1, -0.0], [.pi, 1e300]])
    let model = try Standardize(method: .none).fit(x, in: context).model
    #expect(model.isIdentity)
    #expect(try model.transform(x) == x)
  }

  @Test(arguments: Standardize.Method.allCases)
  func `bits do not depend on the number of threads`(method: Standardize.Method) throws {
    let x = PrincipalComponentsTests.table(5_000, 6)
    let serial = try Standardize(method: method).fit(x, in: context).model
    let rows = try serial.transform(x)
    for threads in [2, 3, 8] {
      let pool = WorkerPool(threadCount: threads)
      let model = try Standardize(method: method).fit(x, in: FitContext(seed: Seed(1), pool: pool))
        .model
      #expect(model == serial)
      #expect(try model.transform(x, on: pool) == rows)
    }
  }

  @Test(arguments: Standardize.Method.allCases)
  func `what is not finite, of no rows or of another width is refused`(method: Standardize.Method)
    throws
  {
    let estimator = Standardize(method: method)
    for bad in [Double.nan, .infinity] {
      #expect(throws: LearningError.nonFinite(row: 1, column: 0)) {
        try estimator.fit(Matrix(rows: [[1], [bad]]), in: context)
      }
    }
    #expect(throws: LearningError.rows(needed: 1, found: 0)) {
      try estimator.fit(Matrix(rowCount: 0, columnCount: 2), in: context)
    }
    let model = try estimator.fit(Matrix(rows: [[1, 2], [3, 5]]), in: context).model
    #expect(throws: LearningError.width(expected: 2, found: 1)) {
      try model.transform(Matrix(rows: [[1]]))
    }
    #expect(throws: LearningError.nonFinite(row: 0, column: 1)) {
      try model.transform(Matrix(rows: [[1, .infinity]]))
    }
  }

  @Test func `spreads beyond the range of a double are refused with their column`() {
    let x = Matrix(rows: [[1, 1.7e308], [2, -1.7e308], [3, 1.7e308], [5, -1.7e308]])
    for method in [Standardize.Method.zscore, .robust, .minMax] {
      #expect(throws: LearningError.numerical(.overflow(column: 1))) {
        try Standardize(method: method).fit(x, in: context)
      }
    }
  }

  @Test func `a stored model comes back equal and a broken one is refused`() throws {
    let model = try Standardize().fit(Matrix(rows: [[1, 2], [3, 5]]), in: context).model
    let data = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(StandardizeModel.self, from: data) == model)
    let broken = #"{"centers":{"shape":[1],"values":[0]},"scales":{"shape":[1],"values":[0]}}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(StandardizeModel.self, from: Data(broken.utf8))
    }
  }

  @Test func `parameters are read by name and refused by name`() throws {
    #expect(try Standardize(Parameters([("method", .text("min-max"))])).method == .minMax)
    #expect(try Standardize(Parameters([("method", .none)])).method == .none)
    #expect(throws: ParameterError.self) {
      try Standardize(Parameters([("method", .text("maxabs"))]))
    }
  }
}
