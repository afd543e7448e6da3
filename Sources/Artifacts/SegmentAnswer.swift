import Learning
import Numerical
import Tabular

/// What a segmentation answers to a row of its self-test.
public struct SegmentAnswer: GoldenAnswer {
  public let segment: Int
  /// Nil where the algorithm gives none.
  public let distance: Double?
  public let strength: Double?
  public let anomaly: Double?

  public func difference(from expected: Self, within tolerance: GoldenTolerance) -> String? {
    guard segment == expected.segment else { return "segment" }
    let numbers = [
      ("distance", distance, expected.distance), ("strength", strength, expected.strength),
      ("anomaly", anomaly, expected.anomaly),
    ]
    return numbers.first { !tolerance.agree($1, $2) }?.0
  }
}

extension SegmentationPipeline: StoredPipeline {
  func checkWidths() throws(ArtifactError) {
    let x = try transformedZeros()
    do throws(LearningError) {
      _ = try clusterer.model.assign(x, on: .serial)
    } catch {
      throw .step(clusterer.algorithm, error)
    }
  }

  func answers(to table: Table) throws(ArtifactError) -> [SegmentAnswer] {
    let encoded: Matrix
    do throws(TableError) {
      encoded = try encoder.encode(table, on: .serial).matrix
    } catch {
      throw .encoding(error)
    }
    let assignments: Assignments
    do throws(LearningError) {
      assignments = try assign(encoded, on: .serial)
    } catch {
      throw .step(clusterer.algorithm, error)
    }
    let segments = SegmentDefinition.unassigned..<clusterer.model.clusterCount
    let lists = [assignments.distances, assignments.strengths, assignments.anomalies]
    guard assignments.labels.count == encoded.rowCount,
      lists.allSatisfy({ $0.count == encoded.rowCount }),
      assignments.labels.allSatisfy(segments.contains)
    else { throw .content(file: Self.file, place: "steps", .value) }
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    return assignments.labels.indices.map { row in
      SegmentAnswer(
        segment: assignments.labels[row], distance: finite(assignments.distances[row]),
        strength: finite(assignments.strengths[row]), anomaly: finite(assignments.anomalies[row]))
    }
  }
}
