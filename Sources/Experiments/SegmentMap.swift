internal import Artifacts
internal import Learning
internal import Numerical
internal import Tabular

/// The plane on which segments are drawn: the first two principal components of the scaled columns.
///
/// It is fitted before a PCA step of the pipeline, which would leave the same plane or too few columns
/// for one, and serves all trials behind it. Points are kept to six digits, enough for a picture.
struct SegmentMap: Sendable {
  /// At most this many rows are drawn.
  static let pointLimit = 2_000

  private let explained: [Double]
  private let rows: [Int]
  private let coordinates: Matrix
  private let loadings: [ClusteringEvidence.ScatterMap.Loading]
  private let rowCount: Int

  /// Nil where there is no plane: fewer than two columns or rows, or components that cannot be found.
  init?(_ prepared: Prepared, seed: Seed, on pool: WorkerPool) {
    let x = prepared.matrix
    guard x.columnCount >= 2, x.rowCount >= 2,
      let model = try? PrincipalComponents(components: .count(2))
        .fit(x, in: FitContext(seed: seed, pool: pool)).model
    else { return nil }
    rowCount = x.rowCount
    var source = RandomSource(seed: seed.derived("segment map"))
    rows =
      x.rowCount <= Self.pointLimit
      ? Array(0..<x.rowCount) : source.sample(Self.pointLimit, outOf: x.rowCount)
    guard let scores = try? model.transform(x.selectingRows(rows), on: pool) else { return nil }
    coordinates = Matrix(
      rowCount: scores.rowCount, columnCount: scores.columnCount,
      values: scores.values.map { $0.rounded(toDigits: 6) })
    explained = model.explainedVarianceRatio
    loadings = prepared.encoder.featureNames.enumerated().map { column, name in
      .init(feature: name, x: model.components[0, column], y: model.components[1, column])
    }
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
