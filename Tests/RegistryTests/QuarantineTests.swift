import Artifacts
import Foundation
import Registry
import TestSupport
import Testing

/// What is damaged is used by nobody, and what is deleted was needed by nobody.
struct QuarantineTests {
  private static let week: TimeInterval = 7 * 86_400

  private func folders(_ shop: Shop, _ name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(shop.store)/\(name)")) ?? []).sorted()
  }

  @Test func `a damaged version goes to the quarantine and cannot be used`() throws {
    let shop = try Shop()
    let version = try shop.register()
    _ = try shop.promote("shop/1")
    try shop.damage(version)
    let registry = try shop.registry()
    let found = try registry.verify(version, by: Shop.author())
    #expect(found.isQuarantined && found.fault?.contains("card.md") == true)
    #expect(folders(shop, "quarantine").count == 1)
    #expect(throws: RegistryError.notReady(reference: "shop/1", .quarantined)) {
      try shop.number(of: "shop@champion")
    }
    #expect(try registry.log().entries.last?.action == .quarantine)
    #expect(try registry.findings().filter { $0.weight == .fault }.count == 2)
  }

  @Test func `registering the artifact again repairs the version under its number`() throws {
    let shop = try Shop()
    let version = try shop.register(silhouette: 0.5)
    try shop.register("other", silhouette: 0.5)
    try shop.register(silhouette: 0.6)
    try shop.damage(version, "model/tensors.safetensors")
    _ = try shop.registry().verify(version, by: Shop.author())
    let repaired = try shop.register(silhouette: 0.5)
    #expect(repaired.version == 1 && repaired.status == .ready)
    // The same bytes under another name are whole again too.
    #expect(try shop.number(of: "other/1") == 1)
    #expect(try shop.registry().findings().filter { $0.weight == .fault } == [])
  }

  @Test func `a version that only a newer cohort can read is told and stays`() throws {
    let shop = try Shop()
    let version = try shop.register()
    let place = try shop.registry().find(ModelReference(version.reference)).path + "/manifest.json"
    let text = try String(contentsOf: URL(filePath: place), encoding: .utf8)
    let newer = text.replacing("\"format_version\":[1,", with: "\"format_version\":[2,")
    try #require(newer != text)
    try Writable.make(place)
    try Data(newer.utf8).write(to: URL(filePath: place))
    let found = try shop.registry().verify(version, by: Shop.author())
    #expect(found.fault != nil && !found.isQuarantined)
    #expect(folders(shop, "quarantine").isEmpty)
    #expect(try shop.registry().model("shop").versions.map(\.status) == [.ready])
  }

  @Test func `a sound version stays where it is`() throws {
    let shop = try Shop()
    let found = try shop.registry().verify(try shop.register(), by: Shop.author())
    #expect(found.fault == nil && !found.isQuarantined)
  }

  @Test func `a retired version goes in two steps and its number never comes again`() throws {
    let shop = try Shop()
    for silhouette in [0.5, 0.6] { try shop.register(silhouette: silhouette) }
    let registry = try shop.registry()
    #expect(try registry.collect(grace: 0, by: Shop.author()).isEmpty)
    try registry.retire(ModelReference("shop/2"), reason: "too old", by: Shop.author())
    let first = try registry.collect(grace: Self.week, by: Shop.author())
    #expect(first.setAside.count == 1 && first.deleted.isEmpty)
    let early = try registry.collect(grace: Self.week, by: Shop.author(day: 6))
    #expect(early.isEmpty && early.waiting.count == 1)
    let second = try registry.collect(grace: Self.week, by: Shop.author(day: 7))
    #expect(second.deleted.count == 1 && folders(shop, "quarantine").isEmpty)
    #expect(try shop.register(silhouette: 0.7).version == 3)
    // The same bytes are the same version for ever.
    #expect(try shop.register(silhouette: 0.6).version == 2)
    #expect(try shop.number(of: "shop/2") == 2)
  }

  @Test func `what an alias points to is not retired, nor anything without a reason`() throws {
    let shop = try Shop()
    try shop.register()
    _ = try shop.promote("shop/1")
    let registry = try shop.registry()
    #expect(throws: RegistryError.inUse(reference: "shop/1", alias: "champion")) {
      try registry.retire(ModelReference("shop/1"), reason: "old", by: Shop.author())
    }
    #expect(throws: RegistryError.reasonNeeded(action: "retiring a version")) {
      try registry.retire(ModelReference("shop/1"), reason: nil, by: Shop.author())
    }
  }

  @Test func `a file that two names need stays while one does`() throws {
    let shop = try Shop()
    try shop.register("one")
    try shop.register("two")
    let registry = try shop.registry()
    try registry.retire(ModelReference("one/1"), reason: "old", by: Shop.author())
    #expect(try registry.collect(grace: 0, by: Shop.author()).isEmpty)
    #expect(try shop.number(of: "two/1") == 1)
  }

  @Test func `the only copy of what a version needs is kept, however damaged`() throws {
    let shop = try Shop()
    let version = try shop.register()
    try shop.damage(version)
    let registry = try shop.registry()
    _ = try registry.verify(version, by: Shop.author())
    let later = Shop.author(day: 100)
    #expect(try registry.collect(grace: 0, by: later).deleted.isEmpty)
    try shop.register()
    #expect(try registry.collect(grace: 0, by: later).deleted.count == 1)
    #expect(try shop.number(of: "shop/1") == 1)
  }

  @Test func `a folder waits its own time, whatever is noted of one before it`() throws {
    let shop = try Shop()
    let registry = try shop.registry()
    for day in [0, 30] {
      try shop.register()
      try registry.retire(ModelReference("shop/1"), reason: "old", by: Shop.author(day: day))
      let found = try registry.collect(grace: Self.week, by: Shop.author(day: day))
      #expect(found.setAside.count == 1 && found.deleted.isEmpty)
      let next = try registry.collect(grace: Self.week, by: Shop.author(day: day + 1))
      #expect(next.deleted.isEmpty && next.waiting.count == 1)
      // What a collection leaves that is killed before it commits: no folder, and its time.
      let folder = try #require(next.waiting.first)
      try Writable.make("\(shop.store)/quarantine/\(folder)")
      try FileManager.default.removeItem(atPath: "\(shop.store)/quarantine/\(folder)")
    }
  }

  @Test func `what killed processes left is found and cleared away`() throws {
    let shop = try Shop()
    let version = try shop.register()
    let place = try shop.registry().find(ModelReference(version.reference)).path
    // Where an object of that digest has its place.
    let orphan = place.dropLast(67) + "00/" + String(repeating: "0", count: 64)
    try Writable.make(place)
    try FileManager.default.createDirectory(
      atPath: String(orphan.dropLast(65)), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: place, toPath: String(orphan))
    let partial = place.dropLast(64) + ".\(String(repeating: "1", count: 64)).partial"
    try FileManager.default.createDirectory(
      atPath: String(partial), withIntermediateDirectories: false)
    let registry = try shop.registry()
    #expect(try registry.findings().map(\.weight) == [.note, .note, .note])
    let planned = try registry.collectable(grace: 0, by: Shop.author())
    #expect(planned.setAside.count == 1 && planned.unfinished.count == 1)
    #expect(planned.closed == [version.digest])
    #expect(try registry.collect(grace: 0, by: Shop.author()) == planned)
    #expect(!FileManager.default.fileExists(atPath: String(partial)))
    #expect(try registry.collectable(grace: 0, by: Shop.author()).closed.isEmpty)
    let left = try registry.findings()
    #expect(left.allSatisfy { $0.subject.hasPrefix("quarantine/") }, "\(left)")
    #expect(try shop.number(of: "shop/1") == 1)
  }
}
