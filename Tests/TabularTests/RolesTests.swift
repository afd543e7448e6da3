import Foundation
import Tabular
import Testing

struct RolesTests {
  private let table = Table(columns: [
    Column(name: "customer_id", values: .integer([70, 10, 30])),
    Column(name: "age", values: .integer([41, 29, 35])),
    Column(name: "spend", values: .real([10.5, 3, 7])),
    Column(name: "y", values: .boolean([true, false, false])),
    Column(name: "joined", values: .date([19_000, 19_001, 19_002])),
    Column(name: "note", values: .text(["called twice", "moved away", "likes tea"])),
    Column(name: "blank", values: .real([0, 0, 0]), missingRows: [0, 1, 2]),
  ])

  @Test func `columns without a role are features, in the order of the table`() throws {
    var roles = Roles()
    roles.id = "customer_id"
    roles.target = "y"
    #expect(try roles.featureNames(in: table) == ["age", "spend"])
  }

  @Test func `columns left out are listed with their reasons`() throws {
    let selection = try Roles().features(in: table)
    #expect(selection.names == ["age", "spend", "y"])
    #expect(
      selection.skipped == [
        .init(name: "customer_id", reason: .identifier), .init(name: "joined", reason: .date),
        .init(name: "note", reason: .freeText), .init(name: "blank", reason: .empty),
      ])
    #expect(selection.notes.count == 4)
    #expect(selection.notes[1].contains("joined"))
  }

  @Test func `text that repeats in a handful of rows is a category`() throws {
    let table = Table(columns: [
      Column(name: "channel", values: .text(["web", "store", "web", "app", "store"]))
    ])
    #expect(try Roles().featureNames(in: table) == ["channel"])
  }

  @Test func `every role excludes its column`() throws {
    for path in [\Roles.id, \Roles.target, \Roles.time, \Roles.group, \Roles.weight] {
      var roles = Roles()
      roles[keyPath: path] = "age"
      #expect(try roles.featureNames(in: table) == ["spend", "y"])
    }
    var roles = Roles()
    roles.consent = ConsentRule(column: "age")
    #expect(try roles.featureNames(in: table) == ["spend", "y"])
    for path in [\Roles.pii, \Roles.sensitive, \Roles.ignore] {
      var roles = Roles()
      roles[keyPath: path] = ["age", "spend"]
      #expect(try roles.featureNames(in: table) == ["y"])
    }
  }

  @Test func `a list of features is obeyed whatever the columns look like`() throws {
    var roles = Roles()
    roles.features = ["joined", "customer_id"]
    #expect(try roles.featureNames(in: table) == ["customer_id", "joined"])
  }

  @Test func `an unknown column in a role is named with the nearest that exists`() {
    var roles = Roles()
    roles.ignore = ["age", "spned"]
    #expect(
      throws: TableError.unknownColumn(name: "spned", nearest: "spend", place: "role ignore")
    ) { try roles.featureNames(in: table) }
  }

  @Test func `a target in a second role is refused`() {
    var roles = Roles()
    roles.target = "y"
    roles.ignore = ["y"]
    #expect(
      throws: TableError.conflictingRoles(column: "y", first: "target", second: "ignore")
    ) { try roles.featureNames(in: table) }
  }

  @Test func `a feature in a second role is refused`() {
    var roles = Roles()
    roles.features = ["age"]
    roles.sensitive = ["age"]
    #expect(
      throws: TableError.conflictingRoles(column: "age", first: "features", second: "sensitive")
    ) { try roles.featureNames(in: table) }
  }

  @Test func `a column that is not read can serve nothing else`() {
    let unread = Table(columns: table.columns, unreadColumns: ["phone"])
    var roles = Roles()
    roles.pii = ["phone"]
    #expect(throws: Never.self) { try roles.featureNames(in: unread) }
    roles.sensitive = ["phone"]
    #expect(
      throws: TableError.conflictingRoles(column: "phone", first: "sensitive", second: "pii")
    ) { try roles.featureNames(in: unread) }
  }

  @Test func `a listed feature that looks personal has to be allowed by name`() throws {
    let table = Table(columns: [
      Column(name: "mail", values: .text((0..<30).map { "p\($0)@example.org" })),
      Column(name: "note", values: .text((0..<30).map { "words of row \($0)" })),
      Column(name: "spend", values: .real((0..<30).map(Double.init))),
    ])
    #expect(try Roles().featureNames(in: table) == ["spend"])
    var roles = Roles()
    roles.features = ["note", "spend"]
    #expect(throws: TableError.personalFeature(column: "note", .nearlyUnique)) {
      try roles.featureNames(in: table)
    }
    roles.features = ["mail", "spend"]
    #expect(throws: TableError.personalFeature(column: "mail", .email)) {
      try roles.featureNames(in: table)
    }
    roles.allowPII = ["mail"]
    #expect(try roles.featureNames(in: table) == ["mail", "spend"])
    roles.features = []
    #expect(try roles.featureNames(in: table) == ["mail", "spend"])
  }

  @Test func `account and card numbers are known by their check digits`() {
    // Numbers that standards and payment networks publish as examples.
    #expect(Column(name: "x", values: .text(["GB82 WEST 1234 5698 7654 32"])).looksLikeAccount)
    #expect(!Column(name: "x", values: .text(["GB82 WEST 1234 5698 7654 33"])).looksLikeAccount)
    #expect(
      Column(name: "x", values: .integer([4_111_111_111_111_111, 5_555_555_555_554_444]))
        .looksLikeCard)
    #expect(
      Column(name: "x", values: .text(["4111 1111 1111 1111", "3782 822463 10005"])).looksLikeCard)
    #expect(!Column(name: "x", values: .text(["4111 1111 1111 1112", "1234"])).looksLikeCard)
  }

  @Test func `roles written before a role existed are read`() throws {
    let old = #"{"id":"c","consent":"ok","pii":["mail"]}"#
    let roles = try JSONDecoder().decode(Roles.self, from: Data(old.utf8))
    #expect(roles.id == "c" && roles.pii == ["mail"] && roles.allowPII.isEmpty)
    #expect(roles.consent == ConsentRule(column: "ok"))
  }

  @Test func `the role of a column is the first that names it`() {
    var roles = Roles()
    roles.id = "customer_id"
    roles.pii = ["customer_id", "note"]
    #expect(roles.role(of: "customer_id") == "id")
    #expect(roles.role(of: "note") == "pii")
    #expect(roles.role(of: "age") == nil)
  }
}
