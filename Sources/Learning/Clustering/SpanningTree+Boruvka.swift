import CIntrinsics
import Numerical

/// Borůvka's algorithm over a neighbour tree: in every round each component joins the nearest other one.
///
/// What a round finds is a function of the state before it and of fixed blocks of leaves, so it does not depend
/// on threads. All weights here are squares.
final class Boruvka: @unchecked Sendable {
  let tree: NeighborTree
  let lists: NeighborLists
  /// 1 / alpha².
  let scale: Double
  /// Per slot: squared core distance; infinite for padding.
  let cores: ScratchBuffer<Double>
  /// Per slot: the smallest slot of its component; −1 for padding.
  let components: ScratchBuffer<Int32>
  /// Per slot: no row outside the component is nearer than this.
  let lowerBounds: ScratchBuffer<Double>
  /// Per slot: the nearest row outside the component found so far, −1 for none, and its weight.
  let candidates: ScratchBuffer<Int32>
  let weights: ScratchBuffer<Double>
  /// Per component: the least of its weights, and the slot that has it.
  let bounds: ScratchBuffer<Double>
  let proposers: ScratchBuffer<Int32>
  /// Per node: the component that holds all its rows, or −1; and its least core distance.
  let nodeComponents: ScratchBuffer<Int32>
  let nodeCores: ScratchBuffer<Double>

  private(set) var edges: [SpanningTree.Edge] = []
  private var sets: DisjointSets
  private var isFirstRound = true

  init(
    _ tree: NeighborTree, _ lists: NeighborLists, neighbors: Int, alpha: Double,
    on pool: WorkerPool
  ) {
    self.tree = tree
    self.lists = lists
    scale = 1 / (alpha * alpha)
    let count = tree.slotCount
    cores = ScratchBuffer(count: count)
    components = ScratchBuffer(count: count)
    lowerBounds = ScratchBuffer(count: count)
    candidates = ScratchBuffer(count: count, repeating: -1)
    weights = ScratchBuffer(count: count, repeating: .infinity)
    bounds = ScratchBuffer(count: count)
    proposers = ScratchBuffer(count: count)
    nodeComponents = ScratchBuffer(count: tree.nodeCount)
    sets = DisjointSets(count: count)
    edges.reserveCapacity(max(0, tree.rowCount - 1))
    for slot in 0..<count {
      let isRow = tree.rowOfSlot[slot] != .max
      // With k − 1 other rows listed, the last of them is the k-th with the row itself.
      let place = slot * lists.length + min(neighbors - 1, lists.length) - 1
      let core = neighbors > 1 && lists.length > 0 ? lists.squaredDistances.start[place] : 0
      cores.start[slot] = isRow ? core : .infinity
      lowerBounds.start[slot] = cores.start[slot]
      components.start[slot] = isRow ? Int32(truncatingIfNeeded: slot) : -1
    }
    nodeCores = tree.nodeMinima(of: cores.start)
  }

  var isUnfinished: Bool { edges.count < tree.rowCount - 1 }

  /// Core distances in the order of rows.
  var coreDistances: [Double] {
    (0..<tree.rowCount).map { cores.start[Int(tree.slotOfRow[$0])].squareRoot() }
  }

  /// Finds the nearest other component of each component and joins them.
  ///
  /// The first round uses the neighbour lists alone: rows that they leave in doubt wait to be joined.
  func runRound(on pool: WorkerPool) {
    let leafChunks = RowChunks(count: tree.leafCount, size: 64)
    pool.forEachChunk(count: leafChunks.count) { chunk in
      for leaf in leafChunks[chunk] { refresh(Int(tree.leaves[leaf])) }
    }
    gatherComponents()
    gatherBounds()
    if !isFirstRound {
      pool.forEachChunk(count: leafChunks.count) { chunk in
        let search = RoundSearch(self)
        for leaf in leafChunks[chunk] { search.run(Int(tree.leaves[leaf])) }
      }
      gatherBounds()
    }
    join()
    isFirstRound = false
  }

  /// The edges in ascending order of (weight, a, b).
  func sortedEdges() -> [SpanningTree.Edge] {
    var edges = edges
    edges.sortByWeight()
    return edges
  }
}

extension Boruvka {
  /// Takes a leaf's rows whose candidates have come into their own component back to their lists.
  private func refresh(_ leaf: Int) {
    let node = tree.nodes[leaf]
    let first = Int(node.firstSlot)
    var common = components.start[first]
    for slot in first..<first &+ Int(node.rowCount) {
      let own = components.start[slot]
      if own != common { common = -1 }
      let candidate = Int(candidates.start[slot])
      if candidate < 0 || components.start[candidate] == own { consultList(of: slot, in: own) }
    }
    nodeComponents.start[leaf] = common
  }

  /// The nearest listed row outside the component; no row that is not listed is nearer than the last one.
  private func consultList(of slot: Int, in own: Int32) {
    let core = cores.start[slot]
    var (best, bestWeight) = (Int32(-1), Double.infinity)
    var reach = core
    for place in slot &* lists.length..<(slot &+ 1) &* lists.length {
      let other = lists.slots.start[place]
      let squaredDistance = lists.squaredDistances.start[place] * scale
      reach = max(reach, squaredDistance)
      if components.start[Int(other)] == own { continue }
      let weight = max(core, max(cores.start[Int(other)], squaredDistance))
      if weight < bestWeight
        || (weight == bestWeight && tree.rowOfSlot[Int(other)] < tree.rowOfSlot[Int(best)])
      {
        (best, bestWeight) = (other, weight)
      }
    }
    candidates.start[slot] = best
    weights.start[slot] = bestWeight
    lowerBounds.start[slot] = max(lowerBounds.start[slot], min(reach, bestWeight))
  }

  private func gatherComponents() {
    for index in stride(from: tree.nodeCount - 1, through: 0, by: -1) {
      guard !tree.nodes[index].isLeaf else { continue }
      let child = Int(tree.nodes[index].child)
      let left = nodeComponents.start[child]
      nodeComponents.start[index] = left == nodeComponents.start[child + 1] ? left : -1
    }
  }

  /// The least weight of each component.
  private func gatherBounds() {
    for slot in 0..<tree.slotCount { bounds.start[slot] = .infinity }
    for slot in 0..<tree.slotCount where candidates.start[slot] >= 0 {
      let component = Int(components.start[slot])
      let weight = weights.start[slot]
      if weight < bounds.start[component]
        || (weight == bounds.start[component]
          && isBefore(slot, Int(proposers.start[component])))
      {
        bounds.start[component] = weight
        proposers.start[component] = Int32(truncatingIfNeeded: slot)
      }
    }
  }

  /// Whether the candidate edge of slot `a` stands before that of `b`, their weights being equal.
  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let (x, y) = (edge(from: a), edge(from: b))
    return (x.a, x.b) < (y.a, y.b)
  }

  private func edge(from slot: Int) -> SpanningTree.Edge {
    let (a, b) = (tree.rowOfSlot[slot], tree.rowOfSlot[Int(candidates.start[slot])])
    return SpanningTree.Edge(weight: weights.start[slot].squareRoot(), a: min(a, b), b: max(a, b))
  }

  /// Joins components along their least edges, in the order of components.
  ///
  /// Of equal weights that would close a circle the later ones are left out: a circle of least edges has one
  /// weight throughout.
  private func join() {
    for slot in 0..<tree.slotCount where components.start[slot] == Int32(slot) {
      let proposer = Int(proposers.start[slot])
      guard bounds.start[slot] < .infinity,
        !isFirstRound || lowerBounds.start[proposer] >= weights.start[proposer]
      else { continue }
      if sets.join(proposer, Int(candidates.start[proposer])) {
        edges.append(edge(from: proposer))
      }
    }
    for slot in 0..<tree.slotCount where components.start[slot] >= 0 {
      components.start[slot] = Int32(truncatingIfNeeded: sets.representative(of: slot))
    }
  }
}
