import Evaluation
import Numerical
import TestSupport
import Testing

struct ReplicateSourceTests {
  private static let x = Matrix(rowCount: 200, columnCount: 5, values: (0..<1000).map(Double.init))

  @Test func `a bootstrap has distinct rows, about 63 percent of them`() throws {
    let source = try ReplicateSource(.bootstrap, of: Self.x, seed: Seed(1))
    var total = 0
    for index in 0..<100 {
      let replicate = source.replicate(index)
      #expect(replicate.rows == Set(replicate.rows).sorted())
      #expect(replicate.x == Self.x.selectingRows(replicate.rows))
      total += replicate.rows.count
    }
    // 1 − (1 − 1/200)²⁰⁰ = 0.633; a replicate's share deviates by 0.022, the mean of 100 by 0.0022.
    #expect(abs(Double(total) / 20_000 - 0.633) < 0.009)
  }

  @Test func `a subset has the whole share of the rows`() throws {
    let replicate = try ReplicateSource(.subset(share: 0.5), of: Self.x, seed: Seed(1)).replicate(0)
    #expect(Set(replicate.rows).count == 100)
    #expect(replicate.x == Self.x.selectingRows(replicate.rows))
  }

  @Test func `another seed changes no row`() throws {
    let source = try ReplicateSource(.seed, of: Self.x, seed: Seed(1))
    #expect(source.replicate(0).x == Self.x)
    #expect(source.replicate(0).rows == Array(0..<200))
    #expect(source.replicate(0).seed != source.replicate(1).seed)
  }

  @Test func `dropping columns drops one at least and keeps one`() throws {
    let many = try ReplicateSource(.columns(share: 0.99), of: Self.x, seed: Seed(1)).replicate(0)
    #expect(many.x.columnCount == 4)
    let few = try ReplicateSource(.columns(share: 0.01), of: Self.x, seed: Seed(1)).replicate(0)
    #expect(few.x.columnCount == 1)
    let half = try ReplicateSource(.columns(share: 0.4), of: Self.x, seed: Seed(1))
    let kept = half.replicate(2).x
    #expect(kept.columnCount == 2)
    #expect(
      (0..<2).allSatisfy { column in (0..<5).contains { Self.x.column($0) == kept.column(column) } }
    )
  }

  // 5 % of 200 rows: 10, with a deviation of 3.
  @Test func `noise takes the place of some rows, which are not compared`() throws {
    let replicate = try ReplicateSource(.noise(share: 0.05), of: Self.x, seed: Seed(1)).replicate(0)
    let replaced = replicate.rows.indices.filter { replicate.rows[$0] < 0 }
    #expect((1...22).contains(replaced.count))
    for row in 0..<200 {
      #expect((replicate.x.row(row) == Self.x.row(row)) == !replaced.contains(row))
    }
  }

  @Test(arguments: [
    Resampling.bootstrap, .subset(share: 0.3), .seed, .columns(share: 0.5), .noise(share: 0.1),
  ]) func `replicates are numbered, not counted`(method: Resampling) throws {
    let source = try ReplicateSource(method, of: Self.x, seed: Seed(6))
    let again = try ReplicateSource(method, of: Self.x, seed: Seed(6))
    _ = again.replicate(0)
    #expect(source.replicate(4).rows == again.replicate(4).rows)
    #expect(source.replicate(4).x == again.replicate(4).x)
    #expect(source.replicate(4).seed == again.replicate(4).seed)
  }

  @Test func `what cannot be resampled is refused`() {
    #expect(throws: EvaluationError.noRows) {
      try ReplicateSource(.seed, of: Matrix(rowCount: 0, columnCount: 1), seed: Seed(1))
    }
    #expect(throws: EvaluationError.noColumns) {
      try ReplicateSource(.seed, of: Matrix(rowCount: 1, columnCount: 0), seed: Seed(1))
    }
    #expect(throws: EvaluationError.share(found: 1)) {
      try ReplicateSource(.subset(share: 1), of: Self.x, seed: Seed(1))
    }
    #expect(throws: EvaluationError.self) {
      try ReplicateSource(
        .noise(share: 0.5), of: Matrix(rows: [[.infinity]]), seed: Seed(1))
    }
  }
}
