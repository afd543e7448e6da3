import Artifacts
import Foundation
import Registry
import Testing

/// Aliases: who may point where, and who was first.
struct PromotionTests {
  @Test func `the champion moves, and the one before is remembered`() throws {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    try shop.register(silhouette: 0.6)
    let first = try shop.promote("shop/1")
    let second = try shop.promote("shop/2")
    #expect(first.from == nil && first.generation == 1)
    #expect(second.from == 1 && second.generation == 2)
    #expect(try shop.number(of: "shop") == 2)
    #expect(try shop.number(of: "shop@previous") == 1)
    #expect(try shop.registry().log().head == second.log)
  }

  @Test func `a promotion from an older view finds that it is one`() throws {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    try shop.register(silhouette: 0.6)
    let registry = try shop.registry()
    let stale = try registry.review(
      ModelReference("shop/1"), for: "champion", under: PromotionPolicy(), by: Shop.author())
    _ = try shop.promote("shop/2")
    let moved = RegistryError.moved(name: "shop", alias: "champion", expected: 0, found: 1)
    #expect(throws: moved) { try registry.promote(stale, by: Shop.author()) }
    #expect(throws: moved) { try shop.promote("shop/1", expecting: 0) }
    let fresh = try registry.review(
      ModelReference("shop/1"), for: "champion", under: PromotionPolicy(), by: Shop.author())
    #expect(throws: moved) { try fresh.require(generation: 0) }
    try fresh.require(generation: 1)
    #expect(try shop.number(of: "shop") == 2)
    #expect(try registry.log().entries.count == 3)
  }

  @Test func `a day means what was champion when it ended`() throws {
    let shop = try Shop()
    for silhouette in [0.5, 0.6] { try shop.register(silhouette: silhouette) }
    _ = try shop.promote("shop/1", by: Shop.author(day: 2))
    _ = try shop.promote("shop/2", by: Shop.author(day: 5))
    #expect(try shop.number(of: "shop@2026-08-03") == 1)
    #expect(try shop.number(of: "shop@2026-08-05") == 1)
    #expect(try shop.number(of: "shop@2026-08-06") == 2)
    #expect(throws: RegistryError.noChampion(name: "shop", day: "2026-08-02")) {
      try shop.number(of: "shop@2026-08-02")
    }
  }

  @Test func `rolling back makes the one before champion, with a reason`() throws {
    let shop = try Shop()
    for silhouette in [0.5, 0.6, 0.7] { try shop.register(silhouette: silhouette) }
    for number in 1...3 { _ = try shop.promote("shop/\(number)") }
    let registry = try shop.registry()
    #expect(throws: RegistryError.reasonNeeded(action: "rolling back")) {
      try registry.rollBack(ModelReference("shop"), reason: " ", by: Shop.author())
    }
    _ = try registry.rollBack(ModelReference("shop"), reason: "worse", by: Shop.author())
    #expect(try shop.number(of: "shop") == 2)
    _ = try registry.rollBack(ModelReference("shop/1"), reason: "older", by: Shop.author())
    #expect(try shop.number(of: "shop") == 1)
    #expect(try registry.log().entries.suffix(2).map(\.reason) == ["worse", "older"])
  }

  @Test func `a first champion has nothing to go back to`() throws {
    let shop = try Shop()
    try shop.register()
    _ = try shop.promote("shop/1")
    #expect(throws: RegistryError.unknownAlias(name: "shop", alias: "previous")) {
      try shop.registry().rollBack(ModelReference("shop"), reason: "x", by: Shop.author())
    }
  }

  @Test func `behind a champion in quarantine there is one step back and no second`() throws {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    let second = try shop.register(silhouette: 0.6)
    for number in 1...2 { _ = try shop.promote("shop/\(number)") }
    let registry = try shop.registry()
    try shop.damage(second)
    #expect(try registry.verify(second, by: Shop.author()).isQuarantined)
    let back = try registry.rollBack(ModelReference("shop"), reason: "damage", by: Shop.author())
    #expect(back.from == 2 && back.to == 1)
    let entries = try registry.log().entries.count
    let nothing = RegistryError.nothingBefore(reference: "shop/1", alias: "champion")
    for name in ["shop", "shop/1"] {
      #expect(throws: nothing) {
        try registry.rollBack(ModelReference(name), reason: "again", by: Shop.author())
      }
    }
    #expect("\(nothing)".contains("there is nothing to go back to"))
    #expect(try registry.log().entries.count == entries)
    #expect(try registry.model("shop").aliases.first { $0.alias == "champion" }?.generation == 3)
  }

  @Test(arguments: ["latest", "v7", "7", "", "Champion", "a b"])
  func `an alias that is none is refused`(alias: String) throws {
    let shop = try Shop()
    try shop.register()
    #expect(throws: RegistryError.illegalAlias(alias)) { try shop.promote("shop/1", to: alias) }
  }

  @Test func `nobody moves previous by hand`() throws {
    let shop = try Shop()
    try shop.register()
    #expect(throws: RegistryError.reservedAlias("previous")) {
      try shop.promote("shop/1", to: "previous")
    }
  }
}
