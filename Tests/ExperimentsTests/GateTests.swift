import Evaluation
import Experiments
import Foundation
import Learning
import Testing

/// Gates that bound intervals and that compare with other models.
struct GateTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  private func gates(
    _ text: String, grid: String = "[{model: cuts, k: 3}]",
    reference: @escaping @Sendable (String) -> GateReference? = { _ in nil }
  ) throws -> [GateRecord] {
    let study = try folder.study(shared: "{}", grid: grid, tail: "gates: [\(text)]")
    return try folder.run(study, reference: reference).record.gates
  }

  private func reference(grid: String) throws -> GateReference {
    let study = try folder.study(shared: "{}", grid: grid)
    return .run(try folder.run(study, in: "before").directory.path)
  }

  @Test func `a gate on the interval is held against the end nearer to its bound`() throws {
    let plain = try gates("{metric: segments.silhouette, min: -1}")
    let value = try #require(plain.first?.value)
    let interval = try #require(plain.first?.interval)
    #expect(interval.lower < value)
    let middle = (interval.lower + value) / 2
    let held = try gates(
      "{metric: segments.silhouette, min: \(middle)}, "
        + "{metric: segments.silhouette, min: \(middle), by: interval}")
    #expect(held.map(\.passed) == [true, false])
    #expect(held[1].shortfall == middle - interval.lower)
    #expect(held[1].reason?.contains("the lower end") == true)
  }

  @Test func `a metric without an interval cannot meet a gate on one`() throws {
    let held = try gates("{metric: segments.segments, min: 0, by: interval}")
    #expect(held.map(\.passed) == [false])
    #expect(held[0].shortfall == nil)
    #expect(held[0].reason?.contains("no interval of segments was estimated") == true)
  }

  @Test func `the shortfall is the distance from the bound`() throws {
    let held = try gates(
      "{metric: segments.segments, min: 5}, {metric: segments.segments, max: 1}, "
        + "{metric: segments.segments, min: 3, max: 3}")
    #expect(held.map(\.shortfall) == [2, 2, nil])
    #expect(held.map(\.passed) == [false, false, true])
  }

  @Test func `a name that leads nowhere fails the gate unless that was foreseen`() throws {
    let held = try gates(
      "{metric: segments.silhouette, vs: a@champion, min_change: 0}, "
        + "{metric: segments.silhouette, vs: a@champion, min_change: 0, if_missing: pass}")
    #expect(held.map(\.passed) == [false, true])
    #expect(held.allSatisfy { $0.reason?.contains("registered name a@champion") == true })
    #expect(held.map(\.value).allSatisfy { $0 != nil })
  }

  /// The gates of a study that is held against the last run of its own folder.
  private func gatesOnLatest(_ bound: String, k: Int) throws -> GateRecord {
    let runs = folder.path + "/runs"
    let study = try folder.study(
      shared: "{}", grid: "[{model: cuts, k: \(k)}]",
      tail: "gates: [{metric: segments.segments, vs: latest, \(bound)}]")
    let summary = try folder.run(
      study,
      reference: { name in
        let run = RunDirectory(name, in: runs)
        return FileManager.default.fileExists(atPath: run.path) ? .run(run.path) : nil
      })
    return try #require(summary.record.gates.first)
  }

  @Test func `the latest run is never the run itself`() throws {
    let first = try gatesOnLatest("min_change: 0", k: 4)
    #expect(!first.passed && first.reason?.contains("no run") == true)
    // Called again, it is the latest, and there is still no other.
    #expect(try gatesOnLatest("min_change: 0", k: 4) == first)
    #expect(try gatesOnLatest("min_change: 0, if_missing: pass", k: 4).passed)
    let worse = try gatesOnLatest("min_change: -0.5", k: 3)
    #expect(!worse.passed && worse.reference?.change == -1)
    #expect(try gatesOnLatest("min_change: -0.5", k: 3) == worse)
  }

  @Test func `a change is the value less the reference`() throws {
    let before = try reference(grid: "[{model: cuts, k: 4}]")
    let held = try gates(
      "{metric: segments.segments, vs: before, min_change: -1}, "
        + "{metric: segments.segments, vs: before, min_change: -0.5}, "
        + "{metric: segments.segments, vs: before, min_change: -25%}, "
        + "{metric: segments.segments, vs: before, min_change: -20%}, "
        + "{metric: segments.segments, vs: before, max_change: -2}"
    ) { $0 == "before" ? before : nil }
    // Three segments after four: a change of -1, or of -25%.
    #expect(held.map(\.passed) == [true, false, true, false, false])
    #expect(held.map { $0.reference?.change } == Array(repeating: -1, count: 5))
    #expect(held.map { $0.reference?.value } == Array(repeating: 4, count: 5))
    #expect(held.map(\.shortfall) == [nil, 0.5, nil, 1 - 0.2 * 4, 1])
  }

  @Test func `a reference that is the same trial has changed by nothing`() throws {
    let before = try reference(grid: "[{model: cuts, k: 3}]")
    let held = try gates(
      "{metric: segments.silhouette, vs: before, min_change: 0, by: interval}"
    ) { _ in before }
    #expect(held.map(\.passed) == [true])
    #expect(held[0].reference?.pairing == .sameTrial)
  }

  @Test func `reasons say in the metric's own direction what is worse`() throws {
    let before = try reference(grid: "[{model: cuts, k: 3}]")
    let worse = try gates(
      "{metric: segments.silhouette, vs: before, min_change: -0.001}, "
        + "{metric: segments.silhouette, vs: before, min_change: 0}, "
        + "{metric: segments.silhouette, vs: before, min_change: 2%}",
      grid: "[{model: cuts, k: 2}]"
    ) { _ in before }
    #expect(worse[0].reason?.contains("at most 0.001 worse is allowed (unpaired") == true)
    #expect(worse[0].reason?.contains("worse than") == true)
    #expect(worse[1].reason?.contains("it must not be worse") == true)
    #expect(worse[2].reason?.contains("at least 2% better is required") == true)
  }

  @Test func `a model is a reference too, and one that is damaged fails the gate`() throws {
    let study = try folder.study(shared: "{}", grid: "[{model: cuts, k: 4}]")
    let run = try folder.run(study, in: "before")
    let trial = try #require(run.record.experiments[0].chosen?.trial.id)
    let model = "\(run.directory.path)/trials/\(trial)/model"
    // Metrics of an artifact are those of its trial; toy models are unknown to the standard catalogue.
    let held = try gates("{metric: segments.segments, vs: it, min_change: 0}") { _ in .model(model)
    }
    #expect(held.map(\.passed) == [false])
    #expect(held[0].reason?.contains("it cannot be compared with") == true)
  }

  @Test func `a run without the experiment is no reference`() throws {
    let before = try reference(grid: "[{model: cuts, k: 4}]")
    var study = try folder.study(
      shared: "{}", tail: "gates: [{metric: segments.segments, vs: it, min_change: 0}]")
    study.study.experiments[0].id = "others"
    study.study.gates[0].experiment = "others"
    let held = try folder.run(study, reference: { _ in before }).record.gates
    #expect(held[0].reason == "it has no chosen trial of others")
  }

  @Test func `records of gates survive their file`() throws {
    let before = try reference(grid: "[{model: cuts, k: 4}]")
    let held = try gates("{metric: segments.segments, vs: it, max_change: 1%}") { _ in before }
    let coded = try JSONDecoder().decode([GateRecord].self, from: JSONEncoder().encode(held))
    #expect(coded == held)
  }
}
