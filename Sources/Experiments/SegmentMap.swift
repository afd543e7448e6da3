internal import Artifacts
internal import Learning
internal import Numerical
internal import Tabular

/// The plane on which the segments of one prepared matrix are drawn: its first two principal
/// components, shared by all trials on that matrix.
struct SegmentMap: Sendable {
  /// At most this many rows are drawn.
  static let pointLimit = 2_000

  private let explained: [Double]
  private let rows: [Int]
  private let coordinates: Matrix
  private let loadings: [ClusteringEvidence.ScatterMap.Loading]
  private let rowCount: Int

  /// Nil where the matrix has no plane: fewer than two columns or rows, or no variance.
  init?(_ prepared: Prepared, seed: Seed, on pool: WorkerPool) throws(LearningError) {
    let x = prepared.matrix
    guard x.columnCount >= 2, x.rowCount >= 2 else { return nil }
    let model: PrincipalComponentsModel
    do throws(LearningError) {
      model = try PrincipalComponents(components: .count(2))
        .fit(x, in: FitContext(seed: seed, pool: pool)).model
    } catch .noVariance {
      return nil
    }
    rowCount = x.rowCount
    var source = RandomSource(seed: seed.derived("segment map"))
    rows =
      x.rowCount <= Self.pointLimit
      ? Array(0..<x.rowCount) : source.sample(Self.pointLimit, outOf: x.rowCount)
    coordinates = try model.transform(x.selectingRows(rows), on: pool)
    explained = model.explainedVarianceRatio
    loadings = Self.loadings(model.components, of: prepared)
  }

  /// The directions of the two axes in terms of the encoded columns where the way back is known.
  private static func loadings(
    _ axes: Matrix, of prepared: Prepared
  ) -> [ClusteringEvidence.ScatterMap.Loading] {
    var directions = axes
    var names = prepared.encoder.featureNames
    if let pca = prepared.steps.last?.model as? PrincipalComponentsModel, !pca.isIdentity {
      directions = product(axes, pca.components)
    }
    if names.count != directions.columnCount {
      names = (0..<directions.columnCount).map { "column \($0 + 1)" }
    }
    return names.enumerated().map { column, name in
      .init(feature: name, x: directions[0, column], y: directions[1, column])
    }
  }

  private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    var product = Matrix(rowCount: a.rowCount, columnCount: b.columnCount)
    for i in 0..<a.rowCount {
      for j in 0..<b.columnCount {
        product[i, j] = (0..<a.columnCount).reduce(0) { $0 + a[i, $1] * b[$1, j] }
      }
    }
    return product
  }

  func scatter(labels: [Int]) -> ClusteringEvidence.ScatterMap {
    ClusteringEvidence.ScatterMap(
      explained: explained,
      points: rows.enumerated().map { index, row in
        .init(x: coordinates[index, 0], y: coordinates[index, 1], segment: labels[row])
      },
      sampledFrom: rowCount, loadings: loadings)
  }
}
