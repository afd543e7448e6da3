import CLibrary
import Experiments
import Foundation
import Learning
import Testing

/// What runs read from the cache is what they would have computed.
@Suite struct StageCacheTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  /// One scale, one PCA, and behind either number of components two orders with their refits.
  private func study(resamples: Int = 4) throws -> StudyFile {
    try folder.study(
      grid: "[{model: quantiles, k: [2, 3, 4], column: [0, 1]}]",
      experiment: "stability: {resamples: \(resamples)}")
  }

  private static let learntCount = 10

  private func files(_ cache: StageCache) throws -> [String] {
    try cache.entries().map { "\(cache.folder)/\($0.name.prefix(2))/\($0.name)" }
  }

  private func events(_ summary: RunSummary, _ name: String) throws -> Int {
    try Data(contentsOf: URL(filePath: summary.directory.path + "/events.jsonl"))
      .split(separator: UInt8(ascii: "\n")).count { EventLog.event(Data($0))?.event == name }
  }

  @Test func `a cache that is cold, warm or deleted changes no byte`() throws {
    let plain = try folder.contents(of: folder.run(study(), in: "plain"))
    let cache = folder.cache()
    for (name, cached) in [("cold", 0), ("warm", Self.learntCount), ("deleted", 0)] {
      if name == "deleted" { try FileManager.default.removeItem(atPath: cache.folder) }
      let summary = try folder.run(study(), in: name, cache: cache)
      #expect(summary.sharing.cachedSteps == cached)
      #expect(try folder.contents(of: summary) == plain)
      #expect(try cache.entries().count == Self.learntCount)
    }
  }

  @Test(arguments: ["changed", "cut", "empty", "prose"])
  func `damaged entries are computed again, replaced and told`(damage: String) throws {
    let plain = try folder.contents(of: folder.run(study(), in: "plain"))
    let cache = folder.cache()
    _ = try folder.run(study(), in: "cold", cache: cache)
    for path in try files(cache) {
      var data = try Data(contentsOf: URL(filePath: path))
      switch damage {
      case "changed": data[data.count / 2] ^= 1
      case "cut": data = data.dropLast(9)
      case "empty": data = Data()
      default: data = Data("a note that is not an entry\n".utf8)
      }
      try data.write(to: URL(filePath: path))
    }
    let damaged = try folder.run(study(), in: "damaged", cache: cache)
    #expect(damaged.sharing.cachedSteps == 0)
    #expect(try events(damaged, "cache-damaged") == Self.learntCount)
    #expect(try folder.contents(of: damaged) == plain)
    let repaired = try folder.run(study(), in: "repaired", cache: cache)
    #expect(repaired.sharing.cachedSteps == Self.learntCount)
    #expect(try events(repaired, "cache-damaged") == 0)
  }

  @Test func `another program reads nothing, another study what it agrees on`() throws {
    let cache = folder.cache()
    _ = try folder.run(study(), in: "first", cache: cache)
    let other = try folder.run(study(), in: "other", cache: folder.cache(program: "another"))
    #expect(other.sharing.cachedSteps == 0)
    #expect(try cache.entries().count == 2 * Self.learntCount)
    // Of another number of resamples only the refits differ.
    let longer = try folder.run(study(resamples: 5), in: "longer", cache: cache)
    #expect(longer.sharing.cachedSteps == Self.learntCount - 4)
    let plain = try folder.run(study(resamples: 5), in: "plain")
    #expect(try folder.contents(of: longer) == folder.contents(of: plain))
    let seeded = try StudyReader(catalog: Toy.catalog).read(
      text: studyText(
        head: "name: demo\nseed: 9",
        data: "{source: table.csv, roles: {id: customer, pii: mail, target: bought}}",
        grid: "[{model: quantiles}]"), path: folder.path + "/study.yaml")
    #expect(try folder.run(seeded, in: "seeded", cache: cache).sharing.cachedSteps == 0)
  }

  @Test func `a folder that is deleted again and again during a run changes nothing`() throws {
    let plain = try folder.contents(of: folder.run(study(), in: "plain"))
    let cache = folder.cache()
    let summary = try folder.run(
      study(), in: "deleted", cache: cache,
      onProgress: { _ in try? FileManager.default.removeItem(atPath: cache.folder) })
    #expect(try folder.contents(of: summary) == plain)
  }

  @Test func `a place that cannot be written is told and stops nothing`() throws {
    let plain = try folder.contents(of: folder.run(study(), in: "plain"))
    let summary = try folder.run(study(), in: "nowhere", cache: folder.cache("table.csv/cache"))
    #expect(try folder.contents(of: summary) == plain)
    #expect(try events(summary, "cache-unwritable") == Self.learntCount)
  }

  @Test func `what was told to stop leaves nothing wrong behind`() throws {
    let plain = try folder.contents(of: folder.run(study(), in: "plain"))
    let cache = folder.cache()
    for looks in stride(from: 1, to: 60, by: 7) {
      let ticks = Ticks()
      _ = try folder.run(
        study(), in: "stopped-\(looks)", isCancelled: { ticks.next() > looks }, cache: cache)
    }
    #expect(try folder.contents(of: folder.run(study(), in: "whole", cache: cache)) == plain)
  }

  @Test(arguments: ["100B", "28000B", "1GB"])
  func `what memory does not allow is not read either`(memory: String) throws {
    let cache = folder.cache()
    _ = try folder.run(study(), in: "unlimited", cache: cache)
    let limited = try folder.study(
      grid: "[{model: quantiles, k: [2, 3, 4], column: [0, 1]}]",
      experiment: "stability: {resamples: 4}", tail: "limits: {memory: \(memory)}")
    let plain = try folder.run(limited, in: "plain")
    let warm = try folder.run(limited, in: "warm", cache: cache)
    #expect(try folder.contents(of: plain) == folder.contents(of: warm))
  }

  @Test func `two threads share a cache with one`() throws {
    let cache = folder.cache()
    let one = try folder.run(study(), in: "one", cache: cache)
    let two = try folder.run(study(), in: "two", threads: 2, cache: cache)
    #expect(two.sharing.cachedSteps == Self.learntCount)
    #expect(try folder.contents(of: one) == folder.contents(of: two))
  }

  /// Sets when entries were used: the first so many days ago, the others before it.
  private func age(_ cache: StageCache) throws -> [StageCache.Entry] {
    for (days, path) in try files(cache).enumerated() {
      let date = Date(timeIntervalSince1970: 1e9 - 86_400 * Double(days))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }
    return try cache.entries()
  }

  @Test func `what was used least recently goes first`() throws {
    let cache = folder.cache()
    _ = try folder.run(study(), cache: cache)
    let entries = try age(cache)
    let firstThree = entries.prefix(3).reduce(0) { $0 + $1.bytes }
    let trial = try cache.collect(limit: Double(firstThree), isTrial: true)
    #expect(try trial == Array(entries.dropFirst(3)) && cache.entries().count == entries.count)
    #expect(try cache.collect(limit: Double(firstThree)) == trial)
    #expect(try cache.entries().map(\.name) == entries.prefix(3).map(\.name))
    #expect(
      try cache.collect(limit: nil, notUsedSince: 1e9 - 86_400).map(\.name) == [entries[2].name])
    #expect(try cache.collect(limit: 0).count == 2)
    #expect(try cache.entries().isEmpty)
  }

  @Test func `reading an entry makes it the one used last`() throws {
    let cache = folder.cache()
    _ = try folder.run(study(), in: "first", cache: cache)
    _ = try age(cache)
    _ = try folder.run(study(), in: "second", cache: cache)
    #expect(try cache.entries().allSatisfy { $0.lastUse > 1e9 })
  }

  @Test func `a run keeps the limit`() throws {
    let all = folder.cache()
    _ = try folder.run(study(), in: "first", cache: all)
    let bytes = try all.entries().map(\.bytes)
    let limit = Double(bytes.reduce(0, +) / 2)
    let half = StageCache(folder.path + "/half", limit: limit, program: "test")
    _ = try folder.run(study(), in: "second", cache: half)
    let kept = try half.entries()
    #expect(!kept.isEmpty && Double(kept.reduce(0) { $0 + $1.bytes }) <= limit)
  }

  @Test func `an entry about as great as the limit drives out no other`() throws {
    let all = folder.cache()
    _ = try folder.run(study(), in: "first", cache: all)
    let entries = try all.entries().sorted { $0.bytes < $1.bytes }
    let greatest = try #require(entries.last?.bytes)
    let tight = StageCache(folder.path + "/tight", limit: Double(greatest), program: "test")
    _ = try folder.run(study(), in: "second", cache: tight)
    let kept = try tight.entries()
    #expect(!kept.isEmpty && kept.reduce(0) { $0 + $1.bytes } <= greatest)
  }

  @Test func `what killed writers have left goes, what living ones write stays`() throws {
    let cache = folder.cache()
    try FileManager.default.createDirectory(
      atPath: cache.folder + "/ab", withIntermediateDirectories: true)
    for name in [".dead.partial", ".living.partial", "notes.txt"] {
      try Data("x".utf8).write(to: URL(filePath: cache.folder + "/ab/" + name))
    }
    let held = open(cache.folder + "/ab/.living.partial", O_RDWR)
    defer { close(held) }
    #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
    #expect(try cache.collect(limit: nil).map(\.name) == [".dead.partial"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: cache.folder + "/ab").sorted()
        == [".living.partial", "notes.txt"])
  }

  @Test func `an entry says what has learnt it`() throws {
    let cache = folder.cache()
    _ = try folder.run(study(), cache: cache)
    let steps = try cache.entries().compactMap { cache.description(of: $0) }
    #expect(
      Set(steps.map(\.step)) == [
        "standardize", "pca", "quantiles order", "quantiles order of refits",
      ])
    #expect(steps.allSatisfy { $0.seconds >= 1 })
  }

  @Test(arguments: [
    // Nothing that takes less than a twentieth of a second, and four times of reading at 150 MB/s.
    (0.049, 10, false), (0.05, 10, true), (2.6, 100_000_000, false), (2.7, 100_000_000, true),
  ])
  func `kept is what takes longer to compute than to read`(
    seconds: Double, bytes: Int, isKept: Bool
  ) {
    #expect(StageCache.isWorthKeeping(seconds: seconds, bytes: bytes) == isKept)
  }

  @Test func `folds of a classification are told apart by the columns they may use`() throws {
    let folder = try PropensityFolder()
    let cache = StageCache(folder.path + "/cache", program: "test")
    func study(allowing column: String) throws -> StudyFile {
      try folder.study(
        roles: "id: customer, target: responded, ignore: [household, day]",
        grid: "[{model: logistic-regression, standardize.method: robust, pca.components: 2}]",
        experiment: column)
    }
    let files = { (summary: RunSummary) in
      try Data(contentsOf: URL(filePath: summary.directory.path + "/leaderboard.json"))
    }
    // `after` gives the outcome away.
    for (name, allowed) in [("without", ""), ("with", "allow_leak: [after]")] {
      let plain = try folder.run(study(allowing: allowed), in: "plain")
      let cold = try folder.run(study(allowing: allowed), in: "cold-\(name)", cache: cache)
      let warm = try folder.run(study(allowing: allowed), in: "warm-\(name)", cache: cache)
      // The folds, and behind them the scores of the one trial.
      #expect(cold.sharing.cachedSteps == 0 && warm.sharing.cachedSteps == 2)
      #expect(try files(cold) == files(plain))
      #expect(try files(warm) == files(plain))
    }
  }
}
