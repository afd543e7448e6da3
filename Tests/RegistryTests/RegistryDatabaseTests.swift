import Foundation
import GRDB
import Registry
import Testing

/// The file of the registry, in all states it may be found in.
struct RegistryDatabaseTests {
  private static func file(_ shop: Shop) -> URL { URL(filePath: shop.store + "/registry.sqlite") }

  @Test func `nothing is made by looking`() throws {
    let shop = try Shop()
    #expect(throws: RegistryError.noRegistry(folder: shop.store)) { try ModelRegistry(shop.store) }
    #expect(!FileManager.default.fileExists(atPath: shop.store))
  }

  @Test func `an empty file is no registry yet, and becomes one`() throws {
    let shop = try Shop()
    try FileManager.default.createDirectory(atPath: shop.store, withIntermediateDirectories: true)
    try Data().write(to: Self.file(shop))
    #expect(throws: RegistryError.noRegistry(folder: shop.store)) { try ModelRegistry(shop.store) }
    #expect(try shop.register().version == 1)
  }

  @Test func `one of a newer version is refused and left as it is`() throws {
    let shop = try Shop()
    try shop.register()
    let queue = try DatabaseQueue(path: Self.file(shop).path)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = 2") }
    let before = try Data(contentsOf: Self.file(shop))
    let error = #expect(throws: RegistryError.self) { try shop.registry() }
    guard case .newer(_, 2, 1)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Data(contentsOf: Self.file(shop)) == before)
  }

  @Test func `another program's database is refused`() throws {
    let shop = try Shop()
    try FileManager.default.createDirectory(atPath: shop.store, withIntermediateDirectories: true)
    let queue = try DatabaseQueue(path: Self.file(shop).path)
    try queue.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
    let error = #expect(throws: RegistryError.self) { try shop.registry() }
    #expect(error.map { "\($0)".contains("another program's") } == true)
  }

  @Test func `a link in its place is refused`() throws {
    let shop = try Shop()
    try shop.register()
    let moved = URL(filePath: shop.path + "/elsewhere.sqlite")
    try FileManager.default.moveItem(at: Self.file(shop), to: moved)
    try FileManager.default.createSymbolicLink(at: Self.file(shop), withDestinationURL: moved)
    #expect(throws: RegistryError.self) { try shop.registry() }
    try FileManager.default.removeItem(at: Self.file(shop))
    try FileManager.default.linkItem(at: moved, to: Self.file(shop))
    #expect(throws: RegistryError.self) { try shop.registry() }
  }

  @Test(arguments: [false, true])
  func `a file that another writer holds is told after the wait and left as it is`(
    isExclusive: Bool
  ) throws {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    let model = try shop.publish(silhouette: 0.6)
    let before = try Data(contentsOf: Self.file(shop))
    let holder = try DatabaseQueue(path: Self.file(shop).path)
    try holder.writeWithoutTransaction { database in
      try database.inTransaction(isExclusive ? Database.TransactionKind.exclusive : .immediate) {
        let error = #expect(throws: RegistryError.self) {
          try ModelRegistry(shop.store, patience: 0.01)
            .register(model, as: "shop", Registration(), by: Shop.author())
        }
        #expect(error == RegistryError.busy(path: shop.store + "/registry.sqlite"))
        #expect(error.map { "\($0)".contains("another process holds the registry") } == true)
        return .rollback
      }
    }
    #expect(try Data(contentsOf: Self.file(shop)) == before)
    #expect(try shop.registry().findings() == [])
    #expect(try shop.register(silhouette: 0.6).version == 2)
  }

  /// What a registry must not say wrongly without anybody being able to find it.
  private static func claims(_ models: [RegisteredModel]) -> [String] {
    models.flatMap { model in
      model.versions.map { "\($0.reference) \($0.digest)" }
        + model.aliases.map { "\(model.name)@\($0.alias) \($0.version) \($0.generation)" }
    }
  }

  @Test func `random damage never ends in a crash, and none is beyond the doctor`() throws {
    let shop = try Shop()
    for silhouette in [0.5, 0.6] { try shop.register(silhouette: silhouette) }
    _ = try shop.promote("shop/1")
    let whole = try Data(contentsOf: Self.file(shop))
    let claims = try Self.claims(shop.registry().models())
    // A linear congruence: every run of the test breaks the same bytes.
    var state: UInt64 = 20_260_801
    func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<1000 {
      var bytes = whole
      if round % 4 == 0 {
        bytes = bytes.prefix(next(below: bytes.count))
      } else {
        for _ in 0..<(round % 7 + 1) {
          bytes[next(below: bytes.count)] ^= 1 << UInt8(next(below: 8))
        }
      }
      try bytes.write(to: Self.file(shop))
      // Either an answer or one of our errors; anything else fails the test.
      do throws(RegistryError) {
        let registry = try ModelRegistry(shop.store)
        let found = Self.claims(try registry.models())
        let faults = try registry.findings().filter { $0.weight == .fault }
        #expect(found == claims || !faults.isEmpty, "round \(round): \(found)")
        _ = try registry.log()
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }
}
