import Numerical
import Tabular
import Testing

struct FingerprintTests {
  private func fingerprint(_ text: String, _ options: CSVOptions = CSVOptions()) throws -> String {
    try Table.read(csvText: Array(text.utf8), options: options, chunkSize: 16, on: .serial)
      .fingerprint
  }

  private let text = "id,spend,city\n1,1.5,Rome\n2,NA,Oslo\n3,2.25,Rome\n4,0.5,Oslo\n"

  @Test func `how a file was written leaves no trace`() throws {
    let same = [
      text.replacing("\n", with: "\r\n"), text.replacing(",", with: ";"),
      "\u{FEFF}" + text, text.replacing("Rome", with: "\"Rome\""),
      text.replacing("1.5", with: "1.50"),
      text.replacing("NA", with: ""), text + "\n\n", text.replacing("0.5", with: "5e-1"),
    ]
    let expected = try fingerprint(text)
    for other in same { #expect(try fingerprint(other) == expected) }
    #expect(expected.wholeMatch(of: #/sha256:[0-9a-f]{64}/#) != nil)
  }

  @Test func `every change of names, kinds, values, missing cells or order shows`() throws {
    let others = [
      text.replacing("spend", with: "spent"), text.replacing("1.5", with: "1.25"),
      text.replacing("NA", with: "0"), text.replacing("Rome", with: "Roma"),
      text.replacing("1,1.5", with: "1,NA"), text + "5,1,Rome\n6,1,Rome\n",
      "id,spend,city\n2,NA,Oslo\n1,1.5,Rome\n3,2.25,Rome\n4,0.5,Oslo\n",
      "spend,id,city\n1.5,1,Rome\nNA,2,Oslo\n2.25,3,Rome\n0.5,4,Oslo\n",
    ]
    var seen: Set<String> = [try fingerprint(text)]
    for other in others { #expect(seen.insert(try fingerprint(other)).inserted) }
    #expect(seen.insert(try fingerprint(text, CSVOptions(kinds: ["id": .real]))).inserted)
    #expect(seen.insert(try fingerprint(text, CSVOptions(kinds: ["city": .text]))).inserted)
  }

  @Test func `what stands at a missing row does not count`() {
    func table(_ value: Double) -> Table {
      Table(columns: [Column(name: "x", values: .real([1, value]), missingRows: [1])])
    }
    #expect(table(0).fingerprint == table(.nan).fingerprint)
  }

  @Test func `text is cut between cells`() {
    func table(_ texts: [String]) -> Table {
      Table(columns: [Column(name: "x", values: .text(texts))])
    }
    #expect(table(["ab", "c"]).fingerprint != table(["a", "bc"]).fingerprint)
  }

  @Test func `threads do not change it`() {
    let columns = (0..<7).map { Column(name: "c\($0)", values: .integer([1, 2, Int64($0)])) }
    let table = Table(columns: columns)
    #expect(table.fingerprint == table.fingerprint(on: WorkerPool(threadCount: 3)))
  }
}
