import Artifacts
import Learning
import Numerical
import Tabular

/// Answers to the rows of a table, by the names of the output schema.
struct ExportAnswers: Sendable {
  /// The segment, for segmentations.
  var segments: [Int] = []
  /// NaN where there is no number.
  var numbers: [String: [Double]] = [:]

  /// What the model itself says of every row.
  ///
  /// - Throws: `ExportError.scoring`.
  init(
    of content: StoredArtifact.Content, to table: Table, on pool: WorkerPool
  ) throws(ExportError) {
    do throws(ScoringError) {
      switch content {
      case .segmentation(let artifact):
        let given = try SegmentScorer(artifact).score(table, on: pool).assignments
        segments = given.labels
        numbers = [
          "distance": given.distances, "strength": given.strengths, "anomaly": given.anomalies,
        ]
      case .propensity(let artifact):
        let given = try PropensityScorer(artifact).score(table, on: pool)
        numbers = ["raw": given.raw, "calibrated": given.calibrated]
      }
    } catch {
      throw .scoring(error)
    }
  }

  init(segments: [Int], numbers: [String: [Double]]) {
    self.segments = segments
    self.numbers = numbers
  }

  /// The first answer that differs by more than `tolerance` (absolute below 1, relative above); for calibrated
  /// probabilities by more than `calibrated`.
  func difference(
    from expected: Self, within tolerance: Double, calibrated: Double
  ) -> (output: String, row: Int)? {
    if !expected.segments.isEmpty,
      let row = expected.segments.indices.first(where: { row in
        !segments.indices.contains(row) || segments[row] != expected.segments[row]
      })
    {
      return ("segment", row)
    }
    for name in expected.numbers.keys.sorted() {
      let (own, others) = (numbers[name] ?? [], expected.numbers[name] ?? [])
      let limit = name == "calibrated" ? calibrated : tolerance
      let row = others.indices.first { row in
        !own.indices.contains(row) || !Self.agree(own[row], others[row], within: limit)
      }
      if let row { return (name, row) }
    }
    return nil
  }

  /// Numbers that are not finite are all the same: scoring leaves them blank.
  private static func agree(_ a: Double, _ b: Double, within tolerance: Double) -> Bool {
    guard a.isFinite, b.isFinite else { return a.isFinite == b.isFinite }
    return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }
}

extension SQLQuery {
  /// What a database that holds `table` would answer.
  func answers(to table: Table, on pool: WorkerPool) -> ExportAnswers {
    let cells = table.columns.map { ($0.name, Self.cells($0)) }
    let places = Dictionary(
      cells.enumerated().map { ($0.element.0, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let piece = 256
    let rows = pool.map(count: (table.rowCount + piece - 1) / piece) { index in
      (index * piece..<min((index + 1) * piece, table.rowCount)).map { row in
        answers { name in places[name].map { cells[$0].1[row] } ?? .null }
      }
    }.flatMap { $0 }
    let names = stages.last?.columns.map(\.name) ?? []
    func numbers(_ name: String) -> [Double]? {
      names.firstIndex(of: name).map { place in rows.map { $0[place].number ?? .nan } }
    }
    let segments = numbers("segment")?.map { Int(exactly: $0) ?? .min } ?? []
    let known = ["distance", "strength", "anomaly", "raw", "calibrated"]
    return ExportAnswers(
      segments: segments,
      numbers: Dictionary(
        known.compactMap { name in numbers(name).map { (name, $0) } },
        uniquingKeysWith: { first, _ in first }))
  }

  private static func cells(_ column: Column) -> [SQLValue] {
    if let numbers = column.numbers { return numbers.map { $0.isNaN ? .null : .number($0) } }
    return (0..<column.rowCount).map { column.text(at: $0).map { .text($0) } ?? .null }
  }
}

extension ONNXGraph {
  /// What a runtime would answer to the rows of `table`.
  func answers(to table: Table, on pool: WorkerPool) -> ExportAnswers {
    let piece = 512
    let parts = pool.map(count: (table.rowCount + piece - 1) / piece) { index in
      let rows = Array(index * piece..<min((index + 1) * piece, table.rowCount))
      return ONNXInterpreter.run(self, feed(table.selectingRows(rows)))
    }
    var answers = ExportAnswers(segments: [], numbers: [:])
    for part in parts {
      for port in outputs {
        switch part[port.name]?.values {
        case .integers(let values): answers.segments += values.map { Int($0) }
        case .doubles(let values): answers.numbers[port.answer, default: []] += values
        default: break
        }
      }
    }
    return answers
  }

  /// The columns of `table` as the graph takes them: NaN and the empty text for missing values.
  private func feed(_ table: Table) -> [String: ONNXTensor] {
    var inputs: [String: ONNXTensor] = [:]
    for port in self.inputs {
      guard let column = table[port.name] else { continue }
      if port.element == .double {
        inputs[port.name] = .vector(column.numbers ?? [])
      } else {
        let texts = (0..<column.rowCount).map { column.text(at: $0) ?? "" }
        inputs[port.name] = ONNXTensor([texts.count], .texts(texts))
      }
    }
    return inputs
  }
}
