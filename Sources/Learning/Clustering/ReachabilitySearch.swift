import CIntrinsics
import Numerical

/// Finds for new rows the fitted row of least mutual reachability.
struct ReachabilitySearch: Sendable {
  /// The row joined, and the mutual reachability distance to it.
  struct Join: BitwiseCopyable, Sendable {
    let row: Int
    let distance: Double
  }

  private let tree: NeighborTree
  private let minSamples: Int
  /// 1 / alpha².
  private let scale: Double
  /// Squared core distances per slot, infinite for padding, and the least of each node.
  private let cores: ScratchBuffer<Double>
  private let nodeCores: ScratchBuffer<Double>

  init(_ tree: NeighborTree, coreDistances: [Double], minSamples: Int, alpha: Double) {
    self.tree = tree
    self.minSamples = minSamples
    scale = 1 / (alpha * alpha)
    cores = ScratchBuffer(count: tree.slotCount, repeating: .infinity)
    for (row, distance) in coreDistances.enumerated() {
      cores.start[Int(tree.slotOfRow[row])] = distance * distance
    }
    nodeCores = tree.nodeMinima(of: cores.start)
  }

  /// Of equally reachable rows the nearest is joined, of equally near ones the first.
  func nearest(to x: Matrix, on pool: WorkerPool) -> [Join] {
    let lists = tree.nearest(minSamples, to: x, on: pool)
    let joins = ScratchBuffer<Join>(count: x.rowCount)
    let chunks = RowChunks(count: x.rowCount, size: 256)
    x.values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      pool.forEachChunk(count: chunks.count) { chunk in
        let stack = NodeStack(tree)
        for row in chunks[chunk] {
          var best = listed(row, lists)
          if best.weight > best.core { widen(&best, first + row * tree.dimension, stack) }
          joins.start[row] = Join(
            row: Int(tree.rowOfSlot[best.slot]), distance: best.weight.squareRoot())
        }
      }
    }
    return joins.elements
  }

  /// The best fitted row so far; weights are squares.
  private struct Best {
    /// The new row's own core distance, below which no weight can be.
    let core: Double
    var weight = Double.infinity
    var slot = 0
  }

  private func listed(_ row: Int, _ lists: NeighborLists) -> Best {
    let first = row * lists.length
    var best = Best(core: lists.squaredDistances.start[first + lists.length - 1])
    for place in first..<first + lists.length {
      let slot = Int(lists.slots.start[place])
      let weight = max(
        best.core, max(cores.start[slot], lists.squaredDistances.start[place] * scale))
      if weight < best.weight { (best.weight, best.slot) = (weight, slot) }
      if best.weight == best.core { break }
    }
    return best
  }

  /// Looks beyond the list for a row in a denser place.
  private func widen(_ best: inout Best, _ point: UnsafePointer<Double>, _ stack: NodeStack) {
    stack.push(0, 0)
    while let (node, lowerBound) = stack.pop() {
      guard lowerBound < best.weight else { continue }
      if tree.nodes[node].isLeaf {
        scan(node, point, into: &best)
      } else {
        let child = Int(tree.nodes[node].child)
        stack.push(child, bound(point, child), bound(point, child &+ 1))
      }
    }
  }

  @inline(__always)
  private func bound(_ point: UnsafePointer<Double>, _ node: Int) -> Double {
    max(tree.squaredDistance(from: point, toBoxOf: node) * scale, nodeCores.start[node])
  }

  private func scan(_ leaf: Int, _ point: UnsafePointer<Double>, into best: inout Best) {
    var slot = Int(tree.nodes[leaf].firstSlot)
    while slot < Int(tree.nodes[leaf].endSlot) {
      let distances = tree.squaredDistances(from: point, toBlockAt: slot)
      let cores = UnsafeRawPointer(cores.start + slot).loadUnaligned(as: SIMD4<Double>.self)
      let weights = cohort_max_f64x4(distances * scale, cores)
      var bits = cohort_at_most_f64x4(weights, SIMD4(repeating: best.weight))
      while bits != 0 {
        let lane = bits.trailingZeroBitCount
        bits &= bits &- 1
        let weight = max(weights[lane], best.core)
        if weight < best.weight { (best.weight, best.slot) = (weight, slot &+ lane) }
      }
      slot &+= 4
    }
  }
}
