import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import TestSupport
import Testing

/// Artifacts of every release, one per algorithm, under `Tests/Fixtures/artifacts`: what was once published loads for
/// ever and answers as on its first day.
///
/// A directory holds `model/`, the artifact; `rows.csv`, customers it is asked about; and `scores.json`, its answers at
/// the time as bits of doubles. Nothing here is ever written again; a new format adds new directories. They were made by
/// `COHORT_CORPUS=1.0 swift test --filter ArtifactCorpusTests`, from `CatalogSample`.
struct ArtifactCorpusTests {
  private static let folder = Fixture.url("artifacts").path

  private static var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  @Test func `there is an artifact of every algorithm`() {
    for algorithm in CatalogSample.algorithms {
      #expect(Self.names.contains("\(algorithm)-1.0"))
    }
  }

  @Test(arguments: names) func `an old artifact answers as on its first day`(name: String) throws {
    let place = "\(Self.folder)/\(name)"
    let artifact = try ArtifactReader.load(place + "/model")
    let scores: CorpusScores = try CanonicalJSON.decode(
      from: Data(contentsOf: URL(filePath: place + "/scores.json")))
    let found = try CorpusScores(of: artifact, for: place + "/rows.csv")
    #expect(found.identity == scores.identity)
    #expect(found.modelDigest == scores.modelDigest)
    #expect(found.columns.keys.sorted() == scores.columns.keys.sorted())
    for (column, expected) in scores.columns {
      let answers = found.columns[column] ?? []
      #expect(answers.count == expected.count)
      // Where sums and exponentials round as they did, so do the models.
      if found.arithmetic == scores.arithmetic {
        #expect(answers == expected, "\(column)")
        continue
      }
      for (a, b) in zip(answers, expected) {
        let (a, b) = (CorpusScores.number(a), CorpusScores.number(b))
        // Of sums of some ten products, whose order another processor may change.
        #expect(isClose(a, b, within: 1e-12) || a.isNaN && b.isNaN, "\(column)")
      }
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["COHORT_CORPUS"] != nil))
  func `the corpus of a format is written once`() throws {
    let format = try #require(ProcessInfo.processInfo.environment["COHORT_CORPUS"])
    for algorithm in CatalogSample.algorithms {
      let place = "\(Self.folder)/\(algorithm)-\(format)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      try DurableDirectory.publish(CatalogSample.files(algorithm), to: place + "/model")
      try Data(Self.rows.utf8).write(to: URL(filePath: place + "/rows.csv"))
      let scores = try CorpusScores(
        of: ArtifactReader.load(place + "/model"), for: place + "/rows.csv")
      try CanonicalJSON.encode(scores).write(to: URL(filePath: place + "/scores.json"))
    }
  }

  /// Customers of both groups and between, with gaps, levels nobody knew and values beyond the training's.
  private static let rows = """
    id,spend,visits,plan,active,since
    r-1,24.5,3,basic,true,2020-03-01
    r-2,531.125,33,premium,false,2022-11-30
    r-3,250,17,trial,true,2019-06-15
    r-4,,,,,
    r-5,40,,platinum,false,2024-02-29
    r-6,100000,400,basic,true,1999-12-31
    r-7,-12.75,0,premium,false,2030-01-01
    r-8,512,30,,true,2021-07-04

    """
}

/// What an artifact says of rows.
struct CorpusScores: Codable {
  let identity: String
  let modelDigest: String
  /// How this machine rounds what models use: equal texts, equal rounding.
  let arithmetic: String
  /// Answers by column, the bits of doubles in hexadecimal.
  let columns: [String: [String]]

  init(of artifact: StoredArtifact, for csv: String) throws {
    identity = artifact.identity
    modelDigest = try artifact.manifest.modelDigest
    arithmetic = Self.fingerprint()
    let inputs = artifact.inputs
    let table = try Table.read(
      csv: csv, options: CSVOptions(nullTokens: inputs.nullTokens, kinds: inputs.kinds),
      on: .serial)
    var columns: [String: [Double]] = [:]
    switch artifact.content {
    case .segmentation(let artifact):
      let x = try artifact.pipeline.encoder.encode(table, on: .serial).matrix
      let assignments = try artifact.pipeline.assign(x, on: .serial)
      columns["segment"] = assignments.labels.map { Double($0) }
      columns["distance"] = assignments.distances
      columns["strength"] = assignments.strengths
      columns["anomaly"] = assignments.anomalies
    case .propensity(let artifact):
      let rows = try artifact.pipeline.features(of: table, on: .serial)
      let answers = try artifact.pipeline.probabilities(of: rows.features, on: .serial)
      columns["raw"] = answers.raw
      columns["calibrated"] = answers.calibrated
      columns["contributions"] = try artifact.pipeline.contributions(to: table, on: .serial)
        .values.values
    }
    self.columns = columns.mapValues { $0.map(Self.text) }
  }

  private static func text(_ value: Double) -> String {
    String(value.bitPattern, radix: 16)
  }

  static func number(_ text: String) -> Double {
    Double(bitPattern: UInt64(text, radix: 16) ?? Double.nan.bitPattern)
  }

  /// The roundings of exponentials, logarithms and matrix products at some hundred places.
  private static func fingerprint() -> String {
    let places = (1...200).map { Double($0) * 0.173 }
    let rows = Matrix(rowCount: 8, columnCount: 25, values: places)
    let product = rows.multiplied(by: Matrix(rowCount: 25, columnCount: 8, values: places))
    let values =
      places.map { exp(-$0) } + places.map { log($0) } + places.map { log1p($0) }
      + places.map { pow($0, 0.3) } + product.values
    // Fowler-Noll-Vo.
    let hash = values.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, value in
      (hash ^ value.bitPattern) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }
}
