import Foundation
import Testing

/// Runs as a user sees them: what is computed, what is kept, what comes out.
@Suite struct RunTests {
  static let study = """
    name: shop
    seed: 5
    data:
      source: customers.csv
      roles: {id: customer_id, ignore: [true_segment, true_probability, responded]}
    experiments:
      - id: segments
        task: cluster
        shared:
          standardize.method: [zscore, robust]
          pca.components: [none, 3]
        grid:
          - {model: k-means, k: {range: [2, 6]}, restarts: 2}
        metrics: [silhouette, davies_bouldin, calinski_harabasz]
        require: {min_share: 0.01}
        select: {metric: silhouette, ties: davies_bouldin}
    """

  static func prepare(rows: Int = 400) throws -> CohortProcess {
    let cohort = try CohortProcess()
    let made = try cohort.run("synthesize", "--rows", "\(rows)", "--truth", "-o", "customers.csv")
    #expect(made.status == 0, "\(made.errors)")
    try cohort.write(study, to: "study.yaml")
    return cohort
  }

  /// Every file of the only run in `folder` by its path, times and machine aside.
  static func files(of cohort: borrowing CohortProcess, in runs: String) throws -> [String: Data] {
    let root = cohort.folder.appending(path: runs).resolvingSymlinksInPath()
    let excluded: Set<String> = ["timings.json", "environment.json", "events.jsonl"]
    var files: [String: Data] = [:]
    let paths = FileManager.default.enumerator(atPath: root.path)
    while let path = paths?.nextObject() as? String {
      let url = root.appending(path: path)
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      if !exists || isFolder.boolValue || path.hasPrefix("latest") { continue }
      if excluded.contains(url.lastPathComponent) { continue }
      files[path] = try Data(contentsOf: url)
    }
    return files
  }

  static func expectEqual(_ a: [String: Data], _ b: [String: Data]) {
    #expect(a.keys.sorted() == b.keys.sorted())
    for name in a.keys.sorted() { #expect(a[name] == b[name], "\(name) differs") }
  }

  @Test func `a second run computes nothing and says so`() throws {
    let cohort = try Self.prepare()
    let first = try cohort.run("run", "study.yaml")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("computed 20 of 20 trials"))
    let before = try Self.files(of: cohort, in: "runs")
    let second = try cohort.run("run", "study.yaml")
    #expect(second.status == 0)
    #expect(second.errors.contains("nothing to compute: all 20 trials are on disk"))
    #expect(second.output == first.output)
    Self.expectEqual(before, try Self.files(of: cohort, in: "runs"))
  }

  @Test func `one thread and four write the same bytes`() throws {
    let cohort = try Self.prepare()
    for threads in ["1", "4"] {
      let outcome = try cohort.run(
        "run", "study.yaml", "--threads", threads, "--runs", "runs-\(threads)")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    Self.expectEqual(
      try Self.files(of: cohort, in: "runs-1"), try Self.files(of: cohort, in: "runs-4"))
  }

  @Test func `a killed run continues to the bytes of an undisturbed one`() throws {
    let cohort = try Self.prepare(rows: 3000)
    let undisturbed = try cohort.run("run", "study.yaml", "--runs", "whole")
    #expect(undisturbed.status == 0, "\(undisturbed.errors)")
    for delay in [40, 90, 160, 300] {
      let runs = "killed-\(delay)"
      let started = try cohort.start(["run", "study.yaml", "--runs", runs])
      usleep(UInt32(delay) * 1000)
      kill(started.process.processIdentifier, SIGKILL)
      started.process.waitUntilExit()
      _ = try started.outcome()
      let outcome = try cohort.run("run", "study.yaml", "--runs", runs)
      #expect(outcome.status == 0, "\(outcome.errors)")
      Self.expectEqual(
        try Self.files(of: cohort, in: "whole"), try Self.files(of: cohort, in: runs))
    }
  }

  @Test func `an interrupted run keeps what is done and exits with its code`() throws {
    let cohort = try Self.prepare(rows: 3000)
    let started = try cohort.start(["run", "study.yaml", "--threads", "1"])
    usleep(250_000)
    kill(started.process.processIdentifier, SIGINT)
    started.process.waitUntilExit()
    let stopped = try started.outcome()
    // A run that was quicker than the signal has nothing to interrupt.
    #expect(stopped.status == 130 || stopped.status == 0, "\(stopped.errors)")
    let outcome = try cohort.run("run", "study.yaml")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `an override changes the study and leaves the file alone`() throws {
    let cohort = try Self.prepare()
    let outcome = try cohort.run("plan", "study.yaml", "-S", "experiments.segments.grid.0.k=[3,4]")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("8 trials"))
    #expect(try cohort.read("study.yaml") == Self.study)
  }

  @Test func `a gate that is not met is exit code 3`() throws {
    let cohort = try Self.prepare()
    try cohort.write(
      Self.study + "\ngates:\n  - {metric: segments.silhouette, min: 0.999}\n", to: "study.yaml")
    let outcome = try cohort.run("run", "study.yaml", "--quiet")
    #expect(outcome.status == 3)
    #expect(BadInputTests.sentence(outcome).contains("silhouette"))
  }

  @Test func `ids and their values appear nowhere in a run`() throws {
    let cohort = try Self.prepare()
    let first = try cohort.read("customers.csv").split(separator: "\n")[1]
    let id = try #require(first.split(separator: ",").first)
    #expect(try cohort.run("run", "study.yaml").status == 0)
    for (path, data) in try Self.files(of: cohort, in: "runs") where !path.hasSuffix(".safetensors")
    {
      #expect(!String(decoding: data, as: UTF8.self).contains(id), "\(path)")
    }
  }

  @Test func `scoring keeps every row, its id and the segments of the training`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let run = try cohort.run("run", "study.yaml", "--json")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let chosen = (object?["chosen"] as? [[String: Any]])?.first?["trial"] as? [String: Any]
    let trial = try #require(chosen?["id"] as? String)
    let directory = try #require(object?["run"] as? String)
    let outcome = try cohort.run(
      "score", "\(directory)/trials/\(trial)/model", "customers.csv", "-o", "segments.csv")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let scored = try cohort.read("segments.csv").split(whereSeparator: \.isNewline)
    let rows = try cohort.read("customers.csv").split(whereSeparator: \.isNewline)
    #expect(scored.count == rows.count)
    #expect(scored[0].hasPrefix("customer_id,"))
    for (scored, row) in zip(scored, rows).dropFirst() {
      #expect(scored.split(separator: ",").first == row.split(separator: ",").first)
    }
    let assigned = try cohort.read("\(directory)/trials/\(trial)/assignments.csv")
      .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",")[1] }
    #expect(scored.dropFirst().map { $0.split(separator: ",")[1] } == assigned)
  }

  @Test func `a damaged artifact is refused`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let trials = cohort.folder.appending(path: "runs/latest/trials").resolvingSymlinksInPath()
    let names = try FileManager.default.contentsOfDirectory(atPath: trials.path).sorted()
    let model = trials.appending(path: try #require(names.first)).appending(path: "model")
    let file = model.appending(path: "model/tensors.safetensors")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: file)
    let outcome = try cohort.run("score", model.path, "customers.csv", "-o", "segments.csv")
    #expect(outcome.status == 6)
    #expect(BadInputTests.sentence(outcome).contains("tensors.safetensors"))
    #expect(
      !FileManager.default.fileExists(atPath: cohort.folder.appending(path: "segments.csv").path))
  }

  @Test func `a report is written again from the run's files`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let page = try cohort.read("runs/latest/report/index.html")
    let outcome = try cohort.run("report", "runs/latest")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try cohort.read("runs/latest/report/index.html") == page)
    #expect(try cohort.run("report", "runs/none").status == 2)
  }
}
