/// How scores become probabilities that mean what they say.
public enum CalibrationMethod: String, CaseIterable, Hashable, Sendable, Codable {
  case none, sigmoid, isotonic, beta

  /// Learns the map from scores to what happened.
  ///
  /// Scores must come from rows the classifier was not fitted to (out of fold): on its own training rows it
  /// is surer than it has a right to be, and so would the map be.
  ///
  /// - Parameters:
  ///   - scores: log-odds or any other finite score for `sigmoid` and `isotonic`; probabilities for `beta`.
  ///   - labels: 0 or 1.
  ///   - weights: how much each row counts; nil counts every row once.
  /// - Throws: `LearningError.rowCounts`, `.nonFinite`, `.label`, `.weight`, `.events`; `.probability` for a
  ///   score outside 0…1 where probabilities are asked for.
  public func fit(scores: [Double], labels: [Double], weights: [Double]? = nil)
    throws(LearningError) -> CalibrationMap
  {
    switch self {
    case .none: .none
    case .sigmoid:
      .sigmoid(try SigmoidCalibration(scores: scores, labels: labels, weights: weights))
    case .isotonic:
      .isotonic(try IsotonicCalibration(scores: scores, labels: labels, weights: weights))
    case .beta: .beta(try BetaCalibration(scores: scores, labels: labels, weights: weights))
    }
  }

  /// Whether scores must be probabilities.
  public var needsProbabilities: Bool { self == .beta }
}

/// A fitted map from scores to probabilities.
public enum CalibrationMap: Hashable, Sendable, Codable {
  /// Scores are probabilities already.
  case none
  case sigmoid(SigmoidCalibration)
  case isotonic(IsotonicCalibration)
  case beta(BetaCalibration)

  public var method: CalibrationMethod {
    switch self {
    case .none: .none
    case .sigmoid: .sigmoid
    case .isotonic: .isotonic
    case .beta: .beta
    }
  }

  /// The probability of each score.
  ///
  /// - Throws: `LearningError.nonFinite` with the row, column 0; `.probability` for a score outside 0…1 where
  ///   the map takes probabilities.
  public func apply(_ scores: [Double]) throws(LearningError) -> [Double] {
    switch self {
    case .none:
      try CalibrationCheck.requireProbabilities(scores)
      return scores
    case .sigmoid(let map): return try map.apply(scores)
    case .isotonic(let map): return try map.apply(scores)
    case .beta(let map): return try map.apply(scores)
    }
  }
}

/// Stored as the method and, where it has one, the map.
extension CalibrationMap {
  private enum CodingKeys: String, CodingKey { case method, map }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
    switch self {
    case .none: break
    case .sigmoid(let map): try container.encode(map, forKey: .map)
    case .isotonic(let map): try container.encode(map, forKey: .map)
    case .beta(let map): try container.encode(map, forKey: .map)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(CalibrationMethod.self, forKey: .method) {
    case .none: self = .none
    case .sigmoid: self = .sigmoid(try container.decode(SigmoidCalibration.self, forKey: .map))
    case .isotonic: self = .isotonic(try container.decode(IsotonicCalibration.self, forKey: .map))
    case .beta: self = .beta(try container.decode(BetaCalibration.self, forKey: .map))
    }
  }
}

enum CalibrationCheck {
  static func requireFinite(_ scores: [Double]) throws(LearningError) {
    if let row = scores.firstIndex(where: { !$0.isFinite }) {
      throw .nonFinite(row: row, column: 0)
    }
  }

  static func requireProbabilities(_ scores: [Double]) throws(LearningError) {
    try requireFinite(scores)
    if let row = scores.firstIndex(where: { $0 < 0 || $0 > 1 }) { throw .probability(row: row) }
  }

  static func requireRows(scores: [Double], labels: [Double], weights: [Double]?)
    throws(LearningError)
  {
    guard labels.count == scores.count else {
      throw .rowCounts(features: scores.count, labels: labels.count)
    }
    try requireFinite(scores)
    try LabeledCheck.requireBinary(labels: labels, weights: weights)
  }
}
