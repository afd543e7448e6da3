import Numerical
import Testing

struct DistanceTileTests {
  @Test func `a squared distance is the sum of squared differences`() {
    // (1, 5) − (4, 1) = (−3, 4): 9 + 16.
    #expect(DistanceTile.squaredDistance([1, 5], [4, 1], dimension: 2) == 25)
    #expect(DistanceTile.squaredDistance([], [], dimension: 0) == 0)
  }

  @Test func `distances do not depend on the panel a point stands in`() {
    var random = RandomSource(seed: Seed(1))
    for (count, dimension) in [(1, 1), (5, 3), (17, 7), (40, 16), (23, 65)] {
      let points = Self.cloud(count, dimension, from: &random)
      let row = Self.cloud(1, dimension, from: &random).values
      let packed = PackedPoints(points)
      var found = [Double](repeating: -1, count: packed.panelCount * 4)
      packed.withView { DistanceTile.squaredDistances(from: row, to: $0, into: &found) }
      let direct = (0..<count).map {
        DistanceTile.squaredDistance(row, points.row($0), dimension: dimension)
      }
      #expect(Array(found[0..<count]) == direct)
    }
  }

  @Test func `the nearest point is the first of the least direct distances`() {
    var random = RandomSource(seed: Seed(2))
    for count in [1, 2, 3, 4, 5, 15, 16, 17, 33, 100] {
      for dimension in [1, 2, 9] {
        let points = Self.cloud(count, dimension, from: &random)
        let row = Self.cloud(1, dimension, from: &random).values
        let distances = (0..<count).map {
          DistanceTile.squaredDistance(row, points.row($0), dimension: dimension)
        }
        let expected = distances.indices.min { (distances[$0], $0) < (distances[$1], $1) }
        let found = PackedPoints(points).withView { DistanceTile.nearest(to: row, among: $0) }
        #expect(found.index == expected)
        #expect(found.squaredDistance == distances[found.index])
      }
    }
  }

  @Test func `of equally near points the first wins wherever they stand`() {
    for twins in [[0, 1], [3, 4], [2, 17], [5, 6, 21], [0, 19]] {
      var rows = (0..<22).map { _ in [9.0, 9.0] }
      for twin in twins { rows[twin] = [1, 0] }
      let found = PackedPoints(Matrix(rows: rows)).withView {
        DistanceTile.nearest(to: [0, 0], among: $0)
      }
      #expect(found.index == twins[0])
      #expect(found.squaredDistance == 1)
    }
  }

  @Test func `padding never wins`() {
    // Padding is stored as zeros, nearer to the row than the only point.
    let found = PackedPoints(Matrix(rows: [[5.0, 5.0]])).withView {
      DistanceTile.nearest(to: [0, 0], among: $0)
    }
    #expect(found.index == 0)
    #expect(found.squaredDistance == 50)
  }

  @Test(arguments: [Spread.plain, .offset, .outlier, .duplicates, .tiny, .lattice])
  func `screened and refined passes give the nearest point of every row`(spread: Spread) {
    for (seed, shape) in [(600, 1, 3), (700, 7, 2), (520, 9, 16), (300, 40, 5), (513, 150, 19)]
      .enumerated()
    {
      var random = RandomSource(seed: Seed(UInt64(seed)))
      let x = spread.rows(shape.0, shape.2, from: &random)
      var points = x.selectingRows(random.sample(shape.1, outOf: shape.0))
      x.values.withUnsafeBufferPointer { values in
        guard let rows = values.baseAddress else { return }
        let screened = ScreenedRows(
          rows, count: x.rowCount, origin: x.row(0), reach: spread.reach, on: .serial)
        let search = NearestSearch(rows: screened, points: points)
        let scratch = SearchScratch()
        for pass in 0..<8 {
          let before = search.labels.elements
          var moved: [Int: Int] = [:]
          for block in 0..<screened.blockCount {
            if pass == 1 && block == 0 { search.regroup() }
            if pass < 2 {
              search.screenAll(
                block: block, exact: rows, keepingBounds: pass > 0, scratch: scratch)
            } else {
              search.refine(block: block, exact: rows, scratch: scratch)
            }
            for index in 0..<scratch.movedCount {
              moved[Int(scratch.moved[index])] = Int(scratch.previous[index])
            }
          }
          let labels = Self.nearest(to: points, x)
          let agrees = search.labels.elements.prefix(x.rowCount).map(Int.init) == labels
          #expect(agrees, "\(spread), pass \(pass), \(shape)")
          let changed = labels.indices.filter { Int(before[$0]) != labels[$0] }
          let notesMoves = moved.keys.sorted() == changed
          #expect(notesMoves)
          #expect(changed.allSatisfy { moved[$0] == Int(before[$0]) })
          points = spread.moved(points, pass: pass, from: &random)
          search.move(to: points)
        }
      }
    }
  }

  @Test(arguments: [Spread.plain, .offset, .outlier, .duplicates, .tiny, .lattice])
  func `a candidate screen knows gains and the rows a candidate is nearer to`(spread: Spread) {
    var random = RandomSource(seed: Seed(3))
    let x = spread.rows(701, 5, from: &random)
    for count in [1, 6, 11] {
      let points = x.selectingRows(random.sample(count, outOf: 701))
      let limits = (0..<701).map { row in
        DistanceTile.squaredDistance(x.row(row), x.row((row * 31) % 701), dimension: 5)
      }
      x.values.withUnsafeBufferPointer { values in
        guard let rows = values.baseAddress else { return }
        let screened = ScreenedRows(
          rows, count: 701, origin: x.row(0), reach: spread.reach, on: .serial)
        let weights = (0..<701).map { Double($0 % 4) }
        let slots = CandidateScreen.slots(count)
        var near = [UInt8](repeating: 0, count: 88 * slots)
        let screen = CandidateScreen(points, rows: screened)
        let found = screen.gains(64..<701, within: limits, weights: weights, near: &near)
        let squares = (0..<701).map {
          DistanceTile.squaredDistance(x.row($0), x.row(0), dimension: 5)
        }
        func sum(_ values: (Int) -> Double) -> Double {
          (64..<701).reduce(0) { $0 + weights[$1] * values($1) }
        }
        for point in 0..<count {
          let gains = (0..<701).map { row in
            limits[row]
              - DistanceTile.squaredDistance(x.row(row), points.row(point), dimension: 5)
          }
          let isNear = (64..<701).allSatisfy { row in
            gains[row] <= 0 || near[row / 8 * slots + point] >> (row % 8) & 1 == 1
          }
          #expect(isNear)
          let doubt = screen.doubt(
            of: point, weight: sum { _ in 1 }, squares: sum { squares[$0] },
            potential: sum { limits[$0] })
          let expected = sum { max(0, gains[$0]) } * screened.scale * screened.scale
          #expect(abs(found[point] - expected) <= doubt, "\(spread), \(count)")
        }
      }
    }
  }

  static func nearest(to points: Matrix, _ x: Matrix) -> [Int] {
    (0..<x.rowCount).map { row in
      let distances = (0..<points.rowCount).map {
        DistanceTile.squaredDistance(x.row(row), points.row($0), dimension: x.columnCount)
      }
      return distances.indices.min { (distances[$0], $0) < (distances[$1], $1) } ?? -1
    }
  }

  static func cloud(_ count: Int, _ dimension: Int, from random: inout RandomSource) -> Matrix {
    Matrix(
      rowCount: count, columnCount: dimension,
      values: (0..<count * dimension).map { _ in random.uniform() * 2 - 1 })
  }
}

/// Kinds of data on which single precision has a hard time.
enum Spread: Sendable {
  case plain, offset, outlier, duplicates, tiny, lattice

  /// No value lies farther from the first row's than this.
  var reach: Double {
    switch self {
    case .outlier: 1e9
    case .tiny: 1e-200
    default: 64
    }
  }

  func rows(_ count: Int, _ dimension: Int, from random: inout RandomSource) -> Matrix {
    var x = DistanceTileTests.cloud(count, dimension, from: &random)
    for index in x.values.indices {
      let (row, column) = (index / dimension, index % dimension)
      switch self {
      case .plain: break
      case .offset: x[row, column] += 1e8
      case .outlier: if row == count / 2 { x[row, column] *= 1e8 }
      case .duplicates: x[row, column] = x[row % 11, column]
      case .tiny: x[row, column] *= 1e-201
      case .lattice: x[row, column] = (x[row, column] * 3).rounded()
      }
    }
    return x
  }

  /// Small steps, so that bounds have something to skip, and now and then a large one.
  func moved(_ points: Matrix, pass: Int, from random: inout RandomSource) -> Matrix {
    var next = points
    let step = (self == .tiny ? 1e-201 : 1.0) * (pass == 4 ? 2 : 0.02)
    for row in 0..<points.rowCount where row % 3 != pass % 3 {
      for column in 0..<points.columnCount where self != .lattice || pass == 4 {
        next[row, column] += step * (random.uniform() - 0.5)
      }
    }
    return next
  }
}
