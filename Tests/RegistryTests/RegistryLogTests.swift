import Foundation
import GRDB
import Registry
import Testing

/// The log: what was done cannot be changed without being noticed.
struct RegistryLogTests {
  /// Three entries: two versions and a promotion.
  private static func shop() throws -> Shop {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    try shop.register(silhouette: 0.6)
    _ = try shop.promote("shop/1")
    return shop
  }

  /// What somebody who owns the file can do to it.
  private static func forge(_ shop: Shop, _ sql: String) throws {
    let queue = try DatabaseQueue(path: shop.store + "/registry.sqlite")
    try queue.write { try $0.execute(sql: sql) }
  }

  private static let unlocked = "DROP TRIGGER log_stays; DROP TRIGGER log_says_the_same;"

  @Test func `every change has an entry that follows the one before`() throws {
    let log = try Self.shop().registry().log()
    #expect(log.entries.map(\.action) == [.register, .register, .promote])
    #expect(log.entries.map(\.sequence) == [1, 2, 3])
    #expect(log.head.sequence == 3)
    #expect(log.entries.map(\.actor) == ["ana", "ana", "ana"])
    #expect(log.entries.first?.previous == "")
  }

  @Test(arguments: [
    "DELETE FROM log", "UPDATE log SET entry = '{}'", "DELETE FROM version", "DELETE FROM model",
    "UPDATE version SET digest = 'sha256:0'", "UPDATE model SET next_version = 1",
    "UPDATE alias SET version = 2", "DELETE FROM alias",
    "UPDATE alias SET alias = 'other', generation = generation + 1",
  ])
  func `the database refuses to forget`(sql: String) throws {
    let shop = try Self.shop()
    #expect(throws: DatabaseError.self) { try Self.forge(shop, sql) }
  }

  @Test(arguments: [
    ("UPDATE log SET entry = replace(CAST(entry AS TEXT), 'ana', 'eve') WHERE sequence = 2", 2),
    ("DELETE FROM log WHERE sequence = 1", 1), ("DELETE FROM log WHERE sequence = 2", 2),
    ("UPDATE log SET sequence = 9 WHERE sequence = 3", 3),
  ])
  func `a broken chain is found where it breaks`(sql: String, sequence: Int) throws {
    let shop = try Self.shop()
    try Self.forge(shop, Self.unlocked + sql)
    let error = #expect(throws: RegistryError.self) { try shop.registry().log() }
    guard case .brokenLog(sequence, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let faults = try shop.registry().findings().filter { $0.weight == .fault }
    #expect(faults.contains { $0.subject == "log" })
  }

  @Test func `a log cut short no longer says what the tables say`() throws {
    let shop = try Self.shop()
    try Self.forge(shop, Self.unlocked + "DELETE FROM log WHERE sequence = 3")
    let faults = try shop.registry().findings()
    #expect(faults.map(\.subject) == ["shop@champion"])
  }

  @Test func `an alias that was moved past the log is found`() throws {
    let shop = try Self.shop()
    try Self.forge(shop, "UPDATE alias SET version = 2, generation = generation + 1")
    #expect(try shop.registry().findings().map(\.subject) == ["shop@champion"])
  }

  @Test func `an alias that was taken away past the log is found`() throws {
    let shop = try Self.shop()
    try Self.forge(shop, "DROP TRIGGER alias_stays; DELETE FROM alias")
    #expect(try shop.registry().findings().map(\.subject) == ["shop@champion"])
  }

  @Test func `a head noted earlier shows whether the log is still that one`() throws {
    let shop = try Self.shop()
    let head = try shop.registry().log().head.hash
    _ = try shop.promote("shop/2")
    #expect(try shop.registry().log(anchor: head).entries.count == 4)
    #expect(throws: RegistryError.otherHead(anchor: "00")) {
      try shop.registry().log(anchor: "00")
    }
  }

  @Test func `a sound registry has no findings`() throws {
    let shop = try Self.shop()
    let findings = try shop.registry().findings()
    // The folder goes with the shop.
    withExtendedLifetime(shop) {}
    #expect(findings == [])
  }

  @Test func `a clock that goes back changes neither numbers nor order`() throws {
    let shop = try Shop()
    #expect(try shop.register(silhouette: 0.5, day: 5).version == 1)
    #expect(try shop.register(silhouette: 0.6, day: 2).version == 2)
    _ = try shop.promote("shop/1", by: Shop.author(day: 4))
    _ = try shop.promote("shop/2", by: Shop.author(day: 3))
    let log = try shop.registry().log()
    #expect(log.entries.map(\.sequence) == [1, 2, 3, 4])
    #expect(try shop.number(of: "shop@champion") == 2)
    #expect(try shop.registry().findings().isEmpty)
  }
}
