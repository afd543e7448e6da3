import Artifacts
import Foundation
import Numerical
import Testing

/// Every artifact of the catalogue with one thing changed and the hashes made right.
///
/// It is refused with one of our errors, or it is an artifact that can be used. A trap would end the process and with
/// it the tests. Of the changes of values every fifth is tried, in `make test-faults` every one.
struct MutatedArtifactTests {
  private static let step = FaultTests.areAsked ? 1 : 5

  private static func isTried(_ number: Int, _ change: String) -> Bool {
    number % step == 0 || change.hasSuffix("gains a key") || change.hasSuffix("is gone")
  }

  /// - Returns: Whether the artifact was refused.
  @discardableResult
  private func load(_ form: ForgedForm, _ change: String) -> Bool {
    // What is nested too deep cannot even be written.
    guard let sealed = try? form.sealed() else { return true }
    do throws(ArtifactError) {
      let artifact = try ArtifactReader.load(try ArtifactFiles(sealed))
      // Scoring may refuse the rows by an error of its own.
      try? artifact.use(on: Self.rows)
      return false
    } catch {
      #expect(!"\(error)".isEmpty, "\(change)")
      return true
    }
  }

  private static let rows = CatalogSample.table(rowCount: 12, seed: 9)

  @Test(arguments: CatalogSample.algorithms)
  func `an artifact that is only taken apart loads and can be used`(algorithm: String) throws {
    var form = try ForgedForm(CatalogSample.files(algorithm))
    for path in form.jsonPaths { try form.set(path, to: try form.json(path)) }
    form.set(try form.tensors())
    try form.load().use(on: Self.rows)
  }

  @Test(arguments: CatalogSample.algorithms)
  func `any change of the pipeline's JSON is refused or harmless`(algorithm: String) throws {
    let whole = try ForgedForm(CatalogSample.files(algorithm))
    var number = 0
    try Mutations.forEach(of: try whole.json(ForgedForm.pipeline)) { change, json in
      number += 1
      guard Self.isTried(number, change) else { return }
      var form = whole
      try form.set(ForgedForm.pipeline, to: json)
      let isRefused = load(form, "\(algorithm): \(change)")
      #expect(isRefused || !change.hasSuffix("gains a key"), "\(algorithm): \(change)")
    }
  }

  @Test(arguments: CatalogSample.algorithms)
  func `any change of a tensor is refused or harmless`(algorithm: String) throws {
    let whole = try ForgedForm(CatalogSample.files(algorithm))
    let tensors = try whole.tensors()
    var number = 0
    for name in tensors.keys.sorted() {
      guard let tensor = tensors[name] else { continue }
      try Mutations.forEach(of: tensor) { change, changed in
        number += 1
        guard Self.isTried(number, change) else { return }
        var form = whole
        form.set(tensors.merging([name: changed]) { $1 })
        let isRefused = load(form, "\(algorithm): \(name) \(change)")
        let isFinite = changed.values.allSatisfy(\.isFinite)
        #expect(isRefused || isFinite, "\(algorithm): \(name) \(change)")
      }
      var form = whole
      form.set(tensors.filter { $0.key != name })
      #expect(load(form, "\(algorithm): without \(name)"))
    }
    var form = whole
    form.set(tensors.merging(["unknown": .init(shape: [1], values: [1])]) { $1 })
    #expect(load(form, "\(algorithm): a tensor that nothing names"))
  }

  @Test(arguments: ["k-means", "gradient-boosting"])
  func `any change of another file is refused or harmless`(algorithm: String) throws {
    let whole = try ForgedForm(CatalogSample.files(algorithm))
    var number = 0
    for path in whole.jsonPaths where path != ForgedForm.pipeline {
      try Mutations.forEach(of: try whole.json(path)) { change, json in
        number += 1
        guard Self.isTried(number, change) else { return }
        var form = whole
        try form.set(path, to: json)
        let isRefused = load(form, "\(path) \(change)")
        // A configuration may hold anything.
        let isFree = path == "lineage.json" && change.hasPrefix(".configuration")
        #expect(isRefused || isFree || !change.hasSuffix("gains a key"), "\(path) \(change)")
      }
    }
  }
}
