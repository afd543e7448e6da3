internal import Evaluation
internal import Learning

/// A figure that a study may name for a clustering: one row says all that is known of it by name.
struct ClusteringMeasure {
  /// Where its value comes from.
  enum Source {
    /// The rows and their labels, as distances within and between segments.
    case geometry(ClusteringMetric)
    /// The number of rows in each segment.
    case sizes
    /// The fit itself, where its algorithm can tell.
    case fit(FitMeasure)
    /// The segments beside the original columns, and the shape of the model.
    case use(UsefulnessMeasure)
    /// Further fits to varied rows.
    case refits(RefitFigure)
  }

  let name: String
  let direction: Direction
  let source: Source

  /// Whether it is taken of every trial that has it, named or not.
  var isUnasked: Bool {
    switch source {
    case .geometry, .refits: false
    case .sizes, .use, .fit: true
    }
  }

  var refitFigure: RefitFigure? {
    if case .refits(let figure) = source { figure } else { nil }
  }
}

/// Everything that can be measured of a clustering, in the order of records.
enum ClusteringMeasures {
  /// Silhouette and other pairwise metrics are exact up to this many rows and taken on a sample of
  /// as many rows above; the record says which.
  static let exactRowLimit = 20_000

  static let defaultNames = ["silhouette", "davies_bouldin", "calinski_harabasz"]

  static let all: [ClusteringMeasure] =
    ClusteringMetric.standard.map {
      ClusteringMeasure(name: $0.name, direction: $0.direction, source: .geometry($0))
    } + shares
    + UsefulnessMeasure.allCases.map {
      ClusteringMeasure(name: $0.rawValue, direction: $0.direction, source: .use($0))
    }
    + FitMeasure.allCases.map {
      ClusteringMeasure(
        name: $0.rawValue, direction: $0.isHigherBetter ? .higherIsBetter : .lowerIsBetter,
        source: .fit($0))
    }
    + RefitFigure.allCases.map {
      ClusteringMeasure(name: $0.rawValue, direction: $0.direction, source: .refits($0))
    }

  /// The number of segments that have rows, the smallest and largest segment as shares of all rows, and
  /// the share of rows in none.
  private static let shares = [
    ClusteringMeasure(name: "segments", direction: .lowerIsBetter, source: .sizes),
    ClusteringMeasure(name: "min_share", direction: .higherIsBetter, source: .sizes),
    ClusteringMeasure(name: "max_share", direction: .lowerIsBetter, source: .sizes),
    ClusteringMeasure(name: "noise", direction: .lowerIsBetter, source: .sizes),
  ]

  static var names: [String] { all.map(\.name) }

  static var unasked: [String] { all.filter(\.isUnasked).map(\.name) }

  static subscript(name: String) -> ClusteringMeasure? { all.first { $0.name == name } }

  static func direction(of name: String) -> Direction { self[name]?.direction ?? .lowerIsBetter }
}
