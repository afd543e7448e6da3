import Experiments
import Foundation
import Learning
import Numerical
import Synchronization
import Testing

/// A temporary folder with a table, for runs; removed with its owner.
final class RunFolder {
  let path: String

  /// 60 customers in three well-parted groups, with a gap, a category and a personal column.
  init(rowCount: Int = 60) throws {
    path = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var table = "customer,mail,spend,visits,channel,bought\n"
    for row in 0..<rowCount {
      let group = row % 3
      let spend = Double(group) * 10 + Double(row % 7) / 10
      let visits = row % 11 == 0 ? "" : "\(Double(2 - group) * 5 + Double(row % 5) / 10)"
      let channel = ["shop", "web", "phone"][(row / 3) % 3]
      table += "cust-\(1000 + row),p\(row)@example.org,\(spend),\(visits),\(channel),\(row % 2)\n"
    }
    try Data(table.utf8).write(to: URL(filePath: path + "/table.csv"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static let grid = "[{model: cuts, k: {range: [2, 5]}}]"

  func study(
    shared: String = "{pca.components: [2, none]}", grid: String = RunFolder.grid,
    experiment: String = "", tail: String = "", catalog: Catalog = Toy.catalog
  ) throws -> StudyFile {
    try StudyReader(catalog: catalog).read(
      text: studyText(
        data: "{source: table.csv, roles: {id: customer, pii: mail, target: bought}}",
        shared: shared, grid: grid, experiment: experiment, tail: tail),
      path: path + "/study.yaml")
  }

  func run(
    _ study: StudyFile, in runs: String = "runs", threads: Int = 1, force: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    now: (@Sendable () -> Double)? = nil, uptime: (@Sendable () -> Double)? = nil,
    cache: StageCache? = nil,
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    reference: @escaping @Sendable (String) -> GateReference? = { _ in nil },
    catalog: Catalog = Toy.catalog
  ) throws -> RunSummary {
    let ticks = Ticks()
    var environment = RunEnvironment(
      pool: WorkerPool(threadCount: threads),
      machine: MachineRecord(
        system: "test", architecture: "test", host: "test", threads: threads),
      now: now ?? { Double(ticks.next()) }, uptime: uptime, isCancelled: isCancelled,
      onProgress: onProgress)
    environment.reference = reference
    environment.cache = cache
    return try Runner(environment, catalog: catalog)
      .run(study, in: path + "/" + runs, force: force)
  }

  /// An empty cache in the folder.
  ///
  /// Runs look at a clock that moves a second every time: all that is learnt is kept.
  func cache(_ name: String = "cache", program: String = "test") -> StageCache {
    StageCache("\(path)/\(name)", program: program)
  }

  func contents(of summary: RunSummary) throws -> [String: Data] { try summary.contents() }

  func trials(of summary: RunSummary) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: summary.directory.path + "/trials").sorted()
  }
}

extension RunSummary {
  /// Every file of a run but those that hold times or the machine.
  func contents() throws -> [String: Data] {
    let root = directory.path
    var contents: [String: Data] = [:]
    let files = try #require(FileManager.default.enumerator(atPath: root))
    for case let file as String in files {
      let path = "\(root)/\(file)"
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      let name = file.split(separator: "/").last.map(String.init) ?? file
      if isDirectory.boolValue { continue }
      if ["timings.json", "environment.json", "events.jsonl"].contains(name) { continue }
      contents[file] = try Data(contentsOf: URL(filePath: path))
    }
    return contents
  }
}

/// A counter that threads share.
final class Ticks: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

/// What a run has reported of its progress.
final class Progress: @unchecked Sendable {
  // The runner reports one call at a time.
  private(set) var all: [RunProgress] = []

  var finished: Int { all.last?.finished ?? 0 }

  func add(_ progress: RunProgress) { all.append(progress) }
}
