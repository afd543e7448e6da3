import Numerical
import Testing

struct NeighborTreeTests {
  /// Data of every shape that trees find hard.
  static let examples: [(name: String, matrix: Matrix)] = {
    var random = RandomSource(seed: Seed(3).derived("neighbor tree"))
    func rows(_ count: Int, _ make: (Int) -> [Double]) -> Matrix {
      Matrix(rows: (0..<count).map(make))
    }
    return [
      ("one row", rows(1) { _ in [3, 4] }),
      ("three rows", rows(3) { [Double($0 * $0), 1] }),
      ("random", rows(1500) { _ in [random.normal(), random.normal(), random.normal()] }),
      ("random, two columns", rows(5000) { _ in [random.uniform(), random.uniform()] }),
      ("wide", rows(300) { _ in (0..<25).map { _ in random.normal() } }),
      ("grid", rows(900) { [Double($0 % 30), Double($0 / 30)] }),
      ("copies", rows(1200) { [Double($0 % 7), 2, -1] }),
      ("constant", rows(700) { _ in [1.5, -2] }),
      ("line", rows(800) { [Double($0 * 37 % 800), 0, 0, 0] }),
      ("heavy tails", rows(1000) { _ in (0..<2).map { _ in 1 / (random.uniform() - 0.5) } }),
      ("powers of two", rows(600) { [Double(sign: .plus, exponent: $0 - 300, significand: 1)] }),
      ("far from the origin", rows(500) { _ in [1e12 + random.uniform(), random.uniform()] }),
      ("no columns", Matrix(rowCount: 50, columnCount: 0)),
    ]
  }()

  static func example(_ name: String) throws -> Matrix {
    try #require(examples.first { $0.name == name }).matrix
  }

  /// Rows by (squared distance, row), the plain way.
  static func ranking(_ x: Matrix, from point: [Double], except own: Int?) -> [(Double, Int)] {
    (0..<x.rowCount).filter { $0 != own }
      .map {
        (DistanceTile.squaredDistance(point, x.row($0), dimension: x.columnCount), $0)
      }
      .sorted { $0 < $1 }
  }

  @Test(arguments: examples.map(\.name))
  func `every row has a slot and every node bounds its rows`(name: String) throws {
    let x = try Self.example(name)
    let tree = NeighborTree(x, on: .serial)
    let misplaced = (0..<x.rowCount).filter { row in
      let slot = Int(tree.slotOfRow[row])
      return tree.rowOfSlot[slot] != row
        || (0..<x.columnCount).contains { tree.coordinate($0, ofSlot: slot) != x[row, $0] }
    }
    #expect(misplaced.isEmpty)
    #expect((0..<tree.slotCount).count { tree.rowOfSlot[$0] != .max } == x.rowCount)
    for number in 0..<tree.nodeCount {
      let node = tree.nodes[number]
      let slots = Int(node.firstSlot)..<Int(node.endSlot)
      let held = slots.map { tree.rowOfSlot[$0] }.filter { $0 != .max }
      #expect(held.count == Int(node.rowCount))
      #expect(held.min() == node.leastRow)
      let loose = (0..<x.columnCount).filter { j in
        let values = held.map { x[Int($0), j] }
        return tree.boxes[(number * 2) * x.columnCount + j] != values.min()
          || tree.boxes[(number * 2 + 1) * x.columnCount + j] != values.max()
      }
      #expect(loose.isEmpty)
      if !node.isLeaf {
        #expect(tree.nodes[Int(node.child)].firstSlot == node.firstSlot)
        #expect(tree.nodes[Int(node.child) + 1].endSlot == node.endSlot)
        #expect(tree.nodes[Int(node.child)].parent == number)
      } else {
        #expect(held.count <= NeighborTree.leafCapacity)
      }
    }
  }

  @Test(arguments: examples.map(\.name))
  func `the depth is logarithmic`(name: String) throws {
    let x = try Self.example(name)
    // Middle splits end at 2 log2(leaves) + 10; halving needs log2 of the rest.
    var leaves = 1
    var log = 0
    while leaves < x.rowCount / NeighborTree.leafCapacity + 1 {
      (leaves, log) = (leaves * 2, log + 1)
    }
    #expect(NeighborTree(x, on: .serial).depth <= 3 * log + 12)
  }

  @Test(arguments: examples.map(\.name), [1, 4, 10, 300])
  func `nearest others are those of all comparisons`(name: String, count: Int) throws {
    let x = try Self.example(name)
    let tree = NeighborTree(x, on: .serial)
    let lists = tree.nearestOthers(count, on: .serial)
    let length = min(count, x.rowCount - 1)
    #expect(lists.length == length)
    for row in stride(from: 0, to: x.rowCount, by: max(1, x.rowCount / 20)) {
      let expected = Self.ranking(x, from: x.row(row), except: row).prefix(length)
      let first = Int(tree.slotOfRow[row]) * length
      let rows = (0..<length).map { Int(tree.rowOfSlot[Int(lists.slots[first + $0])]) }
      #expect(rows == expected.map(\.1), "row \(row)")
      #expect((0..<length).map { lists.squaredDistances[first + $0] } == expected.map(\.0))
    }
  }

  @Test(arguments: examples.map(\.name), [1, 7])
  func `rows nearest to new points are those of all comparisons`(name: String, count: Int) throws {
    let x = try Self.example(name)
    let tree = NeighborTree(x, on: .serial)
    var random = RandomSource(seed: Seed(5))
    // Near, far and equal to a row.
    let points = (0..<60).map { index -> [Double] in
      let row = x.row(index * 7 % x.rowCount)
      let scale = [0, 1e-3, 1, 1e3][index % 4]
      return row.map { $0 + scale * random.normal() }
    }
    let queries = Matrix(
      rowCount: points.count, columnCount: x.columnCount, values: points.flatMap { $0 })
    let lists = tree.nearest(count, to: queries, on: WorkerPool(threadCount: 2))
    for (query, point) in points.enumerated() {
      let expected = Self.ranking(x, from: point, except: nil).prefix(lists.length)
      let rows = (0..<lists.length).map {
        Int(tree.rowOfSlot[Int(lists.slots[query * lists.length + $0])])
      }
      #expect(rows == expected.map(\.1), "query \(query)")
    }
    // Few queries are searched one by one.
    for query in [0, 1, 2, 3, 59] {
      let alone = tree.nearest(count, to: queries.selectingRows([query]), on: .serial)
      let first = query * lists.length
      #expect(alone.slots.elements == Array(lists.slots.elements[first..<first + lists.length]))
    }
  }

  @Test(arguments: ["random, two columns", "copies", "heavy tails"])
  func `tree and lists have the same bytes at any number of threads`(name: String) throws {
    let x = try Self.example(name)
    let one = NeighborTree(x, on: .serial)
    let lists = one.nearestOthers(5, on: .serial)
    for threads in [2, 3, 5] {
      let pool = WorkerPool(threadCount: threads)
      let tree = NeighborTree(x, on: pool)
      #expect(
        (0..<tree.slotCount).map { tree.rowOfSlot[$0] }
          == (0..<one.slotCount).map { one.rowOfSlot[$0] })
      #expect(tree.nearestOthers(5, on: pool).slots.elements == lists.slots.elements)
    }
  }

  @Test func `a tree of no rows answers with empty lists`() {
    let tree = NeighborTree(Matrix(rowCount: 0, columnCount: 2), on: .serial)
    #expect(tree.nearestOthers(3, on: .serial).length == 0)
    #expect(tree.nearest(3, to: Matrix(rows: [[1, 2]]), on: .serial).length == 0)
  }
}
