import Numerical
import Testing

@Suite struct CellGridTests {
  static func grid(_ x: Matrix, side: Double, on pool: WorkerPool = .serial) -> CellGrid? {
    let columns = (0..<x.columnCount).map(x.column)
    return x.values.withUnsafeBufferPointer { values in
      values.baseAddress.flatMap {
        CellGrid(
          $0, rowCount: x.rowCount, columnCount: x.columnCount, side: side,
          lows: columns.map { $0.min() ?? 0 }, highs: columns.map { $0.max() ?? 0 }, on: pool)
      }
    }
  }

  static func points(_ rowCount: Int, _ columnCount: Int) -> Matrix {
    var random = RandomSource(seed: Seed(UInt64(columnCount)))
    return Matrix(
      rowCount: rowCount, columnCount: columnCount,
      values: (0..<rowCount * columnCount).map { _ in random.uniform() * 9 })
  }

  @Test(arguments: [1, 2, 3])
  func `cells hold every row once, in ascending order`(columns: Int) throws {
    let x = Self.points(700, columns)
    let grid = try #require(Self.grid(x, side: 1))
    #expect(grid.rows.elements.map(Int.init).sorted() == Array(0..<700))
    for cell in 0..<grid.cellCount {
      let rows = grid.places(ofCells: cell..<cell + 1).map { Int(grid.rows[$0]) }
      #expect(!rows.isEmpty && rows == rows.sorted())
      // Whole parts of (x − least) / 1, the side being 1.
      let places = Set(
        rows.map { row in
          (0..<columns).map { Int(x[row, $0] - (x.column($0).min() ?? 0)) }
        })
      #expect(places.count == 1)
    }
  }

  @Test(arguments: [1, 2, 3])
  func `runs around a cell hold exactly the rows at most two cells away`(columns: Int) throws {
    let x = Self.points(500, columns)
    let grid = try #require(Self.grid(x, side: 1))
    let lows = (0..<columns).map { x.column($0).min() ?? 0 }
    let cells = (0..<500).map { row in (0..<columns).map { Int(x[row, $0] - lows[$0]) } }
    for cell in 0..<grid.cellCount {
      let own = cells[Int(grid.rows[grid.places(ofCells: cell..<cell + 1).lowerBound])]
      let found = grid.runOffsets.indices.flatMap { run in
        grid.places(ofCells: grid.cells(ofRun: run, around: cell)).map { Int(grid.rows[$0]) }
      }
      let expected = (0..<500).filter { row in
        zip(cells[row], own).allSatisfy { abs($0 - $1) <= CellGrid.reach }
      }
      #expect(found.sorted() == expected)
    }
  }

  @Test func `cells without number are refused`() {
    let x = Matrix(rows: [[0, 0], [1e300, 1], [3, 2]])
    #expect(Self.grid(x, side: 1) == nil)
    #expect(Self.grid(x, side: 0) == nil)
    #expect(Self.grid(Matrix(rows: [[0, 0], [1e6, 1e6]]), side: 1e-6) == nil)
  }

  @Test func `the number of threads does not show`() throws {
    let x = Self.points(40_000, 2)
    let reference = try #require(Self.grid(x, side: 0.3))
    let other = try #require(Self.grid(x, side: 0.3, on: WorkerPool(threadCount: 3)))
    #expect(reference.rows.elements == other.rows.elements)
    #expect(reference.starts.elements == other.starts.elements)
  }
}

@Suite struct KeyedRowsTests {
  @Test(arguments: [UInt64(0), 5, 3000, 1 << 40, .max])
  func `rows are sorted by key, equal keys by row`(largest: UInt64) {
    var random = RandomSource(seed: Seed(4))
    let keys = (0..<50_000).map { _ in
      largest == .max ? random.next64() : random.next64() % (largest + 1)
    }
    let sorted = KeyedRows(count: keys.count, largest: largest, on: WorkerPool(threadCount: 2)) {
      keys[$0]
    }
    let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    #expect(sorted.entries.elements.map { Int($0.row) } == expected)
    #expect(sorted.entries.elements.map(\.key) == expected.map { keys[$0] })
  }
}

@Suite struct ConcurrentSetsTests {
  @Test(arguments: [1, 2, 4])
  func `joins by many threads give the connected components`(threads: Int) {
    let count = 20_000
    var random = RandomSource(seed: Seed(9))
    let pairs = (0..<15_000).map { _ in (random.integer(below: count), random.integer(below: count))
    }
    let sets = ConcurrentSets(count: count)
    WorkerPool(threadCount: threads).forEachChunk(count: 150) { chunk in
      for pair in pairs[chunk * 100..<(chunk + 1) * 100] { sets.join(pair.0, pair.1) }
    }
    // Components by spreading the least number along the pairs until nothing changes.
    var least = Array(0..<count)
    var isChanging = true
    while isChanging {
      isChanging = false
      for (a, b) in pairs where least[a] != least[b] {
        least[a] = min(least[a], least[b])
        least[b] = least[a]
        isChanging = true
      }
    }
    #expect((0..<count).map(sets.root) == least)
  }
}
