/// How promising a customer is, in words.
public enum PropensityBand: String, Hashable, Sendable, Codable, CaseIterable {
  case champions = "Champions"
  case high = "High"
  case medium = "Medium"
  case low = "Low Priority"
}

/// The cut between contacting a customer and not.
public struct CutRule: Hashable, Sendable, Codable {
  /// How it was chosen, in words, such as `the best 5 % of customers`.
  public let rule: String
  /// Calibrated probabilities from this one on are contacted.
  public let threshold: Double

  public init(rule: String, threshold: Double) {
    self.rule = rule
    self.threshold = threshold
  }
}

/// What follows from a probability (`decision.json`); chosen apart from the model.
public struct PropensityDecision: Hashable, Sendable, Codable {
  public let cut: CutRule
  /// Calibrated probabilities from which each band but the lowest begins, descending.
  public let bandLimits: [Double]

  private enum CodingKeys: String, CodingKey {
    case cut
    case bandLimits = "band_limits"
  }

  /// - Throws: `.content` unless the threshold is a number and the limits are three descending ones of
  ///   0…1.
  public init(cut: CutRule, bandLimits: [Double]) throws(ArtifactError) {
    self.cut = cut
    self.bandLimits = bandLimits
    guard cut.threshold.isFinite else {
      throw .content(file: Self.file, place: "cut.threshold", .value)
    }
    guard bandLimits.count == PropensityBand.allCases.count - 1,
      bandLimits.allSatisfy((0...1).contains),
      zip(bandLimits, bandLimits.dropFirst()).allSatisfy({ $0 >= $1 })
    else { throw .content(file: Self.file, place: CodingKeys.bandLimits.rawValue, .value) }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      cut: try container.decode(CutRule.self, forKey: .cut),
      bandLimits: try container.decode([Double].self, forKey: .bandLimits))
  }

  static let file = "decision.json"

  public func band(of probability: Double) -> PropensityBand {
    let place = bandLimits.firstIndex { probability >= $0 } ?? bandLimits.count
    return PropensityBand.allCases[place]
  }

  public func contacts(_ probability: Double) -> Bool { probability >= cut.threshold }
}
