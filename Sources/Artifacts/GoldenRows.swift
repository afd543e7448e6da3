import Learning
import Numerical
public import Tabular

/// A model's self-test (`evidence/golden.json`): made-up rows and the answers they must get.
///
/// Rows are composed from the input schema alone, so none is a customer's.
public struct GoldenRows: Hashable, Sendable, Codable {
  public struct Column: Hashable, Sendable, Codable {
    public let name: String
    public let kind: ColumnKind
    /// Numbers, booleans or text by kind; null where missing; days since 1970-01-01 for dates.
    public let values: [JSONValue]
  }

  public struct Answer: Hashable, Sendable, Codable {
    public let segment: Int
    /// Nil where the algorithm gives none.
    public let distance: Double?
    public let strength: Double?
    public let anomaly: Double?
  }

  public let columns: [Column]
  public let answers: [Answer]
  /// Numbers agree to this, relative above 1 and absolute below.
  ///
  /// On the machine that wrote them they are equal; other processors may round sums in another order.
  public let tolerance: Double

  /// Composes rows for `pipeline` and records its answers.
  ///
  /// - Throws: `.encoding`, `.step` if the pipeline does not take them.
  public init(for pipeline: SegmentationPipeline) throws(ArtifactError) {
    columns = pipeline.encoder.inputs.enumerated().map { Column($1, place: $0) }
    tolerance = 1e-9
    answers = try Self.answers(of: pipeline, to: columns)
  }

  /// Asks `pipeline` again.
  ///
  /// - Throws: `.golden` at the first answer that differs, `.content` for rows that are no table.
  func replay(on pipeline: SegmentationPipeline) throws(ArtifactError) {
    guard answers.count == columns.first?.values.count, tolerance >= 0, tolerance < 1e-3 else {
      throw .content(file: Self.file, place: "answers", .value)
    }
    let found = try Self.answers(of: pipeline, to: columns)
    for (row, (found, expected)) in zip(found, answers).enumerated() {
      guard found.segment == expected.segment else { throw .golden(row: row, output: "segment") }
      let numbers = [
        ("distance", found.distance, expected.distance),
        ("strength", found.strength, expected.strength),
        ("anomaly", found.anomaly, expected.anomaly),
      ]
      for (name, found, expected) in numbers where !agree(found, expected) {
        throw .golden(row: row, output: name)
      }
    }
  }

  private func agree(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }

  static let file = "evidence/golden.json"

  private static func answers(
    of pipeline: SegmentationPipeline, to columns: [Column]
  ) throws(ArtifactError) -> [Answer] {
    var tableColumns: [Tabular.Column] = []
    for column in columns { tableColumns.append(try column.tableColumn()) }
    guard Set(columns.map(\.name)).count == columns.count,
      Set(tableColumns.map(\.rowCount)).count <= 1
    else { throw .content(file: file, place: "columns", .value) }
    let encoded: Matrix
    do throws(TableError) {
      encoded = try pipeline.encoder.encode(Table(columns: tableColumns), on: .serial).matrix
    } catch {
      throw .encoding(error)
    }
    let assignments: Assignments
    do throws(LearningError) {
      assignments = try pipeline.assign(encoded, on: .serial)
    } catch {
      throw .step(pipeline.clusterer.algorithm, error)
    }
    let segments = SegmentDefinition.unassigned..<pipeline.clusterer.model.clusterCount
    let lists = [assignments.distances, assignments.strengths, assignments.anomalies]
    guard assignments.labels.count == encoded.rowCount,
      lists.allSatisfy({ $0.count == encoded.rowCount }),
      assignments.labels.allSatisfy(segments.contains)
    else { throw .content(file: SegmentationPipeline.file, place: "steps", .value) }
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    return assignments.labels.indices.map { row in
      Answer(
        segment: assignments.labels[row], distance: finite(assignments.distances[row]),
        strength: finite(assignments.strengths[row]), anomaly: finite(assignments.anomalies[row]))
    }
  }
}
