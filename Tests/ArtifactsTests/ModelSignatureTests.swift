import Artifacts
import Foundation
import TestSupport
import Testing

struct ModelSignatureTests {
  struct Published: Decodable {
    let public_key: String
    let files: [String: String]
    let bundles: [String: String]
  }

  private static let day = "2026-08-01"

  /// A pair made by `openssl ecparam -name prime256v1 -genkey` for these tests alone.
  static let privateKey = """
    -----BEGIN EC PARAMETERS-----
    BggqhkjOPQMBBw==
    -----END EC PARAMETERS-----
    -----BEGIN EC PRIVATE KEY-----
    MHcCAQEEIC8/g8fEzj2/9tw+E3+Wi6mWrqmipmkwA8/G+fGGCQKJoAoGCCqGSM49
    AwEHoUQDQgAEe6dWeR3n4ZAZ8rKysMJApmB1J7auyUOWL/WzeYdBi3JB9QmoF+Pj
    GeSS3rs0Y5cDWOMJXiPDfbQvvQQ7fo30lg==
    -----END EC PRIVATE KEY-----
    """
  static let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEe6dWeR3n4ZAZ8rKysMJApmB1J7au
    yUOWL/WzeYdBi3JB9QmoF+PjGeSS3rs0Y5cDWOMJXiPDfbQvvQQ7fo30lg==
    -----END PUBLIC KEY-----
    """

  private func key() throws -> SigningKey { try SigningKey(pem: Self.privateKey) }

  private func trusted(until day: String? = nil) throws -> [TrustedKey] {
    [TrustedKey(try VerifyingKey(pem: Self.publicKey), lastDay: day)]
  }

  /// The files of an artifact with a signature over them.
  private func signed(_ algorithm: String = "prior") throws -> [DurableDirectory.File] {
    let files = try CatalogSample.files(algorithm)
    let signature = try ArtifactFiles(files).signature(by: key(), as: algorithm)
    return files + [.init(path: ModelSignature.file, bytes: signature)]
  }

  private func expect(
    _ error: SignatureError, of files: [DurableDirectory.File], by keys: [TrustedKey]? = nil,
    on day: String = day
  ) throws {
    let keys = try keys ?? trusted()
    #expect(throws: ArtifactError.signature(error)) {
      try ArtifactFiles(files).requireSignature(by: keys, on: day)
    }
  }

  /// The signed files with another signature.
  private func resigned(_ edit: (inout JSONValue) throws -> Void) throws -> [DurableDirectory.File]
  {
    let files = try signed()
    guard let signature = files.last else { return files }
    var json = try CanonicalJSON.parse(signature.bytes)
    try edit(&json)
    return files.dropLast() + [.init(path: signature.path, bytes: try CanonicalJSON.encode(json))]
  }

  @Test func `a signed artifact is accepted, loads, and is the artifact that it was`() throws {
    let files = try ArtifactFiles(signed())
    let key = try files.requireSignature(by: trusted(), on: Self.day)
    #expect(key.pem == Self.publicKey + "\n")
    #expect(try files.requireOwnSignature() == key.identifier)
    #expect(
      try ArtifactReader.load(files).identity
        == ArtifactFiles(CatalogSample.files("prior")).identity)
  }

  @Test(arguments: ["1.0.1", "1.1.0"])
  func `bundles of the reference implementation are verified`(version: String) throws {
    let published: Published = try Fixture.load("model_signatures")
    let bundle = try ModelSignature(Data(try #require(published.bundles[version]).utf8))
    let keys = [TrustedKey(try VerifyingKey(pem: published.public_key))]
    let (statement, key) = try bundle.verified(by: keys, on: Self.day)
    #expect(key.pem == published.public_key)
    // The older one names no key.
    #expect(bundle.keyHint == (version == "1.0.1" ? nil : key.identifier))
    let files = published.files.map { DurableDirectory.File(path: $0, bytes: Data($1.utf8)) }
    #expect(statement.name == "v\(version)-elliptic-key")
    #expect(throws: Never.self) { try statement.require(files) }
    #expect(throws: SignatureError.missing("signme-2")) {
      try statement.require(files.filter { $0.path == "signme-1" })
    }
    // What it says it ignored is not ignored.
    #expect(throws: SignatureError.unsigned("ignore-me")) {
      try statement.require(files + [.init(path: "ignore-me", bytes: Data())])
    }
    #expect(throws: SignatureError.untrustedKey(bundle.keyHint)) {
      try bundle.verified(by: [], on: Self.day)
    }
  }

  @Test func `any bit of a bundle that is flipped is refused or changes nothing`() throws {
    let files = try signed()
    let bytes = try #require(files.last).bytes
    let whole = try ModelSignature(bytes).verified(by: trusted(), on: Self.day).statement
    var accepted = 0
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        guard let signature = try? ModelSignature(damaged),
          let found = try? signature.verified(by: trusted(), on: Self.day)
        else { continue }
        #expect(found.statement == whole, "bit \(bit) of byte \(place)")
        accepted += 1
      }
    }
    // Names of members that may be absent, and bits that base64 does not use.
    #expect(accepted < 250)
  }

  @Test func `an unsigned artifact is refused`() throws {
    try expect(.absent, of: CatalogSample.files("prior"))
  }

  @Test func `another key, an old key and the other half of a key are told apart`() throws {
    let stranger = try VerifyingKey(pem: SigningKey.newPair().public)
    let own = try VerifyingKey(pem: Self.publicKey).identifier
    try expect(.untrustedKey(own), of: signed(), by: [TrustedKey(stranger)])
    try expect(.untrustedKey(own), of: signed(), by: [])
    try expect(.expiredKey(own, "2026-07-31"), of: signed(), by: trusted(until: "2026-07-31"))
    #expect(throws: Never.self) {
      try ArtifactFiles(signed()).requireSignature(by: trusted(until: Self.day), on: Self.day)
    }
    #expect(throws: KeyError.otherHalf) { try SigningKey(pem: Self.publicKey) }
    #expect(throws: KeyError.otherHalf) { try VerifyingKey(pem: Self.privateKey) }
    #expect(throws: KeyError.noPEM) { try VerifyingKey(pem: "key") }
    #expect(throws: KeyError.encrypted) {
      try SigningKey(pem: "-----BEGIN ENCRYPTED PRIVATE KEY-----")
    }
    #expect(throws: KeyError.unsupported) {
      try VerifyingKey(pem: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    }
  }

  @Test func `a new pair signs and verifies`() throws {
    let pair = SigningKey.newPair()
    let files = try CatalogSample.files("prior")
    let key = try SigningKey(pem: pair.private)
    let signature = try ArtifactFiles(files).signature(by: key, as: "prior")
    let signed = try ArtifactFiles(files + [.init(path: ModelSignature.file, bytes: signature)])
    let trusted = TrustedKey(try VerifyingKey(pem: pair.public))
    #expect(try signed.requireSignature(by: [trusted], on: Self.day) == key.publicKey)
  }

  @Test func `a signature of another artifact is refused by the first file that differs`() throws {
    let files = try CatalogSample.files("prior")
    let other = try #require(signed("decision-tree").last)
    try expect(.changed("card.json"), of: files + [other])
    #expect(throws: ArtifactError.signature(.changed("card.json"))) {
      try ArtifactFiles(files + [other]).requireOwnSignature()
    }
  }

  @Test func `files that were measured belong to what was signed`() throws {
    let latency = LatencyRecord(
      cold: .init(p50: 1, p95: 2, p99: 3), warm: .init(p50: 1, p95: 2, p99: 3), calls: 10)
    let other = LatencyRecord(
      cold: .init(p50: 1, p95: 2, p99: 4), warm: .init(p50: 1, p95: 2, p99: 3), calls: 10)
    let artifact = try ArtifactReader.load(ArtifactFiles(CatalogSample.files("prior"))).propensity
    func files(_ latency: LatencyRecord) throws -> [DurableDirectory.File] {
      try ArtifactWriter.files(of: artifact, timings: Timings(latency: latency))
    }
    let signature = try ArtifactFiles(files(latency)).signature(by: key(), as: "m")
    let file = DurableDirectory.File(path: ModelSignature.file, bytes: signature)
    #expect(throws: Never.self) {
      try ArtifactFiles(try files(latency) + [file]).requireSignature(by: trusted(), on: Self.day)
    }
    try expect(.changed("timings.json"), of: files(other) + [file])
    try expect(.missing("timings.json"), of: CatalogSample.files("prior") + [file])
    let unmeasured = try #require(signed().last)
    try expect(.unsigned("timings.json"), of: files(latency) + [unmeasured])
  }

  @Test func `a bundle of another sort is told by what is wrong with it`() throws {
    try expect(.bundleType, of: resigned { try $0.set("text", at: "mediaType") })
    try expect(
      .payloadType, of: resigned { try $0.set("text/plain", at: "dsseEnvelope", "payloadType") })
    try expect(
      .untrustedKey("00"),
      of: resigned { try $0.set("00", at: "verificationMaterial", "publicKey", "hint") })
    try expect(
      .otherMaterial,
      of: resigned {
        try $0.set("MII=", at: "verificationMaterial", "certificate") {
          $0["publicKey"] = nil
        }
      })
    let files = try CatalogSample.files("prior")
    for text in ["", "{}", "{\"mediaType\":1}", "[", String(repeating: "[", count: 10_000)] {
      let file = DurableDirectory.File(path: ModelSignature.file, bytes: Data(text.utf8))
      try expect(.unreadable(place: "the bundle"), of: files + [file])
    }
  }

  @Test func `another statement under a right signature is refused`() throws {
    let files = try CatalogSample.files("prior")
    let statement = SignedStatement(name: "m", files: files)
    let payload = String(decoding: try CanonicalJSON.encode(statement), as: UTF8.self)
    let changes = [
      ("in-toto.io/Statement/v1", "in-toto.io/Statement/v9", "_type"),
      ("signature/v1.0", "signature/v2.0", "predicateType"),
      (#""method":"files""#, #""method":"shards""#, "predicate.serialization"),
      (#""algorithm":"sha256""#, #""algorithm":"blake2""#, "predicate.resources"),
      (#""name":"card.md""#, #""name":"decision.json""#, "predicate.resources"),
      (#""digest":{"sha256":"0"#, #""digest":{"sha256":"z"#, "subject"),
    ]
    for (old, new, place) in changes {
      var changed = payload.replacing(old, with: new)
      if place == "subject" {
        // Whatever the first digit is.
        let start = try #require(payload.range(of: #""digest":{"sha256":""#)).upperBound
        changed = payload
        changed.replaceSubrange(start...start, with: "z")
      }
      #expect(changed != payload)
      #expect(throws: SignatureError.statement(place: place), "\(place)") {
        _ = try SignedStatement(Data(changed.utf8))
      }
    }
  }

  @Test func `a signature is put into a directory in one step, and replaced`() throws {
    try Sample.withPublished { path in
      let files = try ArtifactFiles(verifying: path)
      for _ in 0..<2 {
        let signature = try files.signature(by: key(), as: "sample")
        try ModelSignature.install(signature, in: path)
        let signed = try ArtifactFiles(verifying: path)
        #expect(signed.identity == files.identity)
        try signed.requireSignature(by: trusted(), on: Self.day)
        #expect(try ArtifactReader.load(path, catalog: Sample.catalog).identity == files.identity)
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: path + "/..") == ["model"])
      try FileManager.default.removeItem(atPath: path + "/model.sig")
      try FileManager.default.createSymbolicLink(
        atPath: path + "/model.sig", withDestinationPath: "card.md")
      #expect(throws: ArtifactError.damaged(file: "model.sig", .link)) {
        try ArtifactFiles(verifying: path)
      }
    }
  }

  @Test func `every refusal of a signature is one sentence of its own`() {
    let errors: [SignatureError] = [
      .absent, .unreadable(place: "p"), .bundleType, .otherMaterial, .payloadType,
      .statement(place: "p"), .untrustedKey("k"), .untrustedKey(nil),
      .expiredKey("k", "2026-01-01"),
      .invalid, .changed("f"), .missing("f"), .unsigned("f"),
    ]
    let texts = errors.map { "\(ArtifactError.signature($0))" }
    #expect(Set(texts).count == texts.count)
    for text in texts { #expect(!text.contains("\n") && !text.hasSuffix(".")) }
  }
}

extension JSONValue {
  /// Sets a text at a path of keys, then changes the object around it.
  fileprivate mutating func set(
    _ text: String, at path: String..., change: (inout [String: JSONValue]) -> Void = { _ in }
  ) throws {
    try set(.text(text), path[...], change)
  }

  private mutating func set(
    _ value: JSONValue, _ path: ArraySlice<String>,
    _ change: (inout [String: JSONValue]) -> Void
  ) throws {
    guard case .object(var members) = self, let name = path.first else {
      throw CocoaError(.coderInvalidValue)
    }
    if path.count == 1 {
      members[name] = value
      change(&members)
    } else {
      var member = members[name] ?? .object([:])
      try member.set(value, path.dropFirst(), change)
      members[name] = member
    }
    self = .object(members)
  }
}
