import Evaluation
import Experiments
import Testing

private typealias Profile = ClusteringEvidence.FeatureProfile

/// A column of mean 10 and deviation 10, by its means in the segments.
private func number(_ name: String, _ means: [Double]) -> Profile {
  Profile(feature: name, isShare: false, overall: 10, spread: 10, segments: means)
}

/// Segments of equal size whose rows have the given mean values.
private func spread(_ means: [Double]) throws -> ValueSpread {
  let rows = means.indices.flatMap { [Int](repeating: $0, count: 30) }
  return try ValueSpread(
    of: rows.enumerated().map { means[$1] + ($0.isMultiple(of: 2) ? 1 : -1) }, labels: rows,
    segmentCount: means.count)
}

private func names(
  _ profile: [Profile] = [], value: [Double]? = nil, sizes: [Int]? = nil, count: Int = 0,
  asked: Study.Clustering? = nil
) throws -> SegmentNames {
  let segments = value?.count ?? profile.first?.segments.count ?? count
  return SegmentNames(
    sizes: sizes ?? [Int](repeating: 30, count: segments), profile: profile,
    value: try value.map { ("spend", try spread($0)) }, asked: asked)
}

private func asked(
  _ names: [Int: String] = [:], byValue: [String] = []
) throws -> Study.Clustering? {
  let map = names.keys.sorted().map { "\($0): \(names[$0] ?? "")" }.joined(separator: ", ")
  let written = byValue.isEmpty ? "{\(map)}" : "[\(byValue.joined(separator: ", "))]"
  return try readStudy(
    studyText(experiment: "value: spend\nsegment_names: \(written)")
  ).experiments[0].clustering
}

@Suite struct SegmentNamesTests {
  @Test func `Recency and value give the names of customers' lives, best first`() throws {
    // Segments: fresh and best, fresh and good, gone and good, fresh and poor, gone and poorest.
    let found = try names(
      [number("days_since_last_order", [2, 4, 30, 5, 40])], value: [90, 70, 80, 10, 5])
    #expect(found.names == ["Champions", "Loyal", "Can't Lose", "Promising", "Lost"])
    #expect(found.warnings.isEmpty)
  }

  @Test func `Those worth most who stay away are no champions`() throws {
    let found = try names([number("days_since_last", [40, 5])], value: [90, 10])
    #expect(found.names == ["Can't Lose", "Promising"])
  }

  @Test func `Without recency nobody is called lost`() throws {
    let found = try names(value: [5, 100, 52, 51])
    #expect(found.names == ["Low Value", "Champions", "Middle Value", "Middle Value: segment 3"])
  }

  @Test func `Without value, names say what sets a segment apart`() throws {
    let job = Profile(
      feature: "job = retired", isShare: true, overall: 0.25, spread: 0.43,
      segments: [0.8, 0.2, 0.2])
    let found = try names([
      number("balance", [10, 30, 10]), number("age", [30, 9, 11]), job,
    ])
    #expect(found.names == ["Older, mostly job retired", "High balance", "Average"])
  }

  @Test func `Names are different and the same every time`() throws {
    let profile = [number("balance", [30, 30, 30, 10, 10])]
    let found = try names(profile).names
    #expect(Set(found).count == 5)
    #expect(found == (try names(profile).names))
  }

  @Test func `Small and empty segments are named by number`() throws {
    let found = try names([number("balance", [30, 0, 10])], sizes: [19, 0, 500])
    #expect(found.names == ["Segment 0", "Segment 1", "Average"])
  }

  @Test func `No segments have no names`() throws {
    #expect(try names(value: []).names.isEmpty)
  }

  @Test func `A study's names come first, by number or by value`() throws {
    let byNumber = try names(value: [5, 100], asked: asked([0: "Savers"]))
    #expect(byNumber.names == ["Savers", "Champions"])
    let byValue = try names(value: [5, 100], asked: asked(byValue: ["Gold", "Silver"]))
    #expect(byValue.names == ["Silver", "Gold"])
  }

  @Test func `A given name is not given twice`() throws {
    let found = try names(value: [5, 100, 60], asked: asked([0: "Low Value", 2: "High Value"]))
    #expect(Set(found.names).count == 3)
  }

  @Test func `Names of segments that do not exist are refused with a warning`() throws {
    let found = try names(value: [5, 100], asked: asked([7: "Ghosts"]))
    #expect(
      found.warnings == ["segment_names names segment 7, but there are 2 segments, numbered from 0"]
    )
    #expect(!found.names.contains("Ghosts"))
    let many = try names(value: [5, 100], asked: asked(byValue: ["A", "B", "C"]))
    #expect(
      many.warnings == ["segment_names has 3 names, but there are 2 segments, numbered from 0"])
  }

  @Test func `A name that the figures contradict is kept with a warning`() throws {
    let found = try names(value: [5, 100], asked: asked([0: "Champions"]))
    #expect(found.names[0] == "Champions")
    #expect(
      found.warnings == [
        "the study calls segment 0 Champions, which its means of spend contradict"
      ])
  }

  @Test func `Names must be printable, different and not taken`() {
    for names in ["{0: A, 1: A}", "{0: unassigned}", "[]", "{-1: A}", "{a: B}", "{0: \"\"}"] {
      #expect(refusal(of: studyText(experiment: "value: s\nsegment_names: \(names)")) != nil)
    }
    #expect(refusal(of: studyText(experiment: "segment_names: [A]"))?.contains("no value") == true)
    #expect(
      refusal(of: studyText(experiment: "metrics: [silhouette, value_spread]"))?
        .contains("no value") == true)
  }
}
