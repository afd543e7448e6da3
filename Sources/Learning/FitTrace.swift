/// The course of a fit and what it can show of itself: reported, never needed to predict.
public struct FitTrace: Hashable, Sendable, Codable {
  /// The objective after each iteration of the kept run; empty for closed forms.
  public var losses: [Double]
  public var converged: Bool
  /// Sentences a user should read, such as that fewer clusters than asked for were found.
  public var warnings: [String]
  /// What the fit says of its own quality.
  public var scores: [FitScore]
  public var diagnostics: FitDiagnostics

  public init(
    losses: [Double] = [], converged: Bool = true, warnings: [String] = [],
    scores: [FitScore] = [], diagnostics: FitDiagnostics = FitDiagnostics()
  ) {
    self.losses = losses
    self.converged = converged
    self.warnings = warnings
    self.scores = scores
    self.diagnostics = diagnostics
  }
}

/// One figure of a fit.
public struct FitScore: Hashable, Sendable, Codable {
  public let measure: FitMeasure
  public let value: Double

  public init(_ measure: FitMeasure, _ value: Double) {
    self.measure = measure
    self.value = value
  }
}

/// Figures that only a fit can give, under the names that studies and reports use.
public enum FitMeasure: String, CaseIterable, Hashable, Sendable, Codable {
  /// Mean log-density of the fitted rows.
  case logLikelihood = "log_likelihood"
  /// Bayesian information criterion: −2 · total log-likelihood + parameters · ln n.
  case bic
  /// Akaike's information criterion: −2 · total log-likelihood + 2 · parameters.
  case aic
  /// Integrated completed likelihood: BIC plus twice the entropy of the responsibilities.
  case icl
  /// The neighbourhood radius that was used.
  case eps
  /// Share of rows that are core rows.
  case coreShare = "core_share"
  /// Correlation between the distances of rows and the heights at which a tree joins them.
  case copheneticCorrelation = "cophenetic_correlation"
  /// Total weight of the minimum spanning tree.
  case spanningTreeWeight = "spanning_tree_weight"

  public var isHigherBetter: Bool {
    switch self {
    case .logLikelihood, .copheneticCorrelation, .coreShare: true
    case .bic, .aic, .icl, .eps, .spanningTreeWeight: false
    }
  }
}

/// Pictures of a fit: aggregates of bounded size, never a row; nil where the algorithm has none.
public struct FitDiagnostics: Hashable, Sendable, Codable {
  public var kDistances: KDistanceCurve?
  public var dendrogram: Dendrogram?
  public var condensedTree: CondensedTreeOutline?
  public var memberships: MembershipOverview?
  /// What became of each column of categories.
  public var categoryColumns: [CategoryColumn]?

  public init() {}
}

/// How a fit took a column of categories.
public struct CategoryColumn: Hashable, Sendable, Codable {
  public let name: String
  /// Categories that rows have.
  public let levelCount: Int
  /// Whether categories stood by their mean target; otherwise divisions choose sets of them.
  public let usesTargetStatistics: Bool

  public init(name: String, levelCount: Int, usesTargetStatistics: Bool) {
    self.name = name
    self.levelCount = levelCount
    self.usesTargetStatistics = usesTargetStatistics
  }
}

/// Distances to the k-th nearest row, in descending order: the curve whose knee suggests a radius.
public struct KDistanceCurve: Hashable, Sendable, Codable {
  /// Which neighbour, the row itself being the first.
  public let neighbor: Int
  /// At most 500 evenly spaced ranks of the rows' distances, the greatest first.
  public let distances: [Double]
  public let rowCount: Int
  /// The distance at the sharpest bend; nil where the curve has none.
  public let knee: Double?
  /// The radius that was used.
  public let chosen: Double

  public init(
    neighbor: Int, distances: [Double], rowCount: Int, knee: Double?, chosen: Double
  ) {
    self.neighbor = neighbor
    self.distances = distances
    self.rowCount = rowCount
    self.knee = knee
    self.chosen = chosen
  }
}

/// The top of a merge tree: its last merges over at most 60 leaves.
public struct Dendrogram: Hashable, Sendable, Codable {
  /// A subtree below the picture.
  public struct Leaf: Hashable, Sendable, Codable {
    public let rowCount: Int
    /// The segment its rows are in; nil if they are in several, −1 for none.
    public let segment: Int?

    public init(rowCount: Int, segment: Int?) {
      self.rowCount = rowCount
      self.segment = segment
    }
  }

  /// Nodes are numbered leaves first, then merges in order.
  public struct Merge: Hashable, Sendable, Codable {
    public let left: Int
    public let right: Int
    public let height: Double

    public init(left: Int, right: Int, height: Double) {
      self.left = left
      self.right = right
      self.height = height
    }
  }

  public let leaves: [Leaf]
  /// In ascending order of height.
  public let merges: [Merge]
  /// The height of the cut that gave the segments; nil if there is none between two merges.
  public let cut: Double?

  public init(leaves: [Leaf], merges: [Merge], cut: Double?) {
    self.leaves = leaves
    self.merges = merges
    self.cut = cut
  }
}

/// The clusters of a density tree, largest first below each parent, at most 100 of them.
public struct CondensedTreeOutline: Hashable, Sendable, Codable {
  public struct Cluster: Hashable, Sendable, Codable {
    public let id: Int
    /// Nil for the root.
    public let parent: Int?
    /// λ = 1 / distance at which it appears and at which it ends.
    public let birth: Double
    public let death: Double
    public let rowCount: Int
    public let stability: Double
    /// Its segment if it was selected.
    public let segment: Int?
    /// (λ, rows left) as rows fall out, at most 50 points, λ ascending.
    public let widths: [Width]

    public init(
      id: Int, parent: Int?, birth: Double, death: Double, rowCount: Int, stability: Double,
      segment: Int?, widths: [Width]
    ) {
      self.id = id
      self.parent = parent
      self.birth = birth
      self.death = death
      self.rowCount = rowCount
      self.stability = stability
      self.segment = segment
      self.widths = widths
    }
  }

  public struct Width: Hashable, Sendable, Codable {
    public let lambda: Double
    public let rowCount: Int

    public init(lambda: Double, rowCount: Int) {
      self.lambda = lambda
      self.rowCount = rowCount
    }
  }

  public let clusters: [Cluster]

  public init(clusters: [Cluster]) { self.clusters = clusters }
}

/// How sure a mixture is of its assignments.
public struct MembershipOverview: Hashable, Sendable, Codable {
  /// Entry (i, j): the mean responsibility of component j for the rows assigned to i.
  public let overlap: [[Double]]
  /// Rows by their greatest responsibility, in 20 bins of equal width from 0 to 1.
  public let histogram: [Int]

  public init(overlap: [[Double]], histogram: [Int]) {
    self.overlap = overlap
    self.histogram = histogram
  }
}
