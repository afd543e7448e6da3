import Artifacts
import Foundation
import Registry
import TestSupport
import Testing

/// Versions: numbers that always mean the same bytes.
struct RegisteringTests {
  @Test func `versions count up, and the same bytes are the same version`() throws {
    let shop = try Shop()
    let first = try shop.register(silhouette: 0.5)
    let second = try shop.register(silhouette: 0.6)
    let again = try shop.register(silhouette: 0.5)
    let numbers: [Int] = [first, second, again].map(\.version)
    #expect(numbers == [1, 2, 1])
    #expect(first.modelDigest == second.modelDigest && first.digest != second.digest)
    let artifact = try shop.registry().load(second)
    #expect(artifact.identity == second.digest)
    #expect(try shop.registry().log().entries.map(\.action) == [.register, .register])
  }

  @Test func `each name counts for itself`() throws {
    let shop = try Shop()
    try shop.register("one")
    #expect(try shop.register("two").version == 1)
    #expect(try shop.registry().models().map(\.name) == ["one", "two"])
  }

  @Test func `a damaged artifact is not registered`() throws {
    let shop = try Shop()
    let model = try shop.publish()
    try Data("x".utf8).write(to: URL(filePath: model + "/card.md"))
    #expect(throws: RegistryError.self) {
      try shop.registry().register(model, as: "shop", Registration(), by: Shop.author())
    }
    #expect(try shop.registry().models().isEmpty)
    #expect(try shop.registry().log().entries.isEmpty)
  }

  @Test(arguments: ["", "Shop", "a/b", "..", "caf\u{E9}"])
  func `a name that is none is refused`(name: String) throws {
    let shop = try Shop()
    let model = try shop.publish()
    #expect(throws: RegistryError.illegalName(name)) {
      try shop.registry().register(model, as: name, Registration(), by: Shop.author())
    }
  }

  @Test func `an unknown model names the nearest`() throws {
    let shop = try Shop()
    try shop.register("customers")
    #expect(throws: RegistryError.unknownModel("custmers", nearest: "customers")) {
      try shop.registry().resolve(ModelReference("custmers/1"), at: Shop.author().at)
    }
    #expect(throws: RegistryError.unknownVersion(name: "customers", version: 2)) {
      try shop.registry().resolve(ModelReference("customers/2"), at: Shop.author().at)
    }
    #expect(throws: RegistryError.unknownAlias(name: "customers", alias: "champion")) {
      try shop.registry().resolve(ModelReference("customers"), at: Shop.author().at)
    }
  }

  @Test func `an object that was exchanged for another sound one is refused`() throws {
    let shop = try Shop()
    let first = try shop.register(silhouette: 0.5)
    let other = try shop.publish(silhouette: 0.9)
    let place = try shop.registry().find(ModelReference("shop/1")).path
    try Writable.make(place)
    try FileManager.default.removeItem(atPath: place)
    try FileManager.default.moveItem(atPath: other, toPath: place)
    #expect(throws: RegistryError.self) {
      try shop.registry().resolve(ModelReference(first.reference), at: Shop.author().at)
    }
    #expect(throws: RegistryError.self) { try shop.registry().load(first) }
  }

  @Test func `the card of an artifact counts where nothing else is said`() throws {
    let shop = try Shop()
    let complete = shop.path + "/complete"
    try ArtifactReader.load(try shop.publish()).publish(
      completedBy: RunFindings(
        run: "shop-1", metrics: [],
        notes: CardNotes(owner: "CRM", intendedUse: "letters", limitations: ["one country"])),
      to: complete)
    let registry = try shop.registry()
    let version = try registry.register(
      complete, as: "shop", Registration(card: CardNotes(owner: "Sales")), by: Shop.author()
    ).version
    let card = CardNotes(owner: "Sales", intendedUse: "letters", limitations: ["one country"])
    #expect(version.card == card)
    let changed = try registry.describe(
      ModelReference("shop/1"), CardNotes(limitations: ["two countries"]), by: Shop.author())
    #expect(changed.card.limitations == ["two countries"] && changed.card.owner == "Sales")
  }

  @Test func `a card is filled in bit by bit, and every bit is logged`() throws {
    let shop = try Shop()
    try shop.register("shop", Registration(card: CardNotes(owner: "CRM")))
    let registry = try shop.registry()
    let version = try registry.describe(
      ModelReference("shop/1"), CardNotes(intendedUse: "letters"), by: Shop.author())
    #expect(version.card == CardNotes(owner: "CRM", intendedUse: "letters"))
    #expect(try registry.log().entries.map(\.action) == [.register, .describe])
  }
}
