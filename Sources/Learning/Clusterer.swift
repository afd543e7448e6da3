public import Numerical

/// A fitted partition that can place rows it has never seen.
public protocol Clusterer: Codable, Sendable {
  var clusterCount: Int { get }
  /// How rows are placed, in words.
  var rule: AssignmentRule { get }
  func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments
}

/// How a clusterer places rows and what its anomaly score means, as phrases for cards and reports.
public struct AssignmentRule: Hashable, Sendable, Codable {
  /// Such as `nearest centre`.
  public let placement: String
  /// Such as `distance to the centre over the root mean square distance in the segment`.
  public let anomaly: String

  public init(placement: String, anomaly: String) {
    self.placement = placement
    self.anomaly = anomaly
  }
}

/// Where rows belong; every list has one entry per row.
public struct Assignments: Hashable, Sendable {
  /// 0 ..< clusterCount, or −1 for noise.
  public let labels: [Int]
  /// How far each row lies from its cluster's reference (a centre, a core row), in the units of the
  /// clustered matrix; not finite where there is none.
  public let distances: [Double]
  /// How strongly each row belongs to its cluster, 0…1; 1 where membership is all or nothing, 0 for
  /// noise.
  public let strengths: [Double]
  /// How unusual each row is, greater meaning more; not finite where it is undefined.
  ///
  /// What it measures is the rule's `anomaly`.
  public let anomalies: [Double]

  public init(labels: [Int], distances: [Double], strengths: [Double], anomalies: [Double]) {
    self.labels = labels
    self.distances = distances
    self.strengths = strengths
    self.anomalies = anomalies
  }

  /// The rows of `parts`, one part after another.
  public init(joining parts: [Assignments]) {
    self.init(
      labels: parts.flatMap(\.labels), distances: parts.flatMap(\.distances),
      strengths: parts.flatMap(\.strengths), anomalies: parts.flatMap(\.anomalies))
  }
}

/// How rows are placed, and how well that repeats the training (`evidence/assignment.json`).
///
/// A fit may know more than its model keeps: a hierarchy or a density tree labels its own rows by the
/// tree, new rows are placed by a rule. The agreement says how often the rule repeats the tree.
public struct AssignmentRecord: Hashable, Sendable, Codable {
  public let rule: AssignmentRule
  /// The share of training rows that the rule puts where the fit had put them, 0…1.
  public let agreement: Double
  /// The training rows it was measured on: all, or a sample of many.
  public let rowCount: Int

  public init(rule: AssignmentRule, agreement: Double, rowCount: Int) {
    self.rule = rule
    self.agreement = agreement
    self.rowCount = rowCount
  }
}
