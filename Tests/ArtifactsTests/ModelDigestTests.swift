import Artifacts
import Crypto
import Foundation
import Testing

struct ModelDigestTests {
  @Test(arguments: CatalogSample.algorithms)
  func `equal training gives equal artifacts`(algorithm: String) throws {
    let first = try ArtifactFiles(CatalogSample.files(algorithm))
    let second = try ArtifactFiles(CatalogSample.trained(algorithm))
    #expect(first.identity == second.identity)
    #expect(try first.manifest.modelDigest == second.manifest.modelDigest)
  }

  @Test func `other evidence is another artifact of the same model`() throws {
    var form = try ForgedForm(CatalogSample.files("k-means"))
    let before = try form.load().manifest
    try form.replace("0.5", with: "0.6", in: "evidence/metrics.json")
    let after = try form.load().manifest
    #expect(try before.modelDigest == after.modelDigest)
    #expect(before.files != after.files)
  }

  @Test func `the digest is the one of the table's rows of model and schema`() throws {
    let files = try ArtifactFiles(CatalogSample.files("prior"))
    let rows = files.manifest.files.filter {
      [
        "model/pipeline.json", "model/tensors.safetensors", "schema/inputs.json",
        "schema/outputs.json",
      ]
      .contains($0.path)
    }
    #expect(rows.count == 4)
    let text = rows.map {
      #"{"path":"\#($0.path)","sha256":"\#($0.sha256)","size":\#($0.size)}"#
    }.joined(separator: ",")
    #expect(try files.manifest.modelDigest == "sha256:" + sha256("[\(text)]\n"))
  }
}

/// The SHA-256 of a text in hexadecimal.
private func sha256(_ text: String) -> String {
  SHA256.hash(data: Data(text.utf8)).map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}
