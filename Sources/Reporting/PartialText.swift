internal import Experiments

/// What the report of a run begins with that has not come to its end.
struct PartialText {
  /// `partial: 8 of 44 trials`.
  let mark: String
  let explanation =
    "The run has not come to its end: what leads here may not lead then, no gate was held, and no "
    + "holdout was asked."

  /// Nil for a run that has come to its end.
  init?(_ run: RunRecord) {
    guard let partial = run.partial else { return nil }
    mark = "\(partial)"
  }
}
