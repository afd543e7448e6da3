import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct PrincipalComponentsTests {
  let context = FitContext(seed: Seed(1))

  @Test func `three points on a line by hand`() throws {
    // (0, 0), (3, 4), (6, 8): mean (3, 4), direction (3, 4)/5, scores −5, 0, 5, variance 50/2.
    let x = Matrix(rows: [[0, 0], [3, 4], [6, 8]])
    for solver in PrincipalComponents.Solver.allCases {
      let model = try fit(x, .count(1), solver)
      #expect(model.mean == [3, 4])
      #expect(isClose(model.explainedVariance[0], 25, within: 1e-14))
      #expect(isClose(model.components[0, 0], 0.6, within: 1e-14))
      #expect(isClose(model.components[0, 1], 0.8, within: 1e-14))
      #expect(isClose(model.singularValues[0], (50 as Double).squareRoot(), within: 1e-14))
      #expect(isClose(model.loadings[0, 1], 4, within: 1e-14))
      #expect(model.noiseVariance < 1e-14)
      for (a, b) in zip(try model.transform(x).values, [-5.0, 0, 5]) {
        #expect(isClose(a, b, within: 1e-14))
      }
    }
  }

  @Test func `the published figures of iris, wine and digits are met`() throws {
    let reference = try PrincipalComponentsFixture.load()
    let expected: [(String, [Double])] = [
      ("iris", [4.228241706035, 0.242670747929, 0.078209500043, 0.023835092973]),
      ("wine", [99201.78951748088, 172.535266477892, 9.438113703471, 4.991178607642]),
      ("digits", [179.006930097972, 163.717746881677, 141.788439092284, 101.100375202848]),
    ]
    for (name, variances) in expected {
      let model = try fit(reference.table(name), .all, .auto)
      // The figures are given to twelve decimals.
      for (a, b) in zip(model.explainedVariance, variances) {
        #expect(abs(a - b) <= 1e-12 + 1e-11 * b)
      }
    }
    let iris = try fit(reference.table("iris"), .count(1), .auto)
    let direction = [0.361386591785, -0.084522514065, 0.85667060595, 0.358289197152]
    for (a, b) in zip(iris.components.row(0), direction) { #expect(abs(a - b) < 1e-11) }
    #expect(abs(iris.explainedVarianceRatio[0] - 0.924618723202) < 1e-11)
  }

  @Test(arguments: [PrincipalComponents.Solver.covariance, .full, .auto])
  func `every fit equals scikit-learn`(solver: PrincipalComponents.Solver) throws {
    let reference = try PrincipalComponentsFixture.load()
    for expected in reference.fits {
      let x = reference.table(expected.data)
      let model = try fit(x, expected.count, solver, whiten: expected.whiten)
      let label: Comment = "\(expected.data) \(expected.count)"
      #expect(model.components.rowCount == expected.kept, label)
      for (a, b) in zip(model.mean, expected.mean) { #expect(isClose(a, b, within: 1e-13), label) }
      let greatest = expected.variances[0]
      for (a, b) in zip(model.explainedVariance, expected.variances) {
        // The promise is ten digits; the square of the condition number takes more from the smallest
        // variances under `covariance`, where only the greatest sets the scale of rounding.
        #expect(abs(a - b) <= max(1e-10 * b, 1e-14 * greatest), label)
      }
      for (a, b) in zip(model.explainedVarianceRatio, expected.ratios) {
        #expect(abs(a - b) < 1e-10, label)
      }
      for (a, b) in zip(model.singularValues, expected.singular_values) {
        #expect(abs(a - b) <= 1e-9 * expected.singular_values[0], label)
      }
      #expect(abs(model.noiseVariance - expected.noise_variance) <= 1e-12 * greatest, label)
      // Directions of neighbouring variances are determined to ε over their relative gap, here above 10⁻⁶.
      for (a, b) in zip(model.components.values, expected.directions) {
        #expect(abs(a - b) < 1e-9, label)
      }
      try expectScores(of: model, x, equal: expected)
    }
  }

  private func expectScores(
    of model: PrincipalComponentsModel, _ x: Matrix, equal expected: PrincipalComponentsFixture.Fit
  ) throws {
    let scores = try model.transform(x.selectingRows([0, 1, 2, 3, 4]))
    let compared = expected.scores.count / 5
    let size = expected.scores.map(abs).max() ?? 0
    for row in 0..<5 {
      for j in 0..<compared {
        #expect(abs(scores[row, j] - expected.scores[row * compared + j]) <= 1e-8 * max(size, 1))
      }
    }
  }

  @Test(arguments: [PrincipalComponents.Solver.covariance, .full])
  func `components are orthonormal and scores uncorrelated`(solver: PrincipalComponents.Solver)
    throws
  {
    let x = Self.table(700, 9)
    let model = try fit(x, .all, solver)
    let square = model.components.multiplied(byTransposeOf: model.components)
    let scores = try Scatter(model.transform(x)).covariance
    for i in 0..<9 {
      for j in 0..<9 {
        #expect(abs(square[i, j] - (i == j ? 1 : 0)) < 1e-13)
        #expect(abs(scores[i, j] - (i == j ? model.explainedVariance[i] : 0)) < 1e-12)
      }
    }
  }

  @Test(arguments: [PrincipalComponents.Solver.covariance, .full])
  func `variances add up to those of the columns`(solver: PrincipalComponents.Solver) throws {
    let x = Self.table(300, 12)
    let model = try fit(x, .all, solver)
    let columns = Moments.ofColumns(x).reduce(0) { $0 + ($1.sampleVariance ?? 0) }
    #expect(isClose(model.explainedVariance.reduce(0, +), columns, within: 1e-13))
    #expect(isClose(model.totalVariance, columns, within: 1e-13))
    #expect(isClose(model.explainedVarianceRatio.reduce(0, +), 1, within: 1e-13))
  }

  @Test func `all components rebuild the rows and fewer leave their error`() throws {
    let x = Self.table(50, 6)
    for whiten in [false, true] {
      let whole = try fit(x, .all, .full, whiten: whiten)
      for (a, b) in zip(try whole.inverseTransform(whole.transform(x)).values, x.values) {
        #expect(isClose(a, b, within: 1e-13))
      }
      #expect(try whole.reconstructionErrors(of: x).allSatisfy { $0 < 1e-24 })
      let partial = try fit(x, .count(2), .full, whiten: whiten)
      let lost = try partial.reconstructionErrors(of: x).reduce(0, +)
      #expect(isClose(lost / 49, partial.noiseVariance * 4, within: 1e-12))
    }
  }

  @Test func `whitened scores have variance one`() throws {
    let x = Self.table(400, 5)
    let scores = try fit(x, .all, .covariance, whiten: true).transform(x)
    for moments in Moments.ofColumns(scores) {
      #expect(isClose(moments.sampleVariance ?? 0, 1, within: 1e-12))
    }
  }

  @Test func `whitening gives directions without variance scores of zero`() throws {
    var x = Self.table(400, 3)
    for i in 0..<400 { x[i, 2] = x[i, 0] + x[i, 1] }
    let scores = try fit(x, .all, .covariance, whiten: true).transform(x)
    #expect((0..<400).allSatisfy { scores[$0, 2] == 0 })
  }

  @Test func `variances do not change when rows move`() throws {
    // The offset is a power of two and values are multiples of 2⁻²⁰, so moving is exact.
    var random = RandomSource(seed: Seed(4))
    let values = (0..<3_000).map { _ in Double(random.integer(below: 1 << 20)) * 0x1p-20 }
    let x = Matrix(rowCount: 500, columnCount: 6, values: values)
    let moved = Matrix(rowCount: 500, columnCount: 6, values: values.map { $0 + 0x1p28 })
    for solver in [PrincipalComponents.Solver.covariance, .full] {
      let near = try fit(x, .all, solver)
      let far = try fit(moved, .all, solver)
      for (a, b) in zip(near.explainedVariance, far.explainedVariance) {
        #expect(isClose(a, b, within: 1e-12))
      }
    }
  }

  @Test func `leading components of a wide table equal those of the whole decomposition`() throws {
    let x = Self.table(2_400, 240)
    let leading = try fit(x, .count(3), .covariance)
    let full = try fit(x, .all, .full)
    for i in 0..<3 {
      #expect(isClose(leading.explainedVariance[i], full.explainedVariance[i], within: 1e-12))
    }
    #expect(
      isClose(
        leading.noiseVariance, full.explainedVariance[3...].reduce(0, +) / 237, within: 1e-12))
  }

  @Test(arguments: [3, 20, 70, 300])
  func `bits do not depend on the number of threads`(width: Int) throws {
    let x = Self.table(9_001 / max(1, width / 30), width)
    for solver in [PrincipalComponents.Solver.covariance, .full] {
      let estimator = PrincipalComponents(components: .share(0.9), solver: solver)
      let serial = try estimator.fit(x, in: context).model
      let scores = try serial.transform(x)
      for threads in [2, 3, 8] {
        let pool = WorkerPool(threadCount: threads)
        let model = try estimator.fit(x, in: FitContext(seed: Seed(1), pool: pool)).model
        #expect(model == serial)
        #expect(try model.transform(x, on: pool) == scores)
      }
    }
  }

  private func fit(
    _ x: Matrix, _ components: ComponentCount, _ solver: PrincipalComponents.Solver,
    whiten: Bool = false
  ) throws -> PrincipalComponentsModel {
    try PrincipalComponents(components: components, solver: solver, whiten: whiten)
      .fit(x, in: context).model
  }

  /// Correlated columns of growing spread.
  static func table(_ rows: Int, _ columns: Int) -> Matrix {
    var random = RandomSource(seed: Seed(UInt64(rows * 1_000 + columns)))
    var x = Matrix(rowCount: rows, columnCount: columns)
    for i in 0..<rows {
      let common = random.normal()
      for j in 0..<columns { x[i, j] = common + random.normal() * (1 + Double(j) / 4) + 10 }
    }
    return x
  }
}
