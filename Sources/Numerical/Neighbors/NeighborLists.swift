/// For each of many points the nearest rows of a tree, the nearest first.
package struct NeighborLists: Sendable {
  /// Entries of each list.
  package let length: Int
  /// Squared distances; those of list i start at i · length.
  package let squaredDistances: ScratchBuffer<Double>
  /// The rows' slots in the tree; `rowOfSlot` turns them into rows.
  package let slots: ScratchBuffer<Int32>

  init(count: Int, length: Int) {
    self.length = length
    // Lists are read four entries at a time, the last one beyond its end.
    squaredDistances = ScratchBuffer(count: count * length + 4)
    slots = ScratchBuffer(count: count * length)
  }

  func list(_ index: Int) -> NeighborList {
    NeighborList(
      squaredDistances.start + index &* length, slots.start + index &* length, length: length)
  }
}

/// The nearest rows found so far, ascending by (squared distance, row).
struct NeighborList {
  let squaredDistances: UnsafeMutablePointer<Double>
  let slots: UnsafeMutablePointer<Int32>
  let last: Int
  /// The last entry: what is not before (bound, boundRow) cannot enter.
  private(set) var bound = Double.infinity
  private(set) var boundRow = Int32.max

  /// Whether no row has entered.
  var isEmpty: Bool { slots[0] < 0 }

  init(
    _ squaredDistances: UnsafeMutablePointer<Double>, _ slots: UnsafeMutablePointer<Int32>,
    length: Int
  ) {
    self.squaredDistances = squaredDistances
    self.slots = slots
    last = length &- 1
    squaredDistances.update(repeating: .infinity, count: length)
    slots.update(repeating: -1, count: length)
  }

  @inline(__always)
  func admits(_ squaredDistance: Double, row: Int32) -> Bool {
    squaredDistance < bound || (squaredDistance == bound && row < boundRow)
  }

  /// Enters a row that the list admits.
  @inline(__always)
  mutating func enter(
    _ squaredDistance: Double, slot: Int, rowOfSlot: UnsafePointer<Int32>
  ) {
    let row = rowOfSlot[slot]
    var place = last
    while place > 0 {
      let before = squaredDistances[place &- 1]
      if before < squaredDistance
        || (before == squaredDistance && rowOfSlot[Int(slots[place &- 1])] < row)
      {
        break
      }
      squaredDistances[place] = before
      slots[place] = slots[place &- 1]
      place &-= 1
    }
    squaredDistances[place] = squaredDistance
    slots[place] = Int32(truncatingIfNeeded: slot)
    updateBound(rowOfSlot)
  }

  @inline(__always)
  mutating func updateBound(_ rowOfSlot: UnsafePointer<Int32>) {
    let lastSlot = slots[last]
    bound = squaredDistances[last]
    boundRow = lastSlot < 0 ? .max : rowOfSlot[Int(lastSlot)]
  }
}
