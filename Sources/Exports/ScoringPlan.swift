import Artifacts
import Learning
import Numerical
import Tabular

/// A fitted pipeline taken apart: everything that an export has to say in another language.
struct ScoringPlan: Sendable {
  /// Maps rows of numbers to rows of numbers.
  enum Step: Sendable {
    /// (x − center) / scale of every column.
    case scale(centers: [Double], scales: [Double])
    /// log(1 + x).
    case logarithm
    /// The Yeo-Johnson transform, a power per column.
    case yeoJohnson(powers: [Double])
    /// (x − mean) · directionsᵀ.
    case project(mean: [Double], directions: Matrix)
  }

  enum Answer: Sendable {
    case segments(SegmentRule, names: [String])
    case event(EventRule, calibration: CalibrationMap, decision: PropensityDecision)
  }

  enum SegmentRule: Sendable {
    /// The first of the nearest centers.
    case nearest(centers: Matrix, spreads: [Double])
    case mixture(MixturePlan)
  }

  /// Where log-odds come from.
  enum EventRule: Sendable {
    case constant(Double)
    /// intercept + Σ coefficient · x, added in this order.
    case linear(intercept: Double, coefficients: [Double])
    /// Σ leaf − shift.
    case boosting([Tree], shift: Double)
    /// The logarithm of the odds of the mean leaf.
    case forest([Tree])
  }

  let inputs: [EncoderInput]
  let passthrough: [String]
  /// Whom the model may score; SQL asks, the other forms answer every row.
  let consent: ConsentRule?
  let steps: [Step]
  let answer: Answer

  /// The trees of the answer, if it has any; their features are places in `inputs`.
  var trees: [Tree] {
    switch answer {
    case .event(.boosting(let trees, _), _, _), .event(.forest(let trees), _, _): trees
    default: []
    }
  }
}

extension ScoringPlan {
  init(_ artifact: SegmentationArtifact) throws(ModelExport.Obstacle) {
    let pipeline = artifact.pipeline
    try self.init(
      encoder: pipeline.encoder, transformers: pipeline.transformers, inputs: artifact.inputs,
      answer: .segments(
        try Self.rule(of: pipeline.clusterer), names: artifact.segments.map(\.name)))
  }

  init(_ artifact: PropensityArtifact) throws(ModelExport.Obstacle) {
    let pipeline = artifact.pipeline
    guard pipeline.calibration.steepness <= Self.greatestSteepness else { throw .steepCalibration }
    try self.init(
      encoder: pipeline.encoder, transformers: pipeline.transformers, inputs: artifact.inputs,
      answer: .event(
        try Self.rule(of: pipeline.classifier, behind: pipeline.encoder),
        calibration: pipeline.calibration, decision: artifact.decision))
  }

  /// Twice what a fit leaves, so that no rounding of the quotient refuses one.
  private static let greatestSteepness = 2 / IsotonicCalibration.resolution

  private init(
    encoder: TableEncoder, transformers: [PipelineStep<any Transformer>], inputs: InputSchema,
    answer: Answer
  ) throws(ModelExport.Obstacle) {
    for input in encoder.inputs {
      guard input.coding.acceptsEverything else { throw .refusingColumn(input.name) }
    }
    var steps: [Step] = []
    for transformer in transformers { steps += try Self.steps(of: transformer) }
    self.inputs = encoder.inputs
    passthrough = inputs.passthrough
    consent = inputs.consent
    self.steps = steps
    self.answer = answer
  }

  private static func steps(
    of step: PipelineStep<any Transformer>
  ) throws(ModelExport.Obstacle) -> [Step] {
    switch step.model {
    case let model as StandardizeModel:
      model.isIdentity
        ? [] : [.scale(centers: model.centers.values, scales: model.scales.values)]
    case let model as PowerTransformModel:
      switch model.method {
      case .none: []
      case .log1p: [.logarithm]
      case .yeoJohnson: [.yeoJohnson(powers: model.powers.values)]
      }
    case let model as PrincipalComponentsModel:
      model.isIdentity
        ? [] : [.project(mean: model.mean.values, directions: model.projection)]
    default: throw .algorithm(step.algorithm)
    }
  }

  private static func rule(
    of step: PipelineStep<any Clusterer>
  ) throws(ModelExport.Obstacle) -> SegmentRule {
    switch step.model {
    case let model as KMeansModel:
      return .nearest(centers: model.centers, spreads: model.spreads.values)
    case let model as HierarchicalModel where model.vote == nil:
      return .nearest(centers: model.centers, spreads: model.spreads.values)
    case let model as GaussianMixtureModel:
      guard let plan = MixturePlan(model) else { throw .algorithm(step.algorithm) }
      return .mixture(plan)
    case is HierarchicalModel, is DBSCANModel, is HDBSCANModel:
      throw .rowsOfTraining(algorithm: step.algorithm)
    default: throw .algorithm(step.algorithm)
    }
  }

  private static func rule(
    of step: PipelineStep<any Classifier>, behind encoder: TableEncoder
  ) throws(ModelExport.Obstacle) -> EventRule {
    switch step.model {
    case let model as PriorModel: return .constant(model.logOdds)
    case let model as LogisticRegressionModel:
      return .linear(intercept: model.intercept, coefficients: model.coefficients.values)
    case let model as GradientBoostingModel:
      let trees = try placed(model.trees, model.features, encoder.inputs)
      return .boosting(trees, shift: PortableLogarithm.of(model.oddsFactor))
    case let model as ForestModel:
      return .forest(try placed(model.trees, model.features, encoder.inputs))
    default: throw .algorithm(step.algorithm)
    }
  }

  /// The trees with the places of columns among `inputs` as their features.
  private static func placed(
    _ trees: [Tree], _ features: [BoostingFeature], _ inputs: [EncoderInput]
  ) throws(ModelExport.Obstacle) -> [Tree] {
    var places: [Int32] = []
    for feature in features {
      guard let place = inputs.firstIndex(where: { $0.name == feature.name }) else {
        throw .foreignLevels(feature.name)
      }
      if case .category(let levels) = feature.kind {
        guard case .category(let coding) = inputs[place].coding, coding.positionNames == levels
        else { throw .foreignLevels(feature.name) }
      }
      places.append(Int32(place))
    }
    var placed = trees
    for tree in placed.indices {
      for node in placed[tree].nodes.indices {
        guard placed[tree].nodes[node].missing != .zeros else { throw .missingZeros }
        placed[tree].nodes[node].feature = places[Int(placed[tree].nodes[node].feature)]
      }
    }
    return placed
  }
}

extension ScoringPlan {
  /// How far apart calibrated probabilities may be where the other answers are within `tolerance`.
  ///
  /// Log-odds of two programs differ by some roundings, 10⁻¹⁴ of max(1, |log-odds|) at most, and an isotonic map
  /// multiplies that by its steepness. Other maps are no steeper than what follows from probabilities anyway.
  func calibratedTolerance(beside tolerance: Double) -> Double {
    guard case .event(_, let calibration, _) = answer else { return tolerance }
    return max(tolerance, calibration.steepness * 1e-14)
  }
}

extension CalibrationMap {
  /// Of an isotonic map; 0 of others.
  fileprivate var steepness: Double {
    if case .isotonic(let map) = self { map.steepness } else { 0 }
  }
}

extension EncoderInput.Coding {
  /// Whether no value of its kind is refused.
  fileprivate var acceptsEverything: Bool {
    switch self {
    case .number(let number): number.keepsMissing || number.fill != nil
    case .category(let category):
      (category.keepsMissing || category.fill != nil)
        && (category.unseenPosition != nil
          || (category.keepsMissing && category.unseen != .refuse))
    }
  }
}

extension CategoryCoding {
  /// Known levels with their positions: the kept ones, then the pooled.
  var places: [(level: String, place: Int)] {
    let pool = positionNames.count - 1
    return levels.enumerated().map { ($0.element, $0.offset) } + pooledLevels.map { ($0, pool) }
  }
}

extension Tree {
  /// Whether a missing value goes left at a numeric node.
  static func missingGoesLeft(at node: Node) -> Bool {
    node.missing == .nan ? node.missingGoesLeft : 0 <= node.threshold
  }

  /// The positions that go left at a categorical node, ascending.
  func leftPlaces(of node: Node) -> [Int] {
    let words = categorySets[Int(node.categorySet)]
    return (0..<words.count * 32).filter { words[$0 / 32] >> UInt32($0 % 32) & 1 == 1 }
  }
}
