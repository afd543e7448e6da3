import Foundation
import Learning
import Numerical
import Testing

struct PrincipalComponentsErrorTests {
  let context = FitContext(seed: Seed(1))

  @Test(arguments: PrincipalComponents.Solver.allCases)
  func `data that allows no decomposition is refused with the reason`(
    solver: PrincipalComponents.Solver
  ) {
    func fit(_ x: Matrix, _ components: ComponentCount = .all) throws {
      _ = try PrincipalComponents(components: components, solver: solver).fit(x, in: context)
    }
    #expect(throws: LearningError.rows(needed: 2, found: 0)) {
      try fit(Matrix(rowCount: 0, columnCount: 2))
    }
    #expect(throws: LearningError.rows(needed: 2, found: 1)) { try fit(Matrix(rows: [[1, 2]])) }
    #expect(throws: LearningError.noVariance) {
      try fit(Matrix(rowCount: 40, columnCount: 2, repeating: 0.1))
    }
    #expect(throws: LearningError.noVariance) { try fit(Matrix(rowCount: 3, columnCount: 0)) }
    for bad in [Double.nan, .infinity] {
      #expect(throws: LearningError.nonFinite(row: 1, column: 0)) {
        try fit(Matrix(rows: [[1, 2], [bad, 3], [4, 6]]))
      }
    }
    #expect(throws: LearningError.components(requested: 3, available: 2)) {
      try fit(Matrix(rows: [[1, 2], [3, 7], [4, 4]]), .count(3))
    }
    #expect(throws: LearningError.components(requested: 3, available: 2)) {
      try fit(Matrix(rows: [[1, 2, 3], [3, 7, 8]]), .count(3))
    }
    #expect(throws: LearningError.numerical(.overflow(column: 1))) {
      try fit(Matrix(rows: [[1, 1e200], [3, -1e200], [5, 0]]))
    }
  }

  @Test func `a constant column beside others has no loading`() throws {
    let x = Matrix(rows: [[1, 5], [2, 5], [4, 5]])
    for solver in PrincipalComponents.Solver.allCases {
      let model = try PrincipalComponents(components: .count(1), solver: solver).fit(x, in: context)
        .model
      #expect(model.components == Matrix(rows: [[1, 0]]))
    }
  }

  @Test func `no components leaves rows as they are`() throws {
    let x = Matrix(rows: [[1, -0.0]])
    let model = try PrincipalComponents(components: .none).fit(x, in: context).model
    #expect(model.isIdentity)
    #expect(try model.transform(x) == x)
    #expect(try model.inverseTransform(x) == x)
    #expect(try model.reconstructionErrors(of: x) == [0])
    #expect(throws: LearningError.width(expected: 2, found: 1)) {
      try model.transform(Matrix(rows: [[1]]))
    }
  }

  @Test func `rows of another width or not finite are refused`() throws {
    let model = try PrincipalComponents(components: .count(1))
      .fit(Matrix(rows: [[1, 5], [2, 3], [4, 1]]), in: context).model
    #expect(throws: LearningError.width(expected: 2, found: 3)) {
      try model.transform(Matrix(rows: [[1, 2, 3]]))
    }
    #expect(throws: LearningError.width(expected: 1, found: 2)) {
      try model.inverseTransform(Matrix(rows: [[1, 2]]))
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: LearningError.nonFinite(row: 1, column: 1)) {
        try model.transform(Matrix(rows: [[1, 2], [3, bad]]))
      }
    }
    #expect(try model.transform(Matrix(rowCount: 0, columnCount: 2)).rowCount == 0)
  }

  @Test func `a cancelled fit says so`() {
    let cancelled = FitContext(seed: Seed(1), isCancelled: { true })
    #expect(throws: LearningError.cancelled) {
      try PrincipalComponents().fit(Matrix(rows: [[1, 2], [3, 7], [4, 4]]), in: cancelled)
    }
  }

  @Test func `a stored model comes back equal`() throws {
    let x = Matrix(rows: [[1, 2], [3, 7], [4, 4]])
    for components in [ComponentCount.all, .count(1), .none] {
      let model = try PrincipalComponents(components: components).fit(x, in: context).model
      let data = try JSONEncoder().encode(model)
      #expect(try JSONDecoder().decode(PrincipalComponentsModel.self, from: data) == model)
    }
  }

  @Test(arguments: [
    (#""rowCount":3"#, #""rowCount":-1"#), (#""shape":[1,2]"#, #""shape":[2,1]"#),
  ])
  func `a stored model whose sizes do not fit is refused`(change: (String, String)) throws {
    let x = Matrix(rows: [[1, 2], [3, 7], [4, 4]])
    let model = try PrincipalComponents(components: .count(1)).fit(x, in: context).model
    let text = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
    let broken = text.replacingOccurrences(of: change.0, with: change.1)
    #expect(broken != text)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PrincipalComponentsModel.self, from: Data(broken.utf8))
    }
  }

  @Test func `components are read as a count, a share, all or none`() throws {
    func read(_ value: ParameterValue) throws -> ComponentCount {
      try PrincipalComponents(Parameters([("n_components", value)])).components
    }
    #expect(try read(.integer(3)) == .count(3))
    #expect(try read(.real(0.8)) == .share(0.8))
    #expect(try read(.text("all")) == .all)
    #expect(try read(.none) == .none && read(.text("none")) == .none)
    for value in ComponentCount.invalidExamples {
      #expect(throws: ParameterError.self) { try read(value) }
    }
    for count in [ComponentCount.count(3), .share(0.25), .all, .none] {
      #expect(ComponentCount(count.parameterValue) == count)
    }
  }
}
