public import Learning

/// What a report shows of one clustering beyond its metrics: aggregates only, never a customer's row.
public struct ClusteringEvidence: Hashable, Sendable, Codable {
  /// Rows per segment, by segment number; noise is not counted.
  public var sizes: [Int]
  public var noiseCount: Int
  public var silhouettes: [SilhouetteProfile]
  public var profile: [FeatureProfile]
  public var map: ScatterMap?
  public var diagnostics: FitDiagnostics
  public var assignment: AssignmentRecord
  /// Nil where stability was not asked for or does not exist.
  public var stability: StabilityEvidence?
  /// Nil in evidence of a version without it.
  public var usefulness: Usefulness?

  public init(
    sizes: [Int], noiseCount: Int, silhouettes: [SilhouetteProfile], profile: [FeatureProfile],
    map: ScatterMap?, diagnostics: FitDiagnostics, assignment: AssignmentRecord,
    stability: StabilityEvidence? = nil, usefulness: Usefulness? = nil
  ) {
    self.sizes = sizes
    self.noiseCount = noiseCount
    self.silhouettes = silhouettes
    self.profile = profile
    self.map = map
    self.diagnostics = diagnostics
    self.assignment = assignment
    self.stability = stability
    self.usefulness = usefulness
  }

  /// One blade of the silhouette plot.
  public struct SilhouetteProfile: Hashable, Sendable, Codable {
    public let segment: Int
    public let rowCount: Int
    public let mean: Double
    /// Silhouettes of the segment's rows in descending order, at most 200 evenly spaced ranks.
    public let values: [Double]

    public init(segment: Int, rowCount: Int, mean: Double, values: [Double]) {
      self.segment = segment
      self.rowCount = rowCount
      self.mean = mean
      self.values = values
    }
  }

  /// One row of the profile heat map, in original units.
  public struct FeatureProfile: Hashable, Sendable, Codable {
    /// The column, or `column = level` for a level of a category.
    public let feature: String
    /// True when the figures are shares of rows (0…1) instead of means.
    public let isShare: Bool
    public let overall: Double
    /// The overall standard deviation, to scale differences; 0 for a constant column.
    public let spread: Double
    /// Mean or share per segment, by segment number.
    public let segments: [Double]

    public init(
      feature: String, isShare: Bool, overall: Double, spread: Double, segments: [Double]
    ) {
      self.feature = feature
      self.isShare = isShare
      self.overall = overall
      self.spread = spread
      self.segments = segments
    }
  }

  /// Rows on the first two principal components of the scaled columns.
  public struct ScatterMap: Hashable, Sendable, Codable {
    public struct Point: Hashable, Sendable, Codable {
      public let x: Double
      public let y: Double
      public let segment: Int

      public init(x: Double, y: Double, segment: Int) {
        self.x = x
        self.y = y
        self.segment = segment
      }
    }

    public struct Loading: Hashable, Sendable, Codable {
      public let feature: String
      public let x: Double
      public let y: Double

      public init(feature: String, x: Double, y: Double) {
        self.feature = feature
        self.x = x
        self.y = y
      }
    }

    /// Shares of the total variance that the two axes explain.
    public let explained: [Double]
    public let points: [Point]
    /// How many rows the points were sampled from.
    public let sampledFrom: Int
    public let loadings: [Loading]

    public init(
      explained: [Double], points: [Point], sampledFrom: Int, loadings: [Loading]
    ) {
      self.explained = explained
      self.points = points
      self.sampledFrom = sampledFrom
      self.loadings = loadings
    }
  }
}
