import Artifacts
import Foundation
import Registry
import TestSupport
import Testing

/// Signatures of registered versions, and what the policy asks of them.
struct SignatureTests {
  private static let pair = SigningKey.newPair()
  private static let stranger = SigningKey.newPair()

  private static func key() throws -> SigningKey { try SigningKey(pem: pair.private) }
  private static var identifier: String {
    get throws { try VerifyingKey(pem: pair.public).identifier }
  }

  /// A shop whose policy asks for `verify`, with keys that end on `notAfter`.
  private func shop(
    _ verify: String, keys: String? = "release.pub.pem", notAfter: String? = nil
  ) throws -> Shop {
    let shop = try Shop()
    try FileManager.default.createDirectory(atPath: shop.store, withIntermediateDirectories: true)
    try Data(Self.pair.public.utf8)
      .write(to: URL(filePath: shop.store + "/release.pub.pem"))
    let end = notAfter.map { #","not_after":"\#($0)""# } ?? ""
    let list = keys.map { #"{"file":"\#($0)"\#(end)}"# } ?? ""
    try Data(#"{"verify":"\#(verify)","keys":[\#(list)]}"#.utf8)
      .write(to: URL(filePath: shop.store + "/policy.json"))
    return shop
  }

  private func promote(_ shop: Shop, _ reference: String = "shop/1") throws -> AliasMove {
    try shop.promote(reference, policy: PromotionPolicy(in: shop.store))
  }

  private func sign(_ shop: Shop, with key: SigningKey, _ reference: String = "shop/1") throws {
    _ = try shop.registry().sign(ModelReference(reference), with: key, by: Shop.author())
  }

  private func expectRefusal(
    _ error: SignatureError, _ body: () throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let thrown = #expect(throws: RegistryError.self, sourceLocation: sourceLocation) { try body() }
    if case .artifact(.signature(error))? = thrown { return }
    if case .refused(_, _, let missed)? = thrown {
      #expect(
        missed.map(\.gate) == [.signature] && missed[0].reason?.contains("\(error)") == true,
        sourceLocation: sourceLocation)
      return
    }
    Issue.record("\(String(describing: thrown))", sourceLocation: sourceLocation)
  }

  @Test func `where signatures are asked for, nothing unsigned is used or promoted`() throws {
    let shop = try shop("signed")
    let version = try shop.register()
    #expect(version.signatureKey == nil)
    expectRefusal(.absent) { _ = try shop.number(of: "shop/1") }
    expectRefusal(.absent) { _ = try promote(shop) }
    // A reason changes nothing: it could not be used.
    expectRefusal(.absent) {
      _ = try shop.promote(
        "shop/1", policy: PromotionPolicy(in: shop.store), overriding: true, reason: "now")
    }
    try sign(shop, with: Self.key())
    #expect(try promote(shop).to == 1)
    #expect(try shop.number(of: "shop@champion") == 1)
  }

  @Test func `signing changes no digest, and stands in the row and in the log`() throws {
    let shop = try shop("digest")
    let before = try shop.register()
    try sign(shop, with: Self.key())
    let after = try shop.registry().find(ModelReference("shop/1")).version
    #expect(try after.digest == before.digest && after.signatureKey == Self.identifier)
    let log = try shop.registry().log().entries
    #expect(log.map(\.action) == [.register, .sign])
    #expect(try log.last?.detail == .object(["signature_key": .text(Self.identifier)]))
    #expect(try shop.registry().findings().isEmpty)
    // The same key again changes nothing that is to be noted.
    try sign(shop, with: Self.key())
    #expect(try shop.registry().log().entries.count == 2)
  }

  @Test func `a promotion notes the signer`() throws {
    let shop = try shop("signed")
    try shop.register()
    try sign(shop, with: Self.key())
    _ = try promote(shop)
    let detail = try #require(try shop.registry().log().entries.last?.detail)
    guard case .object(let members) = detail else { throw CocoaError(.coderInvalidValue) }
    #expect(try members["signature_key"] == .text(Self.identifier))
  }

  @Test func `an artifact that was signed before is registered with its signature`() throws {
    let shop = try shop("signed")
    let model = try shop.publish()
    let files = try ArtifactFiles(verifying: model)
    try ModelSignature.install(files.signature(by: Self.key(), as: "m"), in: model)
    let version = try shop.registry().register(
      model, as: "shop", Registration(card: Shop.card), by: Shop.author()
    ).version
    #expect(try version.signatureKey == Self.identifier)
    #expect(try promote(shop).to == 1)
  }

  @Test func `registering a signed copy signs the version that is there`() throws {
    let shop = try shop("signed")
    let model = try shop.publish()
    func register() throws -> ModelVersion {
      try shop.registry().register(
        model, as: "shop", Registration(card: Shop.card), by: Shop.author()
      ).version
    }
    #expect(try register().signatureKey == nil)
    let files = try ArtifactFiles(verifying: model)
    try ModelSignature.install(files.signature(by: Self.key(), as: "m"), in: model)
    #expect(try register().signatureKey == Self.identifier)
    #expect(try shop.number(of: "shop/1") == 1)
    #expect(try shop.registry().findings().isEmpty)
  }

  @Test func `an artifact under a signature of another is not registered`() throws {
    let shop = try shop("digest", keys: nil)
    let (model, other) = (try shop.publish(), try shop.publish(silhouette: 0.7))
    let signature = try ArtifactFiles(verifying: other).signature(by: Self.key(), as: "m")
    try ModelSignature.install(signature, in: model)
    expectRefusal(.changed("card.json")) {
      _ = try shop.registry().register(model, as: "shop", Registration(), by: Shop.author())
    }
  }

  @Test func `a key that is not among those named is refused, also where none is asked for`() throws
  {
    let stranger = try SigningKey(pem: Self.stranger.private)
    for rule in ["signed", "digest"] {
      let shop = try shop(rule)
      try shop.register()
      try sign(shop, with: stranger)
      expectRefusal(.untrustedKey(stranger.publicKey.identifier)) {
        _ = try shop.number(of: "shop/1")
      }
      expectRefusal(.untrustedKey(stranger.publicKey.identifier)) { _ = try promote(shop) }
      try sign(shop, with: Self.key())
      #expect(try shop.number(of: "shop/1") == 1)
    }
    let shop = try shop("off")
    try shop.register()
    try sign(shop, with: stranger)
    #expect(try shop.number(of: "shop/1") == 1)
  }

  @Test func `a key counts up to its day and not beyond`() throws {
    let shop = try shop("signed", notAfter: "2026-08-02")
    try shop.register()
    try sign(shop, with: Self.key())
    let registry = try shop.registry()
    let reference = try ModelReference("shop/1")
    #expect(try registry.resolve(reference, at: Shop.author(day: 1).at).version.version == 1)
    expectRefusal(.expiredKey(try Self.identifier, "2026-08-02")) {
      _ = try registry.resolve(reference, at: Shop.author(day: 2).at)
    }
  }

  @Test func `a changed, lost or foreign signature of an object is found`() throws {
    let shop = try shop("signed")
    let version = try shop.register()
    try sign(shop, with: Self.key())
    let registry = try shop.registry()
    let object = try registry.find(ModelReference("shop/1")).path
    try Writable.make(object)
    let file = object + "/model.sig"
    let whole = try Data(contentsOf: URL(filePath: file))
    try Data("{}".utf8).write(to: URL(filePath: file))
    expectRefusal(.unreadable(place: "the bundle")) { _ = try shop.number(of: "shop/1") }
    #expect(try registry.findings().contains { $0.weight == .fault })
    let verification = try registry.verify(version, by: Shop.author())
    // The bytes are those that were registered; trust may come back.
    #expect(verification.fault != nil && !verification.isQuarantined)
    try FileManager.default.removeItem(atPath: file)
    expectRefusal(.absent) { _ = try shop.number(of: "shop/1") }
    #expect(try registry.findings().contains { $0.finding.contains("lost its signature") })
    try whole.write(to: URL(filePath: file))
    #expect(try shop.number(of: "shop/1") == 1)
    // The object was opened for the files to be changed, and that is all.
    #expect(try registry.findings().map(\.subject) == [version.digest])
    #expect(try registry.collect(grace: 0, by: Shop.author()).closed == [version.digest])
    #expect(try registry.findings().isEmpty)
  }

  @Test func `an object left open is closed by the same signature and by another`() throws {
    let shop = try shop("digest")
    let model = try shop.publish()
    let files = try ArtifactFiles(verifying: model)
    try ModelSignature.install(try files.signature(by: Self.key(), as: "shop"), in: model)
    let registry = try shop.registry()
    func register() throws -> ModelVersion {
      try registry.register(
        model, as: "shop", Registration(card: Shop.card), by: Shop.author()
      ).version
    }
    let version = try register()
    let object = try registry.find(ModelReference("shop/1")).path
    try Writable.make(object)
    #expect(try registry.findings().map(\.subject) == [version.digest])
    _ = try register()
    #expect(try registry.findings().isEmpty)
    try Writable.make(object)
    try sign(shop, with: Self.key())
    #expect(try registry.findings().isEmpty)
  }

  @Test func `rolling back asks for a signature too`() throws {
    let shop = try shop("digest")
    for silhouette in [0.5, 0.6] { try shop.register(silhouette: silhouette) }
    _ = try promote(shop, "shop/1")
    _ = try promote(shop, "shop/2")
    try Data(#"{"verify":"signed","keys":[{"file":"release.pub.pem"}]}"#.utf8)
      .write(to: URL(filePath: shop.store + "/policy.json"))
    expectRefusal(.absent) {
      _ = try shop.registry().rollBack(
        ModelReference("shop"), reason: "worse", by: Shop.author())
    }
    try sign(shop, with: Self.key(), "shop/1")
    #expect(
      try shop.registry().rollBack(ModelReference("shop"), reason: "worse", by: Shop.author()).to
        == 1)
  }

  @Test func `a gate may ask for a signature of the champion alone`() throws {
    let shop = try shop("digest")
    try shop.register()
    var policy = try PromotionPolicy(in: shop.store)
    policy.gates.append(.signature)
    #expect(try shop.promote("shop/1", to: "candidate", policy: policy).to == 1)
    expectRefusal(.absent) { _ = try shop.promote("shop/1", policy: policy) }
  }

  @Test func `a policy with a key that cannot be read, or an unknown rule, is refused`() throws {
    let missing = try shop("signed", keys: "nobody.pem")
    let place = missing.store + "/nobody.pem"
    #expect(throws: RegistryError.unreadableKey(path: place, .unreadable)) {
      try missing.register()
    }
    let unknown = try shop("perhaps")
    #expect(throws: RegistryError.self) { try PromotionPolicy(in: unknown.store) }
    let badDay = try shop("signed", notAfter: "soon")
    #expect(throws: RegistryError.self) { try PromotionPolicy(in: badDay.store) }
  }
}
