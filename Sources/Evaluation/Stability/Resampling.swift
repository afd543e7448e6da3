/// How the rows of a clustering are varied to see which of its segments come back.
public enum Resampling: Hashable, Sendable {
  /// As many rows as there are, drawn with replacement; a row drawn twice is clustered once, so that about
  /// 63 % of the rows are left (fpc's `boot` with `multipleboot = FALSE`).
  case bootstrap
  /// A share of the rows, drawn without replacement; fpc's `subset` has half.
  case subset(share: Double)
  /// All rows with another seed: what the start of the algorithm decides.
  case seed
  /// All rows with a share of the columns, one less than all at most and one at least.
  case columns(share: Double)
  /// Each row replaced with this probability by noise: a point drawn evenly from the box of four standard
  /// deviations to either side along the principal axes (fpc's `noise`). Only rows that stay are compared.
  case noise(share: Double)

  /// Standard deviations from the mean to the sides of the box that noise is drawn from.
  static let noiseReach = 4.0
}
