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
  /// Per slot: whether its whole list is in its component.
  let hasUsedList: ScratchBuffer<Bool>
  /// Per leaf of one component: the slot of least weight, or −1, and the least of the lower bounds.
  let leafProposers: ScratchBuffer<Int32>
  let leafLowerBounds: ScratchBuffer<Double>
  /// Per node: the component that holds all its rows, or −1; and its least core distance.
  let nodeComponents: ScratchBuffer<Int32>
  let nodeCores: ScratchBuffer<Double>

  private(set) var edges: [SpanningTree.Edge] = []
  private var sets: DisjointSets
  private var isFirstRound = true
  /// The components left, ascending.
  private var roots: [Int32] = []
  /// Per component of the last round: the one it is in now.
  private let renamed: ScratchBuffer<Int32>
  private let leafChunks: RowChunks

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
    hasUsedList = ScratchBuffer(count: count, repeating: false)
    leafProposers = ScratchBuffer(count: tree.leafCount)
    leafLowerBounds = ScratchBuffer(count: tree.leafCount)
    renamed = ScratchBuffer(count: count)
    leafChunks = RowChunks(count: tree.leafCount, size: 64)
    nodeComponents = ScratchBuffer(count: tree.nodeCount)
    sets = DisjointSets(count: count)
    roots.reserveCapacity(tree.rowCount)
    edges.reserveCapacity(max(0, tree.rowCount - 1))
    for slot in 0..<count {
      let isRow = tree.rowOfSlot[slot] != .max
      // With k − 1 other rows listed, the last of them is the k-th with the row itself.
      let place = slot * lists.length + min(neighbors - 1, lists.length) - 1
      let core = neighbors > 1 && lists.length > 0 ? lists.squaredDistances.start[place] : 0
      cores.start[slot] = isRow ? core : .infinity
      lowerBounds.start[slot] = cores.start[slot]
      components.start[slot] = isRow ? Int32(truncatingIfNeeded: slot) : -1
      if isRow { roots.append(Int32(truncatingIfNeeded: slot)) }
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
    pool.forEachChunk(count: leafChunks.count) { chunk in
      for leaf in leafChunks[chunk] { refresh(leaf) }
    }
    gatherComponents()
    gatherBounds()
    if !isFirstRound {
      pool.forEachChunk(count: leafChunks.count) { chunk in
        let search = RoundSearch(self)
        for leaf in leafChunks[chunk] { search.run(leaf) }
      }
      gatherBounds()
    }
    join()
    pool.forEachChunk(count: leafChunks.count) { chunk in
      for leaf in leafChunks[chunk] { rename(leaf) }
    }
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
    let node = tree.nodes[Int(tree.leaves[leaf])]
    let slots = Int(node.firstSlot)..<Int(node.firstSlot &+ node.rowCount)
    let (components, candidates) = (components.start, candidates.start)
    var common = components[slots.lowerBound]
    for slot in slots {
      let own = components[slot]
      if own != common { common = -1 }
      let candidate = Int(candidates[slot])
      if candidate >= 0 && components[candidate] != own { continue }
      candidates[slot] = -1
      if !hasUsedList.start[slot] { consultList(of: slot, in: own) }
    }
    nodeComponents.start[Int(tree.leaves[leaf])] = common
    if common >= 0 { summarize(leaf, slots) }
  }

  /// Notes what a leaf of one component proposes.
  func summarize(_ leaf: Int, _ slots: Range<Int>) {
    var best = -1
    var lowerBound = Double.infinity
    for slot in slots {
      lowerBound = min(lowerBound, lowerBounds.start[slot])
      if candidates.start[slot] >= 0 && (best < 0 || isBetter(slot, best)) { best = slot }
    }
    leafProposers.start[leaf] = Int32(truncatingIfNeeded: best)
    leafLowerBounds.start[leaf] = lowerBound
  }

  /// The nearest listed row outside the component; no row that is not listed is nearer than the last one.
  private func consultList(of slot: Int, in own: Int32) {
    let (components, cores) = (components.start, cores.start)
    let others = lists.slots.start + slot &* lists.length
    let distances = lists.squaredDistances.start + slot &* lists.length
    let core = cores[slot]
    var (best, bestWeight) = (Int32(-1), Double.infinity)
    for place in 0..<lists.length {
      let other = Int(others[place])
      if components[other] == own { continue }
      let weight = max(core, max(cores[other], distances[place] * scale))
      if weight < bestWeight { (best, bestWeight) = (others[place], weight) }
      if weight == core { break }
    }
    let reach = lists.length > 0 ? max(core, distances[lists.length &- 1] * scale) : core
    if best < 0 { hasUsedList.start[slot] = true }
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
    for root in roots { bounds.start[Int(root)] = .infinity }
    for leaf in 0..<tree.leafCount {
      let number = Int(tree.leaves[leaf])
      if nodeComponents.start[number] >= 0 {
        propose(Int(leafProposers.start[leaf]))
      } else {
        let node = tree.nodes[number]
        for slot in Int(node.firstSlot)..<Int(node.firstSlot &+ node.rowCount)
        where candidates.start[slot] >= 0 {
          propose(slot)
        }
      }
    }
  }

  @inline(__always)
  private func propose(_ slot: Int) {
    guard slot >= 0 else { return }
    let component = Int(components.start[slot])
    if bounds.start[component] == .infinity
      || isBetter(slot, Int(proposers.start[component]))
    {
      bounds.start[component] = weights.start[slot]
      proposers.start[component] = Int32(truncatingIfNeeded: slot)
    }
  }

  /// Whether the candidate edge of slot `a` stands before that of `b`.
  @inline(__always)
  private func isBetter(_ a: Int, _ b: Int) -> Bool {
    if weights.start[a] != weights.start[b] { return weights.start[a] < weights.start[b] }
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
    for root in roots {
      guard bounds.start[Int(root)] < .infinity else { continue }
      let proposer = Int(proposers.start[Int(root)])
      if isFirstRound && lowerBounds.start[proposer] < weights.start[proposer] { continue }
      if sets.join(proposer, Int(candidates.start[proposer])) {
        edges.append(edge(from: proposer))
      }
    }
    for root in roots {
      renamed.start[Int(root)] = Int32(truncatingIfNeeded: sets.representative(of: Int(root)))
    }
    roots.removeAll { renamed.start[Int($0)] != $0 }
  }

  private func rename(_ leaf: Int) {
    let node = tree.nodes[Int(tree.leaves[leaf])]
    for slot in Int(node.firstSlot)..<Int(node.firstSlot &+ node.rowCount) {
      components.start[slot] = renamed.start[Int(components.start[slot])]
    }
  }
}
