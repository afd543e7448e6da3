import Foundation
import Testing

/// Reports as a browser and a validator see them.
@Suite struct ReportPageTests {
  static let study = """
    name: shop
    seed: 5
    data:
      source: customers.csv
      roles: {id: customer_id, target: responded, ignore: [true_segment, true_probability]}
    experiments:
      - id: segments
        task: cluster
        grid: [{model: k-means, k: [2, 3, 4]}]
        metrics: [silhouette, stability]
        stability: {resamples: 10}
      - id: response
        task: classify
        grid: [{model: gradient-boosting, num_iterations: 10, num_leaves: 4}]
        calibrate: sigmoid
    """

  /// The page of a run of both tasks, and how many trials each experiment lists.
  private static func page(of cohort: borrowing CohortProcess) throws -> URL {
    let made = try cohort.run("synthesize", "--rows", "400", "--truth", "-o", "customers.csv")
    #expect(made.status == 0, "\(made.errors)")
    try cohort.write(study, to: "study.yaml")
    let ran = try cohort.run("run", "study.yaml")
    #expect(ran.status == 0, "\(ran.errors)")
    return cohort.folder.appending(path: "runs/latest/report/index.html").resolvingSymlinksInPath()
  }

  @Test(.enabled(if: Tool.chromium.isInstalled, "make test-report installs chromium"))
  func `a browser shows every trial in the tables of the page`() throws {
    let cohort = try CohortProcess()
    let page = try Self.page(of: cohort)
    let shown = try Tool.chromium.run([
      "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000",
      "--user-data-dir=\(cohort.folder.path)/browser", "--dump-dom", page.absoluteString,
    ])
    let cells = PageTables(shown).rows.flatMap { $0 }
    let board = try JSONDecoder().decode(
      Board.self, from: Data(try cohort.read("runs/latest/leaderboard.json").utf8))
    #expect(board.experiments.map(\.rows.count) == [3, 6])
    for row in board.experiments.flatMap(\.rows) {
      #expect(cells.contains(row.trial.id), "trial \(row.trial.id) is in no table")
    }
    let widths = PageTables(shown).tables.map { Set($0.map(\.count)) }
    #expect(widths.count > 10)
    #expect(widths.allSatisfy { $0.count == 1 }, "a table has rows of different lengths")
  }

  @Test(.enabled(if: Tool.tidy.isInstalled, "make test-report installs tidy"))
  func `the page is well-formed`() throws {
    let cohort = try CohortProcess()
    let page = try Self.page(of: cohort)
    // Markup alone: the validator is older than inline SVG and some attributes of HTML today.
    let complaints = try Tool.tidy.run(
      ["-e", "-q", "--gnu-emacs", "yes", page.path], status: 0...1)
    let errors = complaints.split(separator: "\n").filter { $0.contains("Error:") }
    #expect(errors.isEmpty, "\(errors.prefix(5))")
    let markup = [
      "missing </", "discarding unexpected", "not allowed in", "unescaped", "already defined",
    ]
    let warnings = complaints.split(separator: "\n").filter { line in
      markup.contains { line.contains($0) }
    }
    #expect(warnings.isEmpty, "\(warnings.prefix(5))")
  }

  @Test func `the page may load nothing`() throws {
    let cohort = try CohortProcess()
    let text = try String(contentsOf: try Self.page(of: cohort), encoding: .utf8)
    #expect(text.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"))
    for attribute in ["src=\"http", "href=\"http", "url(http", "@import"] {
      #expect(!text.contains(attribute), "\(attribute)")
    }
    #expect(text.utf8.count < 2 << 20)
  }

  private struct Board: Decodable {
    struct Experiment: Decodable {
      struct Row: Decodable {
        struct Trial: Decodable { let id: String }
        let trial: Trial
      }
      let rows: [Row]
    }
    let experiments: [Experiment]
  }
}

/// The cells of a page's tables as text.
private struct PageTables {
  let tables: [[[String]]]

  init(_ html: String) {
    tables = Self.parts(of: html, between: "<table", and: "</table>").map { table in
      Self.parts(of: table, between: "<tr", and: "</tr>").map { row in
        (Self.parts(of: row, between: "<t[dh]", and: "</t[dh]>"))
          .map { $0.replacing(/^[^>]*>/, with: "").replacing(/<[^>]*>/, with: "") }
          .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
      }
    }
  }

  var rows: [[String]] { tables.flatMap { $0 } }

  private static func parts(of text: String, between start: String, and end: String) -> [String] {
    guard let pattern = try? Regex("(?s)\(start)(?![a-z])(.*?)\(end)") else { return [] }
    return text.matches(of: pattern).compactMap { $0.output[1].substring.map(String.init) }
  }
}

/// A program that shows or checks pages.
private enum Tool: String {
  case chromium, tidy

  var path: String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(rawValue)" }.first(where: FileManager.default.isExecutableFile(atPath:))
  }

  var isInstalled: Bool { path != nil }

  /// What it writes, standard error included for `tidy`, which writes its findings there.
  func run(_ arguments: [String], status: ClosedRange<Int32> = 0...0) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = arguments
    let file = FileManager.default.temporaryDirectory.appending(path: "cohort-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try FileHandle(forWritingTo: file)
    process.standardOutput = output
    process.standardError = self == .tidy ? output : FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(status.contains(process.terminationStatus), "\(rawValue)")
    return try String(contentsOf: file, encoding: .utf8)
  }
}
