internal import Evaluation

extension ClusterStability.Reading {
  /// What a reader should make of it.
  var advice: String {
    switch self {
    case .doubtful: "do not trust"
    case .pattern: "a pattern, check it"
    case .valid: "valid"
    case .highlyStable: "highly stable"
    }
  }

  /// The advice with its bounds: `0.60 to 0.75: a pattern, check it`.
  var legend: String {
    switch self {
    case .doubtful: "below 0.60: \(advice)"
    case .pattern: "0.60 to 0.75: \(advice)"
    case .valid: "0.75 to 0.85: \(advice)"
    case .highlyStable: "from 0.85: \(advice)"
    }
  }

  var color: String {
    switch self {
    case .doubtful: Palette.segments[1]
    case .pattern: Palette.segments[3]
    case .valid: Palette.segments[0]
    case .highlyStable: Palette.segments[2]
    }
  }

  /// The bounds between readings, ascending.
  static var bounds: [Double] { allCases.map(\.threshold).filter { $0 > 0 } }
}
