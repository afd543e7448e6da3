/// How much of each kind an experiment may put on a page.
///
/// With it a page stays below 2 MB beside the drawing library however large the run was;
/// experiments share the page.
struct PageBudget {
  /// Points of the map.
  let mapPoints: Int
  /// Points of all silhouette blades together.
  let bladePoints: Int
  /// Rows of each part of the leaderboard.
  let trials: Int
  /// Settings that are drawn against k.
  let lines: Int
  /// Points of one picture against k.
  let curvePoints: Int
  /// Metrics that are drawn against k.
  let curves: Int
  /// Points of the outlines of all condensed trees.
  let treePoints: Int
  /// Features in the tables of the profile.
  let features: Int

  /// Points of one outlined curve of a classifier.
  let outlinePoints: Int
  /// Points of one line among those of several models.
  let comparedPoints: Int
  /// Columns whose dependence is drawn.
  let dependences: Int
  /// Rows whose individual expectations are drawn.
  let expectations: Int

  init(experiments: Int) {
    let count = max(1, experiments)
    mapPoints = max(300, 3_000 / count)
    bladePoints = max(600, 2_400 / count)
    trials = max(15, 150 / count)
    lines = max(SelectionCurves.namedLines, 20 / count)
    curvePoints = max(100, 400 / count)
    curves = max(3, 12 / count)
    treePoints = max(300, 1_500 / count)
    features = max(15, 60 / count)
    outlinePoints = max(120, 500 / count)
    comparedPoints = max(60, 150 / count)
    dependences = max(3, 8 / count)
    expectations = max(8, 24 / count)
  }
}
