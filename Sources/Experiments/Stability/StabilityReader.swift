/// Reads how an experiment wants the stability of its clusterings measured.
struct StabilityReader {
  static let key = "stability"

  /// Nil where nothing asks for it: no section, and none of its figures among the metrics.
  ///
  /// - Parameter metrics: those that the experiment names.
  func read(
    _ section: Section, task: Study.Experiment.Task, metrics: [String]
  ) throws(StudyError) -> Study.Stability? {
    guard let node = section[Self.key] else {
      let isAsked = metrics.contains { ClusteringMeasures[$0]?.refitFigure != nil }
      return task == .cluster && isAsked ? Study.Stability() : nil
    }
    guard task == .cluster else {
      throw node.refused(Self.key, expected: "absent unless task is cluster")
    }
    return try options(node)
  }

  private func options(_ node: SourceNode) throws(StudyError) -> Study.Stability {
    let section = try Section(
      node, Self.key, keys: ["method", "resamples", "fraction", "rows"])
    var asked = Study.Stability()
    if let node = section["method"] {
      asked.method = try node.choice("method", of: Study.Stability.Method.self)
    }
    if let node = section["resamples"] {
      asked.resamples = try whole(node, "resamples", from: 2, to: Study.Stability.resampleLimit)
    }
    if let node = section["rows"] {
      asked.rows = try whole(node, "rows", from: 100, to: 10_000_000)
    }
    if let node = section["fraction"] {
      guard asked.share != nil else {
        throw node.refused("fraction", expected: "absent for \(asked.method.rawValue)")
      }
      asked.fraction = try node.number("fraction", "a share above 0 and below 1") {
        $0 > 0 && $0 < 1
      }
    }
    return asked
  }

  private func whole(
    _ node: SourceNode, _ key: String, from low: Int, to high: Int
  ) throws(StudyError) -> Int {
    let number = try node.number(key, "a whole number from \(low) to \(high)") {
      $0 == $0.rounded() && (Double(low)...Double(high)).contains($0)
    }
    return Int(number)
  }
}
