import Registry
import Testing

/// How models are named.
struct ModelReferenceTests {
  @Test(arguments: [
    ("bank", ModelReference.Selector.alias("champion")), ("bank/7", .version(7)),
    ("bank@candidate", .alias("candidate")), ("bank@2026-08-01", .day("2026-08-01")),
    ("7-up@v", .alias("v")),
  ])
  func `a reference is a name and what is meant of it`(
    text: String, selector: ModelReference.Selector
  ) throws {
    let reference = try ModelReference(text)
    #expect(reference.selector == selector)
    #expect(text.hasPrefix(reference.name))
  }

  @Test(arguments: [
    "", "Bank", "bank/", "bank/0", "bank/-1", "bank/7a", "bank/+7", "bank@", "bank@latest",
    "bank@v7", "bank@2026-13-01", "bank@7", "../bank", "bank/../x", "bank@a@b", "bank /7",
    "bank/99999999999999999999", "b\u{E4}nk", "bank\0",
  ])
  func `what is no reference is refused`(text: String) {
    #expect(throws: RegistryError.unreadableReference(text)) { try ModelReference(text) }
  }

  @Test func `a name has 64 characters at most`() {
    #expect(ModelReference.isName(String(repeating: "a", count: 64)))
    #expect(!ModelReference.isName(String(repeating: "a", count: 65)))
  }
}
