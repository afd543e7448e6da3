import ArgumentParser
import Artifacts
internal import CLibrary
import Foundation
import Registry

struct ModelsSignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a model with a private key; the signature is its file model.sig.",
    discussion: """
      The signature follows OpenSSF Model Signing 1.0, so other programs verify it too. It covers every file and \
      changes no digest; one that was there is replaced. docs/registry.md says how to ask for signatures.

      EXAMPLES
        cohort models keys release
        cohort models sign bank/7 --key release.pem
        cohort models sign runs/latest/trials/3f9a2c71d0e4/model --key release.pem
      """)

  @Argument(help: "A registered version, or the directory of a model.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "The private key, PEM on P-256, P-384 or P-521, not encrypted.", valueName: "file"))
  var key: String

  @OptionGroup var who: AuthorOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  private struct Signed: Encodable {
    let model: String
    let digest: String
    let key: String
  }

  func run() throws {
    let key = try KeyFiles.signing(key)
    let signed = try FileManager.default.fileExists(atPath: model) ? files(key) : version(key)
    if output.json { return try JSONOutput.write(signed) }
    output.say("\(signed.model) is signed by \(signed.key)")
  }

  private func files(_ key: SigningKey) throws -> Signed {
    try requireNoObject()
    let path = URL(filePath: model).standardizedFileURL
    let files = try ArtifactFiles(verifying: path.path)
    _ = try ArtifactReader.load(files)
    let signature = try files.signature(by: key, as: path.lastPathComponent)
    try ModelSignature.install(signature, in: path.path)
    return Signed(model: model, digest: files.identity, key: key.publicKey.identifier)
  }

  /// Refuses what belongs to a registry, whose rows and log have to know of a signature.
  private func requireNoObject() throws {
    guard let owner = try ModelRegistry.owner(ofObjectAt: model) else { return }
    let advice =
      owner.version.map { version in
        "say cohort models sign \(version.reference) --key \(key) --store \(owner.folder)"
      } ?? "no version of it can be used, register its model again"
    throw CommandError(.usage, "an object of a registry is signed by its name; \(model); \(advice)")
  }

  private func version(_ key: SigningKey) throws -> Signed {
    let version = try store.registry().sign(ModelReference(model), with: key, by: who.author)
    return Signed(
      model: version.reference, digest: version.digest, key: key.publicKey.identifier)
  }
}

struct ModelsKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make a pair of keys on P-256: NAME.pem signs, NAME.pub.pem verifies.",
    discussion: """
      Keep NAME.pem to yourself (only you may read it); give NAME.pub.pem to whoever verifies. Keys made by \
      openssl do as well:

        openssl ecparam -name prime256v1 -genkey -noout -out release.pem
        openssl ec -in release.pem -pubout -out release.pub.pem
      """)

  @Argument(help: "Where, without an ending.")
  var name: String

  @OptionGroup var output: OutputOptions

  private struct Made: Encodable {
    let key: String
    let `private`: String
    let `public`: String
  }

  func run() throws {
    let files = (private: name + ".pem", public: name + ".pub.pem")
    for file in [files.private, files.public] where FileManager.default.fileExists(atPath: file) {
      throw CommandError(.conflict, "a key is not written over; \(file); choose another name")
    }
    let pair = SigningKey.newPair()
    let mask = umask(0o077)
    defer { umask(mask) }
    try DurableFile.write(Data(pair.private.utf8), to: files.private)
    umask(mask)
    try DurableFile.write(Data(pair.public.utf8), to: files.public)
    let key = try VerifyingKey(pem: pair.public).identifier
    if output.json {
      return try JSONOutput.write(Made(key: key, private: files.private, public: files.public))
    }
    output.say("\(files.private) and \(files.public), key \(key)")
  }
}

/// Keys in files that users name.
enum KeyFiles {
  static func signing(_ path: String) throws -> SigningKey {
    do throws(KeyError) {
      return try SigningKey(pem: try text(path))
    } catch {
      throw CommandError(.usage, "the private key cannot be used: \(error); \(path); give --key")
    }
  }

  static func verifying(_ path: String) throws -> VerifyingKey {
    do throws(KeyError) {
      return try VerifyingKey(pem: try text(path))
    } catch {
      throw CommandError(.usage, "the public key cannot be used: \(error); \(path); give --key")
    }
  }

  private static func text(_ path: String) throws(KeyError) -> String {
    guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
      throw .unreadable
    }
    return text
  }
}
