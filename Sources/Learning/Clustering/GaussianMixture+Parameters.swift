/// What the covariances of a mixture's components have in common.
public enum MixtureCovariance: String, ParameterConvertible, CaseIterable, Codable {
  /// Each component has its own matrix.
  case full
  /// All components share one matrix.
  case tied
  /// Each component has its own variances; columns are independent within it.
  case diagonal
  /// Each component has one variance for all columns.
  case spherical

  public static let domain = "one of full, tied, diagonal, spherical"

  public static let invalidExamples: [ParameterValue] = [
    .text("round"), .text(""), .integer(1), .real(0.5), .none, .list([]),
  ]

  /// - Parameter value: the name of a case, or `diag`.
  public init?(_ value: ParameterValue) {
    guard case .text(let name) = value else { return nil }
    if name == "diag" {
      self = .diagonal
    } else if let known = Self(rawValue: name) {
      self = known
    } else {
      return nil
    }
  }

  public var parameterValue: ParameterValue { .text(rawValue) }

  /// Whether columns may vary together.
  var isTriangular: Bool { self == .full || self == .tied }

  /// Free numbers in k covariances of `width` columns.
  func parameterCount(k: Double, width: Double) -> Double {
    switch self {
    case .full: k * width * (width + 1) / 2
    case .tied: width * (width + 1) / 2
    case .diagonal: k * width
    case .spherical: k
    }
  }
}
