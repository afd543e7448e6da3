internal import Evaluation
internal import Learning
internal import Tabular

/// Reads one experiment of a study.
struct ExperimentReader {
  private let catalog: Catalog

  private static let keys = [
    "id", "task", "shared", "grid", "metrics", "require", "select", "seeds", "search",
    StabilityReader.key,
  ]

  init(catalog: Catalog) { self.catalog = catalog }

  func read(_ node: SourceNode) throws(StudyError) -> Study.Experiment {
    let section = try Section(
      node, "experiment", keys: Self.keys + ClassificationReader.keys + ClusteringReader.keys)
    let id = try section.required("id").identifier("id")
    let task = try section.required("task").choice("task", of: Study.Experiment.Task.self)
    let search = try section["search"].map { (node) throws(StudyError) in
      try SearchReader().read(node)
    }
    let grid = GridReader(
      catalog: catalog, task: task, draws: search.map { $0.method != .grid } ?? false)
    let metrics = try metrics(section["metrics"], task)
    let classification = ClassificationReader(catalog: catalog)
    var blocks = try grid.blocks(try section.required("grid"))
    let asked = try classification.read(section, task: task, blocks: &blocks)
    let stability = try StabilityReader().read(section, task: task, metrics: metrics)
    let available = Measures.available(task, metrics: metrics, stability: stability)
    let select = try SelectionReader(metrics: metrics, available: available, task: task)
      .read(section["select"])
    if search?.drop != nil, !select.pareto.isEmpty, let node = section["search"] {
      throw node.refused("search.drop", expected: "left out where several metrics rank (pareto)")
    }
    return Study.Experiment(
      id: id, task: task, shared: try grid.shared(section["shared"]), grid: blocks,
      metrics: metrics,
      require: try requirements(
        section["require"], metrics: metrics, available: available, task),
      select: select, classification: asked, stability: stability,
      clustering: try ClusteringReader().read(section, task: task, metrics: metrics),
      seeds: try section["seeds"]?.seeds("seeds"), search: search)
  }

  private func metrics(
    _ node: SourceNode?, _ task: Study.Experiment.Task
  ) throws(StudyError) -> [String] {
    guard let node else { return Measures.defaults(task) }
    let names = try node.items("metrics")
    guard !names.isEmpty else {
      throw node.refused("metrics", expected: "a list of at least one metric")
    }
    var metrics: [String] = []
    for item in names {
      let name = try item.text("metrics")
      if !Measures.exists(name, task) {
        try item.requireMetric(name, among: Measures.known(task))
      }
      guard !metrics.contains(name) else { throw StudyError(.duplicateKey(name), at: item.place) }
      metrics.append(name)
    }
    return metrics
  }

  /// Bounds that a trial must keep to be chosen.
  ///
  /// `min_share: 0.03` and `max_noise: 0.1` bound the smallest, largest or noise share; any other
  /// metric is bounded as `silhouette: {min: 0.2}`. `stability.min: 0.6` bounds the least stable segment.
  private func requirements(
    _ node: SourceNode?, metrics: [String], available: [String], _ task: Study.Experiment.Task
  ) throws(StudyError) -> [Study.Threshold] {
    guard let node else { return [] }
    var thresholds: [Study.Threshold] = []
    for entry in try node.entries("require") {
      thresholds.append(
        try requirement(entry, metrics: metrics, available: available, task))
    }
    return thresholds
  }

  private func requirement(
    _ entry: SourceNode.Entry, metrics: [String], available: [String],
    _ task: Study.Experiment.Task
  ) throws(StudyError) -> Study.Threshold {
    let isMeasured = available.contains(entry.key)
    if task == .cluster, ClusteringMeasures[entry.key]?.refitFigure != nil, !isMeasured {
      throw StudyError(.missingKey(entry.key, section: "metrics"), at: entry.place)
    }
    if case .mapping = entry.value.content {
      try entry.value.requireMetric(entry.key, among: available)
      return try threshold(entry.value, entry.key, metric: entry.key, keys: ["min", "max"])
    }
    func share() throws(StudyError) -> Double {
      try entry.value.number(entry.key, "a share from 0 to 1") { (0...1).contains($0) }
    }
    switch entry.key {
    case _ where task == .classify: break
    case "min_share": return Study.Threshold(metric: "min_share", min: try share(), max: nil)
    case "max_share": return Study.Threshold(metric: "max_share", min: nil, max: try share())
    case "max_noise": return Study.Threshold(metric: "noise", min: nil, max: try share())
    case RefitFigure.leastStability.rawValue:
      return Study.Threshold(metric: entry.key, min: try share(), max: nil)
    default: break
    }
    let short = ["min_share", "max_share", "max_noise", RefitFigure.leastStability.rawValue]
    let known = (task == .cluster ? short : []) + metrics
    guard known.contains(entry.key) else {
      throw StudyError(
        .unknownKey(
          entry.key, section: "require", known: known,
          nearest: NearestName.nearest(to: entry.key, among: known)), at: entry.place)
    }
    throw entry.value.refused(entry.key, expected: "bounds such as {min: 0.2}")
  }
}

/// Reads `{min: …, max: …}` with further keys that the caller has seen to.
func threshold(
  _ node: SourceNode, _ section: String, metric: String, keys: [String], later: [String] = []
) throws(StudyError) -> Study.Threshold {
  let section = try Section(node, section, keys: keys, later: later)
  let low = try section["min"]?.number("min", "a number") { _ in true }
  let high = try section["max"]?.number("max", "a number") { _ in true }
  guard low != nil || high != nil else {
    throw StudyError(.missingKey("min or max", section: section.name), at: node.place)
  }
  if let low, let high, low > high {
    throw node.refused(section.name, expected: "bounds with min up to max")
  }
  return Study.Threshold(metric: metric, min: low, max: high)
}
