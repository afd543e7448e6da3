import Numerical

extension GradientBoostingModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case objective, oddsFactor, features, trees
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(objective, forKey: .objective)
    try container.encode(oddsFactor, forKey: .oddsFactor)
    try container.encode(features, forKey: .features)
    try container.encode(StoredTrees(trees), forKey: .trees)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let features = try container.decode([BoostingFeature].self, forKey: .features)
    let stored = try container.decode(StoredTrees.self, forKey: .trees)
    guard let trees = stored.trees(features: features) else {
      throw DecodingError.dataCorruptedError(
        forKey: .trees, in: container, debugDescription: "the numbers do not describe trees")
    }
    let oddsFactor = try container.decode(Double.self, forKey: .oddsFactor)
    guard oddsFactor > 0, oddsFactor.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .oddsFactor, in: container, debugDescription: "a factor of odds is positive")
    }
    self.init(
      objective: try container.decode(BoostingObjective.self, forKey: .objective),
      features: features, trees: trees, oddsFactor: oddsFactor)
  }
}
