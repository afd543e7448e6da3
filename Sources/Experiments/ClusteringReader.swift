/// Reads what a clustering asks for beyond its grid.
struct ClusteringReader {
  static let keys = ["value", "segment_names"]

  private static let longestName = 60

  /// Nil for a classification, which has none of these keys, and where nothing is asked.
  func read(
    _ section: Section, task: Study.Experiment.Task, metrics: [String]
  ) throws(StudyError) -> Study.Clustering? {
    let asks = section.entries.first { Self.keys.contains($0.key) }
    guard task == .cluster else {
      if let asks {
        throw asks.value.refused(asks.key, expected: "absent unless task is cluster")
      }
      return nil
    }
    let value = try section["value"]?.text("value")
    if value == nil, metrics.contains(UsefulnessMeasure.valueSpread.rawValue) {
      throw StudyError(.missingKey("value", section: "experiment"), at: section.place)
    }
    guard asks != nil else { return nil }
    var clustering = Study.Clustering(value: value)
    guard let node = section["segment_names"] else { return clustering }
    if case .sequence(let items) = node.content {
      guard value != nil else {
        throw StudyError(.missingKey("value", section: "experiment"), at: node.place)
      }
      for item in items { clustering.namesByValue.append(try name(item)) }
    } else {
      for entry in try node.entries("segment_names") {
        guard let segment = Int(entry.key), segment >= 0, "\(segment)" == entry.key else {
          throw node.refused("segment_names", expected: "names by segment number from 0")
        }
        clustering.names.append(.init(segment: segment, name: try name(entry.value)))
      }
    }
    let names = clustering.names.map(\.name) + clustering.namesByValue
    guard !names.isEmpty, Set(names).count == names.count else {
      throw node.refused("segment_names", expected: "different names, at least one")
    }
    return clustering
  }

  private func name(_ node: SourceNode) throws(StudyError) -> String {
    let name = try node.text("segment_names")
    let isPlain = name.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
      default: true
      }
    }
    guard isPlain, (1...Self.longestName).contains(name.count),
      !name.allSatisfy(\.isWhitespace), !SegmentNames.isReserved(name)
    else {
      throw node.refused(
        "segment_names",
        expected: "names of 1 to \(Self.longestName) visible characters, none of them Unassigned")
    }
    return name
  }
}
