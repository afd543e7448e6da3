/// How the cut between contacting and not is chosen, apart from the model.
public enum ThresholdRule: Hashable, Sendable, Codable {
  /// The cut that is best by a figure.
  case best(CutFigure)
  /// The most rows that do not exceed this share of all rows.
  case capacity(share: Double)
  /// The most profitable cut.
  case profit(Campaign)
  /// A given score.
  case fixed(Double)

  /// Chooses a cut; among equally good ones that with the fewest contacts.
  ///
  /// Rows of equal score are contacted together. Where the best ones alone exceed a capacity they are
  /// contacted all the same, and `contactShare` of the choice says so; where no contact pays, the threshold
  /// lies above the greatest score. All but a given one lie between scores, see `ScoreCut`.
  ///
  /// - Throws: `.oneClass` for a figure that compares classes, `.fraction` unless 0 < share ≤ 1.
  /// - Complexity: O(distinct scores).
  public func choose(_ groups: ScoreGroups) throws(EvaluationError) -> ThresholdChoice {
    switch self {
    case .best(let figure):
      try groups.requireBothClasses()
      return ThresholdChoice(groups, from: groups.bestCut { figure.value($0) })
    case .capacity(let share):
      guard share > 0, share <= 1 else { throw .fraction(.contacts, found: share) }
      return ThresholdChoice(groups, from: groups.lowestScore(within: share))
    case .profit(let campaign):
      let curve = try ProfitCurve(groups, campaign: campaign)
      return ThresholdChoice(groups, from: curve.best.threshold ?? .infinity)
    case .fixed(let threshold):
      return ThresholdChoice(groups, threshold: threshold)
    }
  }
}

/// A figure of merit of a cut.
public enum CutFigure: String, CaseIterable, Hashable, Sendable, Codable {
  case f1, mcc, accuracy
  /// (recall + specificity) / 2: the cut at which the ROC curve is farthest above the diagonal.
  case balancedAccuracy = "balanced_accuracy"

  public func value(_ confusion: ConfusionMatrix) -> Double {
    switch self {
    case .f1: confusion.f1
    case .mcc: confusion.matthewsCorrelation
    case .accuracy: confusion.accuracy
    case .balancedAccuracy: confusion.balancedAccuracy
    }
  }
}

/// A chosen cut and what it does to the rows it was chosen on.
public struct ThresholdChoice: Hashable, Sendable, Codable {
  /// Rows at or above it are contacted.
  public let threshold: Double
  public let confusion: ConfusionMatrix

  init(_ groups: ScoreGroups, threshold: Double) {
    self.threshold = threshold
    confusion = ConfusionMatrix(groups, threshold: threshold)
  }

  /// - Parameter score: the least score that is contacted; infinite for nobody.
  fileprivate init(_ groups: ScoreGroups, from score: Double) {
    self.init(
      groups, threshold: ScoreCut.between(ascending: groups.scores.reversed(), at: score))
  }

  public var contactShare: Double { confusion.predictedPositives / confusion.weight }
}

extension ScoreGroups {
  /// The greatest score at which `figure` of the cut is greatest.
  fileprivate func bestCut(_ figure: (ConfusionMatrix) -> Double) -> Double {
    var best = (threshold: scores[0], value: -Double.infinity)
    var (found, mistaken) = (0.0, 0.0)
    for group in scores.indices {
      found += positives[group]
      mistaken += negatives[group]
      let value = figure(
        ConfusionMatrix(
          truePositives: found, falsePositives: mistaken,
          trueNegatives: max(negativeWeight - mistaken, 0),
          falseNegatives: max(positiveWeight - found, 0)))
      if value > best.value { best = (scores[group], value) }
    }
    return best.threshold
  }

  /// The least score whose rows and all better ones weigh at most `share` of all; the greatest score if
  /// its rows alone weigh more.
  fileprivate func lowestScore(within share: Double) -> Double {
    // Sums of weights may exceed a share by rounding.
    let room = share * weight * (1 + 1e-12)
    var (threshold, taken) = (scores[0], 0.0)
    for group in scores.indices {
      taken += positives[group] + negatives[group]
      guard taken <= room else { break }
      threshold = scores[group]
    }
    return threshold
  }
}
