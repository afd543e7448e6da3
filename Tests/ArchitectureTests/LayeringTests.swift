import Foundation
import Testing

/// SwiftPM does not stop a target from importing what it only reaches through another; this does.
struct LayeringTests {
  /// What each target may import, bottom to top: the table of ARCHITECTURE.md.
  ///
  /// The standard library and the system's C library are open to all.
  static let allowed: [String: Set<String>] = [
    "CLibrary": ["Glibc", "Musl", "Darwin"],
    "CIntrinsics": [],
    "COpenBLAS": [],
    "CPostgres": [],
    "Numerical": ["COpenBLAS", "CIntrinsics"],
    "Tabular": ["Numerical", "CIntrinsics", "Foundation", "Crypto"],
    "Learning": ["Numerical", "CIntrinsics"],
    "Evaluation": ["Numerical", "CIntrinsics"],
    "Artifacts": ["Learning", "Tabular", "Numerical", "Foundation", "Crypto"],
    "Experiments": [
      "Artifacts", "Tabular", "Learning", "Evaluation", "Numerical", "Foundation", "Crypto", "Yams",
    ],
    "Reporting": [
      "Experiments", "Artifacts", "Evaluation", "Learning", "Tabular", "Foundation", "Mustache",
    ],
    "History": ["Experiments", "Numerical", "Foundation", "GRDB"],
    "DurableSQLite": ["Artifacts", "Foundation", "GRDB"],
    "Registry": ["DurableSQLite", "Artifacts", "Tabular", "Foundation", "GRDB"],
    "Exports": ["Artifacts", "Tabular", "Learning", "Numerical", "Foundation"],
    "ScoreHistory": [
      "DurableSQLite", "Artifacts", "Tabular", "Foundation", "GRDB", "CPostgres",
    ],
    "CohortCLI": [
      "Reporting", "History", "Registry", "Exports", "ScoreHistory", "Experiments", "Artifacts",
      "Tabular",
      "Learning", "Evaluation",
      "Numerical", "CIntrinsics", "Foundation", "ArgumentParser",
    ],
  ]

  static let openToAll: Set<String> = ["Swift", "Synchronization", "CLibrary"]

  static var sources: URL {
    URL(filePath: #filePath).appending(path: "../../../Sources").standardizedFileURL
  }

  @Test func `every target stands in the table`() throws {
    let targets = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(Set(targets) == Set(Self.allowed.keys))
  }

  @Test(arguments: allowed.keys.sorted())
  func `a target imports only what lies below it`(target: String) throws {
    let permitted = try #require(Self.allowed[target]).union(Self.openToAll)
    for file in try Self.swiftFiles(in: Self.sources.appending(path: target)) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for module in Self.imports(in: text) where !permitted.contains(module) {
        Issue.record("\(target)/\(file.lastPathComponent) imports \(module)")
      }
    }
  }

  @Test func `an import is recognised in every form it may take`() {
    let text = """
      import A
      public import B
      @testable import C
      @preconcurrency internal import struct D.Thing
      // import E
      let important = 1
      #if canImport(F)
        import G
      #endif
      """
    #expect(Self.imports(in: text) == ["A", "B", "C", "D", "G"])
  }

  static func swiftFiles(in folder: URL) throws -> [URL] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  /// The modules a source text imports, in order.
  static func imports(in text: String) -> [String] {
    let kinds: Set<String> = [
      "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let index = words.firstIndex(of: "import"), words[..<index].allSatisfy(isModifier)
      else {
        return nil
      }
      let name = words.dropFirst(index + 1).first { !kinds.contains($0) }
      return name.map { String($0.prefix { $0 != "." }) }
    }
  }

  private static func isModifier(_ word: String) -> Bool {
    word.hasPrefix("@")
      || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }
}
