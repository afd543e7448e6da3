import Artifacts
import Foundation
import Numerical
import Synchronization
import Tabular
import Testing

/// Files that are continued: whatever ended the process before, the bytes are those of one run.
struct ScoredFileTests {
  private let scorer: PropensityScorer
  private let csv: [UInt8]

  init() throws {
    scorer = PropensityScorer(try PropensitySample.artifact(PropensitySample.boosted()))
    var writer = CSVWriter()
    writer.append(PropensitySample.table.selectingRows((0..<6000).map { $0 % 400 }))
    csv = writer.bytes
  }

  private var source: CSVParts {
    get throws {
      try CSVParts(
        csvText: csv, columns: scorer.features, passthrough: ["id"],
        nullTokens: scorer.inputs.nullTokens, chunkSize: 512, on: .serial)
    }
  }

  private static let job = ScoringJob(
    program: "cohort 1", model: "sha256:1", table: "1:2", options: ["x"])

  /// One process's work on the file.
  ///
  /// - Parameters:
  ///   - rounds: After how many rounds it is asked to stop.
  ///   - isKilled: Whether it is killed then, or may save what it has.
  /// - Returns: What it found when it began.
  @discardableResult
  private func score(
    to path: String, job: ScoringJob? = job, rounds: Int = .max, isKilled: Bool = false
  ) throws -> ResumableFile.Beginning<ScoringProgress> {
    let (found, left) = try work(on: path, job, rounds: rounds, isKilled: isKilled)
    for (name, bytes) in left { try bytes.write(to: URL(filePath: name)) }
    return found
  }

  /// - Returns: What it found, and the files that a kill leaves, which an orderly end removes.
  private func work(
    on path: String, _ job: ScoringJob?, rounds: Int, isKilled: Bool
  ) throws -> (ResumableFile.Beginning<ScoringProgress>, [(String, Data)]) {
    var left: [(String, Data)] = []
    let source = try source
    let file = try ScoredFile(path: path, interval: 64)
    let header = ScoredText.header(["id"] + scorer.answerColumns, isRaw: false)
    let found = try file.begin(job, header: header, partCount: source.partCount)
    var progress = ScoringProgress()
    if case .same(let reached) = found { progress = reached }
    var sink = ScoredText(isRaw: false) { try file.append($0, reaching: $1) }
    let asked = Mutex(0)
    let batch = BatchScoring(scorer, source, on: WorkerPool(threadCount: 2)) {
      asked.withLock { count in
        count += 1
        return count > rounds
      }
    }
    do {
      let summary = try batch.run(into: &sink, from: progress)
      #expect(summary.rowCount == 6000 && summary.scoredRowCount == 6000)
      try file.publish()
    } catch BatchError.stopped {
      if isKilled {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        left = try names(in: directory).map { name in
          let place = directory + "/" + name
          return (place, try Data(contentsOf: URL(filePath: place)))
        }
      } else {
        try file.keep()
      }
    }
    return (found, left)
  }

  private func whole() throws -> String {
    var whole = ""
    try withTemporaryDirectory { directory in
      try score(to: directory + "/whole.csv")
      whole = try text(directory + "/whole.csv")
      let left = try names(in: directory)
      #expect(left == ["whole.csv"])
    }
    return whole
  }

  @Test(arguments: [true, false])
  func `a file goes on where a process ended and is the same to the byte`(isKilled: Bool) throws {
    let whole = try whole()
    for rounds in 1...8 {
      try withTemporaryDirectory { directory in
        let path = directory + "/scores.csv"
        var attempts = 0
        while !FileManager.default.fileExists(atPath: path), attempts < 20 {
          let found = try score(to: path, rounds: rounds + attempts, isKilled: isKilled)
          if attempts > 0, rounds > 2 {
            guard case .same = found else { throw CocoaError(.fileReadCorruptFile) }
          }
          attempts += 1
        }
        #expect(try text(path) == whole, "\(rounds) rounds")
        let left = try names(in: directory)
        #expect(left == ["scores.csv"])
      }
    }
  }

  @Test func `the beginning of another job is discarded`() throws {
    let whole = try whole()
    let others = [
      ScoringJob(program: "cohort 2", model: "sha256:1", table: "1:2", options: ["x"]),
      ScoringJob(program: "cohort 1", model: "sha256:2", table: "1:2", options: ["x"]),
      ScoringJob(program: "cohort 1", model: "sha256:1", table: "1:3", options: ["x"]),
      ScoringJob(program: "cohort 1", model: "sha256:1", table: "1:2", options: []),
    ]
    for job in others.map(Optional.some) + [nil] {
      try withTemporaryDirectory { directory in
        let path = directory + "/scores.csv"
        try score(to: path, rounds: 3)
        guard case .other = try score(to: path, job: job) else {
          throw CocoaError(.fileReadCorruptFile)
        }
        #expect(try text(path) == whole)
      }
    }
  }

  @Test func `a damaged checkpoint, or a file shorter than it says, is begun anew`() throws {
    let whole = try whole()
    let damages: [(String) throws -> Void] = [
      { directory in
        let path = directory + "/.scores.csv.checkpoint"
        let changed = try text(path).replacing("\"parts\":", with: "\"parts\":1")
        try Data(changed.utf8).write(to: URL(filePath: path))
      },
      { directory in
        try Data().write(to: URL(filePath: directory + "/.scores.csv.checkpoint"))
      },
      { directory in
        let handle = try FileHandle(
          forWritingTo: URL(filePath: directory + "/.scores.csv.partial"))
        try handle.truncate(atOffset: 100)
      },
    ]
    for damage in damages {
      try withTemporaryDirectory { directory in
        let path = directory + "/scores.csv"
        try score(to: path, rounds: 3)
        try damage(directory)
        guard case .other = try score(to: path) else { throw CocoaError(.fileReadCorruptFile) }
        #expect(try text(path) == whole)
      }
    }
  }

  @Test func `bytes behind the checkpoint are cut away`() throws {
    let whole = try whole()
    try withTemporaryDirectory { directory in
      let path = directory + "/scores.csv"
      try score(to: path, rounds: 3)
      let handle = try FileHandle(
        forWritingTo: URL(filePath: directory + "/.scores.csv.partial"))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("half a li".utf8))
      guard case .same = try score(to: path) else { throw CocoaError(.fileReadCorruptFile) }
      #expect(try text(path) == whole)
    }
  }

  @Test func `a file that fails leaves nothing, and the old one as it was`() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/scores.csv"
      try Data("old".utf8).write(to: URL(filePath: path))
      func fail() throws {
        let file = try ScoredFile(path: path)
        _ = try file.begin(Self.job, header: Array("id\n".utf8), partCount: 3)
        throw CocoaError(.fileWriteOutOfSpace)
      }
      #expect(throws: CocoaError.self) { try fail() }
      let left = try names(in: directory)
      #expect(left == ["scores.csv"])
      #expect(try text(path) == "old")
    }
  }

  @Test func `a process that fails before it begins leaves the work of an earlier one`() throws {
    let whole = try whole()
    try withTemporaryDirectory { directory in
      let path = directory + "/scores.csv"
      try score(to: path, rounds: 3)
      // What a command does that finds out later that its model is not there.
      _ = try ScoredFile(path: path)
      guard case .same = try score(to: path) else { throw CocoaError(.fileReadCorruptFile) }
      #expect(try text(path) == whole)
    }
  }

  @Test func `two processes do not write one file`() throws {
    try withTemporaryDirectory { directory in
      let first = try ScoredFile(path: directory + "/scores.csv")
      #expect(throws: ArtifactError.self) { try ScoredFile(path: directory + "/scores.csv") }
      _ = try first.begin(nil, header: [], partCount: 0)
    }
  }
}
