import Artifacts
import Foundation
import Numerical
import Tabular
import Testing

struct TrainingProfileTests {
  private static func profile(_ column: Column) throws -> TrainingProfile.Column {
    let table = Table(columns: [column])
    let encoder = try TableEncoder.fit(
      table, features: [column.name], options: EncodingOptions())
    let profile = try #require(TrainingProfile(of: table, encoder: encoder, on: .serial))
    #expect(profile.rowCount == column.rowCount)
    return try #require(profile.columns.first)
  }

  private static func whole(_ values: [Int64], missing: Int = 0) throws -> TrainingProfile.Column {
    try profile(
      Column(
        name: "n", values: .integer(values), missingRows: Array(0..<missing)))
  }

  /// - Parameter counts: rows by level, `a` first; those without one come last.
  private static func levels(
    _ counts: [Int], missing: Int = 0
  ) throws -> TrainingProfile.Column {
    let codes = counts.indices.flatMap { [Int32](repeating: Int32($0), count: counts[$0]) }
    let total = codes.count + missing
    return try profile(
      Column(
        name: "plan",
        values: .category(
          codes: codes + [Int32](repeating: -1, count: missing),
          levels: Array(["a", "b", "c", "d"].prefix(counts.count))),
        missingRows: Array(codes.count..<total)))
  }

  @Test func `a hundred numbers fall into five bins of twenty`() throws {
    let column = try Self.whole((0..<100).map { Int64($0) })
    // The twentieth number is 19; the next point of the grid is 20, the edge between them.
    #expect(column.numbers?.edges == [19.5, 39.5, 59.5, 79.5])
    #expect(column.numbers?.rowCounts == [20, 20, 20, 20, 20])
    #expect(column.missing == nil && column.levels == nil && column.other == nil)
  }

  @Test func `there are ten bins at most`() throws {
    let column = try Self.whole((0..<1000).map { Int64($0 % 500) })
    #expect(column.numbers?.rowCounts == [Int](repeating: 100, count: 10))
  }

  @Test func `edges are coarse and none is a row's value`() throws {
    let values = (0..<100).map { Int64($0) * 1000 }
    // From 19,000 to 80,000 is a range of tens of thousands: the grid has hundreds.
    #expect(try Self.whole(values).numbers?.edges == [19_050, 39_050, 59_050, 79_050])
    let real = try Self.profile(
      Column(name: "x", values: .real((0..<100).map { Double($0) / 100 + 0.001234 })))
    // From 0.19 to 0.80: the grid has thousandths, and 0.191234 lies nearest to 0.191.
    #expect(real.numbers?.edges == [0.1915, 0.3915, 0.5915, 0.7915])
    #expect(real.numbers?.rowCounts == [20, 20, 20, 20, 20])
  }

  @Test func `equal values stay together and equal edges are one`() throws {
    let values = (0..<100).map { Double(max(0, $0 - 59)) }
    let column = try Self.profile(Column(name: "x", values: .real(values)))
    // Sixty zeros take the first three quantiles; the fourth is 20.
    #expect(column.numbers?.edges == [0.05, 20.05])
    #expect(column.numbers?.rowCounts == [60, 20, 20])
  }

  @Test func `a constant has one bin`() throws {
    let column = try Self.whole([Int64](repeating: 7, count: 100))
    #expect(column.numbers?.edges == [])
    #expect(column.numbers?.rowCounts == [100])
  }

  @Test func `yes and no are two bins, if neither is rare`() throws {
    let often = try Self.profile(
      Column(name: "b", values: .boolean((0..<100).map { $0 < 30 })))
    #expect(often.numbers?.edges == [0.5])
    #expect(often.numbers?.rowCounts == [70, 30])
    let seldom = try Self.profile(
      Column(name: "b", values: .boolean((0..<100).map { $0 < 10 })))
    #expect(seldom.numbers?.edges == [])
    #expect(seldom.numbers?.rowCounts == [100])
  }

  @Test func `missing numbers are counted where they are many`() throws {
    let values = (0..<100).map { Int64($0) }
    let many = try Self.whole(values, missing: 20)
    #expect(many.missing == 20)
    // Of 20 … 99 in four parts.
    #expect(many.numbers?.edges == [39.5, 59.5, 79.5])
    #expect(many.numbers?.rowCounts == [20, 20, 20, 20])
  }

  @Test func `few missing numbers join the first bin`() throws {
    let values = (0..<100).map { Int64($0) }
    let few = try Self.whole(values, missing: 5)
    #expect(few.missing == nil)
    // Of the 95 numbers 5 … 99 those of rank 24, 48 and 72.
    #expect(few.numbers?.edges == [28.5, 52.5, 76.5])
    #expect(few.numbers?.rowCounts == [24 + 5, 24, 24, 23])
  }

  @Test func `few numbers among missing ones are not told, none are`() throws {
    let values = (0..<100).map { Int64($0) }
    let few = try Self.whole(values, missing: 95)
    #expect(few.missing == nil)
    #expect(few.numbers?.rowCounts == [100])
    let none = try Self.whole(values, missing: 100)
    #expect(none.missing == 100)
    #expect(none.numbers?.rowCounts == [])
  }

  @Test func `rare levels are counted together`() throws {
    let column = try Self.levels([50, 30, 12, 8])
    #expect(column.levels?.map(\.level) == ["a", "b"])
    #expect(column.levels?.map(\.rowCount) == [50, 30])
    #expect(column.other == 20 && column.missing == nil && column.numbers == nil)
  }

  @Test func `a rest that is too small takes in the smallest level`() throws {
    let column = try Self.levels([50, 40, 10])
    #expect(column.levels?.map(\.level) == ["a"])
    #expect(column.other == 50)
  }

  @Test func `missing levels are a group like the others`() throws {
    let many = try Self.levels([50, 30], missing: 20)
    #expect(many.levels?.map(\.rowCount) == [50, 30])
    #expect(many.missing == 20 && many.other == nil)
    let few = try Self.levels([60, 35], missing: 5)
    #expect(few.levels?.map(\.rowCount) == [60])
    #expect(few.missing == nil && few.other == 40)
  }

  @Test func `of fewer than twenty rows there is no profile`() throws {
    for (count, isTold) in [(19, false), (20, true)] {
      let table = Table(columns: [
        Column(name: "n", values: .integer((0..<count).map { Int64($0) }))
      ])
      let encoder = try TableEncoder.fit(table, features: ["n"], options: EncodingOptions())
      #expect((TrainingProfile(of: table, encoder: encoder, on: .serial) != nil) == isTold)
    }
    let artifact = try Sample.artifact()
    #expect(artifact.profile == nil)
    #expect(try !artifact.files().contains { $0.path == Self.file })
  }

  @Test func `threads change nothing`() throws {
    let table = CatalogSample.table(rowCount: 3000)
    let encoder = try TableEncoder.fit(
      table, features: CatalogSample.features, options: EncodingOptions())
    let serial = try #require(TrainingProfile(of: table, encoder: encoder, on: .serial))
    #expect(
      TrainingProfile(of: table, encoder: encoder, on: WorkerPool(threadCount: 4)) == serial)
    #expect(serial.columns.map(\.name) == CatalogSample.features)
    var counts: [Int] = []
    for column in serial.columns {
      counts += column.numbers?.rowCounts ?? []
      counts += column.levels?.map(\.rowCount) ?? []
      counts += [column.other, column.missing].compactMap { $0 }
    }
    #expect(counts.allSatisfy { $0 >= Disclosure.leastRows })
    #expect(counts.reduce(0, +) == 3000 * CatalogSample.features.count)
  }

  @Test func `answers are counted as columns are`() throws {
    let table = CatalogSample.table(rowCount: 100)
    let encoder = try TableEncoder.fit(
      table, features: CatalogSample.features, options: EncodingOptions())
    let profile = try #require(TrainingProfile(of: table, encoder: encoder, on: .serial))
    let pooled = profile.answering(sizes: [50, 30, 12], unassigned: 8)
    #expect(pooled.segments?.map(\.segment) == [0, 1])
    #expect(pooled.segments?.map(\.rowCount) == [50, 30])
    #expect(pooled.otherSegments == 20 && pooled.scores == nil)
    let told = profile.answering(sizes: [50, 25], unassigned: 25)
    #expect(told.segments?.map(\.segment) == [-1, 0, 1])
    #expect(told.otherSegments == nil)
    // Forty scores are two bins: rank 20 is 0.2, on a grid of thousandths.
    let scored = profile.answering(scores: (1...40).reversed().map { Double($0) / 100 })
    #expect(scored.scores?.rowCounts == [20, 20])
    #expect(scored.segments == nil)
    #expect(profile.answering(scores: [0.1, 0.2]).scores == nil)
  }
}

/// Profiles that do not fit their artifact.
extension TrainingProfileTests {
  private static let file = "evidence/profile.json"

  private static let columns = """
    {"rows":60,"columns":[
    {"name":"spend","numbers":{"edges":[50.5,520.5],"rows":[20,20,20]}},
    {"name":"visits","numbers":{"edges":[10.5],"rows":[20,20]},"missing":20},
    {"name":"plan","levels":[{"level":"premium","rows":30}],"other":30},
    {"name":"active","numbers":{"edges":[0.5],"rows":[30,30]}},
    {"name":"since","numbers":{"edges":[],"rows":[60]}}]
    """
  private static let segmented =
    columns + #","segments":[{"segment":0,"rows":20},{"segment":1,"rows":20}],"other_segments":20}"#
  private static let scored = columns + #","scores":{"edges":[0.25],"rows":[30,30]}}"#

  private static func load(_ text: String, _ algorithm: String) throws -> StoredArtifact {
    var form = try ForgedForm(CatalogSample.files(algorithm))
    form[bytes: file] = Data(text.utf8)
    return try form.load()
  }

  private static func expectRefusal(
    of text: String, _ algorithm: String, replacing old: String, with new: String, at place: String,
    _ fault: ArtifactError.ContentFault = .value
  ) {
    #expect(text.contains(old), "\(old)")
    #expect(throws: ArtifactError.content(file: file, place: place, fault), "\(new)") {
      try load(text.replacing(old, with: new), algorithm)
    }
  }

  @Test func `a profile that fits is read and leaves the model's digest alone`() throws {
    let before = try ForgedForm(CatalogSample.files("k-means")).load()
    #expect(try before.segmentation.profile?.rowCount == 60)
    let after = try Self.load(Self.segmented, "k-means")
    #expect(try after.segmentation.profile?.otherSegments == 20)
    #expect(try before.manifest.modelDigest == after.manifest.modelDigest)
    let scored = try Self.load(Self.scored, "gradient-boosting")
    #expect(try scored.propensity.profile?.scores?.edges == [0.25])
  }

  private static let evils: [(old: String, new: String, place: String)] = [
    (#""rows":60,"#, #""rows":0,"#, "rows"), (#""rows":60,"#, #""rows":-60,"#, "rows"),
    (#""rows":60,"#, #""rows":61,"#, "columns.0"),
    (#""spend""#, #""spent""#, "columns"), (#""plan""#, #""spend""#, "columns"),
    ("[20,20,20]", "[20,20,21]", "columns.0"), ("[20,20,20]", "[40,20]", "columns.0"),
    ("[20,20,20]", "[20,60,-20]", "columns.0"), ("[20,20,20]", "[20,40,0]", "columns.0"),
    ("[20,20,20]", "[9223372036854775807,9223372036854775807,62]", "columns.0"),
    ("[50.5,520.5]", "[520.5,50.5]", "columns.0"), ("[50.5,520.5]", "[50.5,50.5]", "columns.0"),
    (#""missing":20"#, #""missing":-20"#, "columns.1"),
    (#""missing":20"#, #""missing":20,"other":20"#, "columns.1"),
    (#""premium""#, #""gold""#, "columns.2"), (#""other":30"#, #""other":29"#, "columns.2"),
    (
      #"{"level":"premium","rows":30}"#,
      #"{"level":"premium","rows":15},{"level":"premium","rows":15}"#, "columns.2"
    ),
    (
      #""levels":[{"level":"premium","rows":30}],"other":30"#,
      #""numbers":{"edges":[],"rows":[60]}"#, "columns.2"
    ),
    (#""segment":1"#, #""segment":3"#, "segments"), (#""segment":1"#, #""segment":0"#, "segments"),
    (#""other_segments":20"#, #""other_segments":19"#, "segments"),
    (#""other_segments":20"#, #""scores":{"edges":[],"rows":[60]}"#, "scores"),
  ]

  @Test func `a profile that does not add up is refused`() {
    for evil in Self.evils {
      Self.expectRefusal(
        of: Self.segmented, "k-means", replacing: evil.old, with: evil.new, at: evil.place)
    }
  }

  @Test func `a key that nobody knows or one that is missing is refused`() {
    Self.expectRefusal(
      of: Self.segmented, "k-means", replacing: #""edges":[10.5]"#,
      with: #""edges":[10.5],"note":1"#, at: "columns.1.numbers.note", .unknownKey)
    Self.expectRefusal(
      of: Self.segmented, "k-means", replacing: #""edges":[10.5],"#, with: "",
      at: "columns.1.numbers.edges", .missing)
  }

  @Test func `scores of another number of rows are refused, and segments beside them`() {
    Self.expectRefusal(
      of: Self.scored, "gradient-boosting", replacing: #"[0.25],"rows":[30,30]"#,
      with: #"[0.25],"rows":[30,29]"#, at: "scores")
    Self.expectRefusal(
      of: Self.scored, "gradient-boosting", replacing: #","scores""#,
      with: #","segments":[{"segment":0,"rows":60}],"scores""#, at: "segments")
  }
}
