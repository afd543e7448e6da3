internal import Evaluation

extension Study {
  /// How clusterings are varied to see which of their segments come back, and how often.
  public struct Stability: Hashable, Sendable, Codable {
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
      case bootstrap, subset, seed, columns, noise
    }

    /// More refits of every trial than this are a mistake.
    public static let resampleLimit = 1_000

    public var method = Method.bootstrap
    /// Refits for each figure that needs some: replicates, halvings and references of the gap.
    public var resamples = 50
    /// The share of rows or columns that a subset keeps, or of rows that noise replaces; nil for what is
    /// usual, and for methods without one.
    public var fraction: Double?
    /// Of longer tables as many rows are drawn once, and all refits are of these.
    public var rows = 20_000

    public init() {}

    /// The share that is used; nil for methods without one.
    public var share: Double? {
      switch method {
      case .bootstrap, .seed: nil
      case .subset: fraction ?? 0.5
      case .columns: fraction ?? 0.8
      case .noise: fraction ?? 0.05
      }
    }

    var resampling: Resampling {
      let share = share ?? 1
      return switch method {
      case .bootstrap: .bootstrap
      case .subset: .subset(share: share)
      case .seed: .seed
      case .columns: .columns(share: share)
      case .noise: .noise(share: share)
      }
    }
  }
}
