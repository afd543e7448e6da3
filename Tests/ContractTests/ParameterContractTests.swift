import Learning
import Testing

/// What every algorithm of the catalogue promises of its name and its parameters.
@Suite struct ParameterContractTests {
  /// An algorithm as a study knows it.
  struct Entry: Sendable {
    let description: SchemaDescription
    let resolve: @Sendable (Parameters) throws(ParameterError) -> Parameters
    let invalidExamples: [(parameter: String, value: ParameterValue)]

    init(_ entry: CatalogEntry) {
      description = entry.description
      resolve = entry.resolve
      invalidExamples = entry.invalidExamples
    }

    init(_ entry: ClassifierEntry) {
      description = entry.description
      resolve = entry.resolve
      invalidExamples = entry.invalidExamples
    }
  }

  static let entries =
    Catalog.standard.entries.map(Entry.init) + Catalog.standard.classifiers.map(Entry.init)
  static let names = entries.map(\.description.name)

  static func entry(_ name: String) throws -> Entry {
    try #require(entries.first { $0.description.name == name })
  }

  @Test func `names are unique and spelled as configuration names`() {
    #expect(Set(Self.names).count == Self.names.count)
    for name in Self.names {
      #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil, "\(name)")
    }
  }

  @Test(arguments: names) func `defaults lie inside their domains`(name: String) throws {
    let entry = try Self.entry(name)
    let resolved = try entry.resolve(Parameters())
    for field in entry.description.fields {
      #expect(resolved[field.name] == field.defaultValue)
    }
  }

  @Test(arguments: names)
  func `parameters and aliases are distinct and explained`(name: String) throws {
    let fields = try Self.entry(name).description.fields
    let spellings = fields.flatMap { [$0.name] + $0.aliases }
    #expect(Set(spellings).count == spellings.count)
    for field in fields { #expect(field.help.hasSuffix("."), "\(field.name)") }
  }

  @Test(arguments: names)
  func `a value outside its domain is refused by name`(name: String) throws {
    let entry = try Self.entry(name)
    for (parameter, value) in entry.invalidExamples {
      #expect {
        try entry.resolve(Parameters([(parameter, value)]))
      } throws: { error in
        guard case .outsideDomain(parameter, _, _) = error as? ParameterError else { return false }
        return true
      }
    }
  }

  @Test(arguments: names) func `an unknown parameter is refused`(name: String) throws {
    let entry = try Self.entry(name)
    #expect(throws: ParameterError.self) {
      try entry.resolve(Parameters([("no_such_parameter", .integer(1))]))
    }
  }

  @Test(arguments: names) func `an alias means its parameter`(name: String) throws {
    let entry = try Self.entry(name)
    for field in entry.description.fields {
      for alias in field.aliases {
        let resolved = try entry.resolve(Parameters([(alias, field.defaultValue)]))
        #expect(resolved[field.name] == field.defaultValue)
      }
    }
  }
}
