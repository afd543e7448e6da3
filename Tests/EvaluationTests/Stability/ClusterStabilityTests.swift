import Evaluation
import TestSupport
import Testing

struct ClusterStabilityTests {
  private static func recoveries(of boot: StabilityFixture.Boot) throws -> [SegmentRecovery] {
    try boot.replicates.map { run in
      try SegmentRecovery(
        of: boot.labels, segmentCount: boot.segmentCount, rows: run.rows, labels: run.labels)
    }
  }

  @Test func `every similarity equals that of fpc`() throws {
    for boot in try StabilityFixture.load().boots {
      let recoveries = try Self.recoveries(of: boot)
      for segment in 0..<boot.segmentCount {
        #expect(
          recoveries.map { $0.similarities[segment] } == boot.similarities[segment], "\(boot.name)")
      }
    }
  }

  @Test func `noise is compared with noise alone, as in fpc`() throws {
    let boot = try #require(try StabilityFixture.load().boots.first { $0.labels.contains(-1) })
    let recoveries = try Self.recoveries(of: boot)
    #expect(recoveries.map(\.noiseSimilarity) == boot.similarities.last)
  }

  /// Sums of up to 30 numbers in another order.
  @Test func `means and counts equal those of fpc`() throws {
    for boot in try StabilityFixture.load().boots {
      let stability = try ClusterStability(Self.recoveries(of: boot))
      let segments = stability.segments + [stability.noise].compactMap { $0 }
      #expect(segments.map(\.dissolved) == boot.dissolved, "\(boot.name)")
      #expect(segments.map(\.recovered) == boot.recovered, "\(boot.name)")
      for (segment, mean) in zip(segments, boot.means) {
        #expect(isClose(segment.mean, mean, within: 1e-15), "\(boot.name)")
      }
    }
  }

  // Segment 0 has rows 0–3 of which 0, 1, 2 are compared; the replicate joins 0 and 1 with 4: 2 / 4. Row 2
  // alone is 1 / 3, so 1/2 stands. Segment 1, rows 4 and 5 with 4 compared: 1 / 3. Segment 2 has no row.
  @Test func `six rows have the similarities of sets`() throws {
    let recovery = try SegmentRecovery(
      of: [0, 0, 0, 0, 1, 1], segmentCount: 3, rows: [0, 1, 2, 4, -1], labels: [0, 0, 1, 0, 1])
    #expect(recovery.similarities == [0.5, 1.0 / 3, 0])
    #expect(recovery.noiseSimilarity == nil)
    #expect(recovery.rowCount == 4)
  }

  @Test func `a replicate without segments recovers none`() throws {
    let recovery = try SegmentRecovery(
      of: [0, 0, -1], segmentCount: 1, rows: [0, 1, 2], labels: [-1, -1, -1])
    #expect(recovery.similarities == [0])
    #expect(recovery.noiseSimilarity == 1.0 / 3)
  }

  @Test func `noise that no replicate finds again has no similarity`() throws {
    let recovery = try SegmentRecovery(
      of: [0, 0, -1], segmentCount: 1, rows: [0, 1], labels: [0, 0])
    #expect(recovery.similarities == [1])
    #expect(recovery.noiseSimilarity == 0)
  }

  @Test func `a mean is read by the usual scale`() {
    let means = [0.0, 0.599, 0.6, 0.749, 0.75, 0.849, 0.85, 1]
    let readings: [ClusterStability.Reading] = [
      .doubtful, .doubtful, .pattern, .pattern, .valid, .valid, .highlyStable, .highlyStable,
    ]
    #expect(means.map { ClusterStability.Reading($0) } == readings)
  }

  // Similarities 0.5 and 1: dissolved once, recovered once, mean 0.75.
  @Test func `a similarity of one half is dissolved`() throws {
    let labels = [0, 0, 1, 1]
    let half = try SegmentRecovery(
      of: labels, segmentCount: 2, rows: [0, 1, 2, 3], labels: [0, 1, 2, 2])
    let whole = try SegmentRecovery(
      of: labels, segmentCount: 2, rows: [0, 1, 2, 3], labels: [1, 1, 0, 0])
    let stability = try ClusterStability([half, whole])
    #expect(stability.segments[0].dissolved == 1)
    #expect(stability.segments[0].recovered == 1)
    #expect(stability.minimum == 0.75)
    #expect(stability.mean == 0.875)
    #expect(stability.adjustedRandIndex.greatest == 1)
  }

  @Test func `without replicates or segments there is no stability`() {
    #expect(throws: EvaluationError.count(.replicates, needed: 1, found: 0)) {
      try ClusterStability([])
    }
    #expect(throws: EvaluationError.clusters(found: 0, rows: 1)) {
      try ClusterStability([
        SegmentRecovery(of: [-1], segmentCount: 0, rows: [0], labels: [-1])
      ])
    }
    #expect(throws: EvaluationError.lengths(expected: 1, found: 2)) {
      try SegmentRecovery(of: [0], segmentCount: 1, rows: [0], labels: [0, 0])
    }
  }
}
