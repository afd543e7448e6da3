/// Moves of rows from one centre to another, the cheapest first, then the smallest row: a binary heap.
struct MoveHeap {
  struct Move {
    let cost: Double
    let row: Int32

    static func < (a: Move, b: Move) -> Bool {
      a.cost != b.cost ? a.cost < b.cost : a.row < b.row
    }
  }

  private var moves: [Move] = []

  var first: Move? { moves.first }

  /// Adds a move without keeping order; `order` restores it.
  mutating func append(_ move: Move) { moves.append(move) }

  mutating func order() {
    for index in stride(from: moves.count / 2 - 1, through: 0, by: -1) { sink(index) }
  }

  mutating func push(_ move: Move) {
    moves.append(move)
    var index = moves.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard move < moves[parent] else { break }
      moves[index] = moves[parent]
      index = parent
    }
    moves[index] = move
  }

  mutating func removeFirst() {
    guard let last = moves.popLast(), !moves.isEmpty else { return }
    moves[0] = last
    sink(0)
  }

  private mutating func sink(_ start: Int) {
    let move = moves[start]
    var index = start
    while true {
      var child = 2 * index + 1
      guard child < moves.count else { break }
      if child + 1 < moves.count, moves[child + 1] < moves[child] { child += 1 }
      guard moves[child] < move else { break }
      moves[index] = moves[child]
      index = child
    }
    moves[index] = move
  }
}

/// Dijkstra's algorithm over few nodes, each settled by a scan; ties go to the smaller node.
struct ShortestPath {
  private var distances: [Double]
  private var predecessors: [Int]
  private var isSettled: [Bool]

  init(nodeCount: Int) {
    distances = [Double](repeating: .infinity, count: nodeCount)
    predecessors = [Int](repeating: -1, count: nodeCount)
    isSettled = [Bool](repeating: false, count: nodeCount)
  }

  mutating func start(at source: Int) {
    for node in distances.indices {
      distances[node] = .infinity
      predecessors[node] = -1
      isSettled[node] = false
    }
    distances[source] = 0
  }

  /// Infinite for a node not reached.
  func distance(to node: Int) -> Double { distances[node] }

  /// Nil for the source.
  func predecessor(of node: Int) -> Int? {
    predecessors[node] >= 0 ? predecessors[node] : nil
  }

  /// The nearest node not settled yet, which is settled now; nil when no other can be reached.
  mutating func settleNearest() -> Int? {
    var nearest = -1
    var least = Double.infinity
    for node in distances.indices where !isSettled[node] && distances[node] < least {
      (nearest, least) = (node, distances[node])
    }
    guard nearest >= 0 else { return nil }
    isSettled[nearest] = true
    return nearest
  }

  /// A way to `node` through a settled one; a length below zero is rounding.
  mutating func offer(_ node: Int, through settled: Int, length: Double) {
    guard !isSettled[node] else { return }
    let distance = distances[settled] + max(0, length)
    if distance < distances[node] {
      distances[node] = distance
      predecessors[node] = settled
    }
  }
}
