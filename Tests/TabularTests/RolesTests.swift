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
    for path in [
      \Roles.id, \Roles.target, \Roles.time, \Roles.group, \Roles.consent, \Roles.weight,
    ] {
      var roles = Roles()
      roles[keyPath: path] = "age"
      #expect(try roles.featureNames(in: table) == ["spend", "y"])
    }
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

  @Test func `the role of a column is the first that names it`() {
    var roles = Roles()
    roles.id = "customer_id"
    roles.pii = ["customer_id", "note"]
    #expect(roles.role(of: "customer_id") == "id")
    #expect(roles.role(of: "note") == "pii")
    #expect(roles.role(of: "age") == nil)
  }
}
