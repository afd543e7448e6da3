/// What makes two clusters dissimilar.
public enum Linkage: String, CaseIterable, Hashable, Sendable, Codable {
  /// How much joining them adds to the squared distances of rows to their centroids.
  case ward
  /// The mean distance between their rows.
  case average
  /// The greatest distance between their rows.
  case complete
  /// The mean of the dissimilarities to the two parts of a cluster, whatever their sizes.
  case weighted
  /// The least distance between their rows.
  case single
}

/// How a hierarchical clustering places rows it has never seen.
public enum HierarchicalAssignment: String, CaseIterable, Sendable {
  /// By vote for single linkage, whose clusters need not be round; by centroid otherwise.
  case automatic = "auto"
  case centroid
  case neighbors
}

/// How many clusters to cut a tree into.
public enum ClusterLimit: ParameterConvertible {
  case count(Int)
  /// Something else decides.
  case none

  public static let domain = "a whole number from 1 to 1000000, or none"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .integer(-3), .integer(1_000_001), .real(2.5), .text("many"), .flag(true),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .integer(let count) where count >= 1 && count <= 1_000_000: self = .count(count)
    case .none, .text("none"): self = .none
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .count(let count): .integer(count)
    case .none: .none
    }
  }
}

/// The height at which to cut a tree.
public enum HeightLimit: ParameterConvertible {
  case height(Double)
  /// Something else decides.
  case none

  public static let domain = "a number above 0, or none"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .real(0), .real(-1), .real(.nan), .real(.infinity), .text("high"), .flag(true),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .real(let height) where height > 0 && height.isFinite: self = .height(height)
    case .integer(let height) where height > 0: self = .height(Double(height))
    case .none, .text("none"): self = .none
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .height(let height): .real(height)
    case .none: .none
    }
  }
}
