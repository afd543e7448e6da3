public import Foundation

/// Signing artifacts, and holding signatures against them.
extension ArtifactFiles {
  public var isSigned: Bool { signature != nil }

  /// A signature over every file, as the bytes of `model.sig`.
  ///
  /// - Parameter name: What the signature calls the model; means nothing to who verifies it.
  /// - Throws: `.signature` if the key refuses.
  public func signature(by key: SigningKey, as name: String) throws(ArtifactError) -> Data {
    let statement = SignedStatement(name: name, files: try unsigned())
    do {
      return try ModelSignature(statement, by: key).bytes()
    } catch {
      throw .signature(.invalid)
    }
  }

  /// Refuses the artifact unless one of `keys` has signed exactly these files and counts on `day`.
  ///
  /// - Parameter day: `yyyy-mm-dd` in UTC.
  /// - Returns: The key that has signed.
  /// - Throws: `.signature`.
  @discardableResult
  public func requireSignature(
    by keys: [TrustedKey], on day: String
  ) throws(ArtifactError) -> VerifyingKey {
    do throws(SignatureError) {
      guard let signature else { throw .absent }
      let (statement, key) = try ModelSignature(signature).verified(by: keys, on: day)
      try require(statement)
      return key
    } catch {
      throw .signature(error)
    }
  }

  /// Refuses a signature that is there and speaks of other files, whoever made it.
  ///
  /// - Returns: The digest of the key that it names.
  /// - Throws: `.signature`.
  @discardableResult
  public func requireOwnSignature() throws(ArtifactError) -> String? {
    guard let signature else { return nil }
    return try requireCover(by: signature)
  }

  /// The same of the artifact at `path`, of which nothing is read unless there is a signature.
  ///
  /// - Throws: `.signature`, and what `init(verifying:)` throws.
  public static func requireOwnSignature(at path: String) throws(ArtifactError) {
    guard try DurableFile.isPlain("\(path)/\(ModelSignature.file)") != nil else { return }
    try ArtifactFiles(verifying: path).requireOwnSignature()
  }

  /// Refuses a signature that speaks of other files.
  ///
  /// - Returns: The digest of the key that it names.
  package func requireCover(by signature: Data) throws(ArtifactError) -> String? {
    do throws(SignatureError) {
      let signature = try ModelSignature(signature)
      try require(try signature.statement())
      return signature.keyHint
    } catch {
      throw .signature(error)
    }
  }

  private func require(_ statement: SignedStatement) throws(SignatureError) {
    let files: [DurableDirectory.File]
    do throws(ArtifactError) {
      files = try unsigned()
    } catch {
      // They were read and checked; what cannot be written again was not there.
      throw .missing(Manifest.fileName)
    }
    try statement.require(files)
  }
}

extension ModelSignature {
  /// Puts a signature into the artifact at `path` in one step; one that was there is replaced.
  ///
  /// It gathers beside the directory: a reader never finds half of it among the files.
  ///
  /// - Throws: `.storage`, `.busy`.
  public static func install(_ bytes: Data, in path: String) throws(ArtifactError) {
    let place = try Place(path)
    let beside = place.directory == "/" ? "/" : place.directory + "/"
    let output = try DurableFile(
      path: "\(path)/\(file)", by: "\(beside).\(place.name).sig.partial")
    try output.append(bytes)
    try output.publish()
  }
}
