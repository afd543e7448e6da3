/// A figure of merit of a clustering.
public struct ClusteringMetric: Sendable {
  /// The name in studies and records.
  public let name: String
  public let direction: Direction
  /// What it measures, with its formula.
  public let summary: String
  /// Whether it needs a geometry measured with distances.
  public let needsDistances: Bool

  private let figure: @Sendable (ClusteringGeometry) -> Double?

  init(
    _ name: String, _ direction: Direction, needsDistances: Bool = false, _ summary: String,
    _ figure: @escaping @Sendable (ClusteringGeometry) -> Double?
  ) {
    self.name = name
    self.direction = direction
    self.summary = summary
    self.needsDistances = needsDistances
    self.figure = figure
  }

  /// The metric of a measured clustering; Dunn's index may be infinite.
  ///
  /// Asking a metric that needs distances of a geometry without them is a programmer's mistake.
  public func value(_ geometry: ClusteringGeometry) -> Double {
    guard let value = figure(geometry) else {
      preconditionFailure("\(name) needs a geometry measured with distances")
    }
    return value
  }

  /// Every metric, in the order of reports.
  public static let standard = [
    silhouette, calinskiHarabasz, daviesBouldin, inertia, dunn,
  ]

  /// Undefined and reported as 0 for rows alone in their cluster.
  public static let silhouette = ClusteringMetric(
    "silhouette", .higherIsBetter, needsDistances: true,
    """
    Mean over rows of (b − a) / max(a, b): a is the mean distance to the row's own cluster, b to \
    the nearest other cluster; from −1 to 1.
    """
  ) { $0.silhouette?.mean }

  /// 1 where no row differs from its cluster's mean, as in scikit-learn.
  public static let calinskiHarabasz = ClusteringMetric(
    "calinski_harabasz", .higherIsBetter,
    """
    Between-cluster over within-cluster sum of squares, each per degree of freedom: \
    (B / (k − 1)) / (W / (n − k)).
    """
  ) { $0.calinskiHarabasz }

  /// Pairs of clusters with equal means contribute nothing, as in scikit-learn.
  public static let daviesBouldin = ClusteringMetric(
    "davies_bouldin", .lowerIsBetter,
    """
    Mean over clusters of the worst (rᵢ + rⱼ) / |mᵢ − mⱼ|: r is a cluster's mean distance to its \
    mean m.
    """
  ) { $0.daviesBouldin }

  public static let inertia = ClusteringMetric(
    "inertia", .lowerIsBetter,
    "Sum over rows of the squared distance to the mean of their cluster."
  ) { $0.inertia }

  public static let dunn = ClusteringMetric(
    "dunn", .higherIsBetter, needsDistances: true,
    "Least distance between rows of different clusters over the greatest within one cluster."
  ) { $0.dunn }
}
