public import Numerical

public struct KMeans: Estimator {
  public var k = 8
  public init() {}
  public static let schema = Schema<Self>(
    "k-means", "Lloyd's algorithm from k-means++ starts.",
    [
      .integer("k", \.k, .closed(1, 10_000), "Number of clusters.", aliases: ["n_clusters"])
    ])
  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<KMeansModel> {
    Fit(model: KMeansModel(centers: x), trace: FitTrace())
  }
}

public struct KMeansModel: Clusterer, Hashable {
  public let centers: Matrix
  public var clusterCount: Int { centers.rowCount }
  public func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    Assignments(labels: [], distances: [])
  }
}
