import CIntrinsics

/// Merges the rows of a leaf into a list of nearest rows.
///
/// A few rows are inserted one by one. Many are placed at once by counting, for each entry and each row, how
/// many stand before it: no branch depends on the data, where insertion mispredicts one in every row.
struct NeighborMerger {
  /// The distances to a leaf's points, to be filled before `merge`.
  let distances: ScratchBuffer<Double>
  private let slots: ScratchBuffer<Int32>
  private let mergedDistances: ScratchBuffer<Double>
  private let mergedSlots: ScratchBuffer<Int32>
  private let length: Int

  init(length: Int) {
    self.length = length
    let capacity = NeighborTree.leafCapacity
    distances = ScratchBuffer(count: capacity + 4)
    slots = ScratchBuffer(count: capacity)
    mergedDistances = ScratchBuffer(count: length + capacity + 4)
    mergedSlots = ScratchBuffer(count: length + capacity + 4)
  }

  /// Enters the points whose bits are set in `rows`.
  @inline(__always)
  func merge(
    _ rows: UInt64, firstSlot: Int, into list: inout NeighborList,
    rowOfSlot: UnsafePointer<Int32>
  ) {
    var rows = rows
    var count = 0
    while rows != 0 {
      let index = rows.trailingZeroBitCount
      rows &= rows &- 1
      let distance = distances.start[index]
      if distance == list.bound && rowOfSlot[firstSlot &+ index] >= list.boundRow { continue }
      distances.start[count] = distance
      slots.start[count] = Int32(truncatingIfNeeded: firstSlot &+ index)
      count &+= 1
    }
    if count <= 2 {
      for index in 0..<count {
        let slot = Int(slots.start[index])
        if list.admits(distances.start[index], row: rowOfSlot[slot]) {
          list.enter(distances.start[index], slot: slot, rowOfSlot: rowOfSlot)
        }
      }
    } else {
      place(count, into: &list, rowOfSlot)
    }
  }

  private func place(
    _ count: Int, into list: inout NeighborList, _ rowOfSlot: UnsafePointer<Int32>
  ) {
    for index in count..<count &+ 4 { distances.start[index] = .infinity }
    let padded = (count &+ 3) & ~3
    for place in 0..<length {
      let distance = list.squaredDistances[place]
      let after = countNotBelow(distance, padded)
      let target = place &+ padded &- after
      mergedDistances.start[target] = distance
      mergedSlots.start[target] = list.slots[place]
    }
    for index in 0..<count {
      let distance = distances.start[index]
      let target = countNotAbove(distance, list) &+ rank(of: index, padded)
      mergedDistances.start[target] = distance
      mergedSlots.start[target] = slots.start[index]
    }
    orderTies(length &+ count, rowOfSlot)
    list.squaredDistances.update(from: mergedDistances.start, count: length)
    list.slots.update(from: mergedSlots.start, count: length)
    list.updateBound(rowOfSlot)
  }

  /// How many of the first `padded` distances are at least `distance`.
  @inline(__always)
  private func countNotBelow(_ distance: Double, _ padded: Int) -> Int {
    let limit = SIMD4(repeating: distance)
    var count = 0
    var index = 0
    while index < padded {
      count &+= cohort_at_most_f64x4(limit, load(distances.start, index)).nonzeroBitCount
      index &+= 4
    }
    return count
  }

  /// How many entries of the list are at most `distance`.
  @inline(__always)
  private func countNotAbove(_ distance: Double, _ list: NeighborList) -> Int {
    let limit = SIMD4(repeating: distance)
    var count = 0
    var index = 0
    while index &+ 4 <= length {
      count &+= cohort_at_most_f64x4(load(list.squaredDistances, index), limit).nonzeroBitCount
      index &+= 4
    }
    let rest: UInt32 = 1 &<< UInt32(length &- index) &- 1
    return count
      &+ (cohort_at_most_f64x4(load(list.squaredDistances, index), limit) & rest).nonzeroBitCount
  }

  /// The place of a row among the new ones, equal ones in their order.
  @inline(__always)
  private func rank(of index: Int, _ padded: Int) -> Int {
    let distance = SIMD4(repeating: distances.start[index])
    var (below, notAbove): (UInt64, UInt64) = (0, 0)
    var other = 0
    while other < padded {
      let four = load(distances.start, other)
      notAbove |= UInt64(cohort_at_most_f64x4(four, distance)) &<< UInt64(other)
      below |= UInt64(15 ^ cohort_at_most_f64x4(distance, four)) &<< UInt64(other)
      other &+= 4
    }
    let before: UInt64 = 1 &<< UInt64(index) &- 1
    return (below | (notAbove & before)).nonzeroBitCount
  }

  /// Puts equal distances that may stay in the list in the order of rows.
  @inline(__always)
  private func orderTies(_ count: Int, _ rowOfSlot: UnsafePointer<Int32>) {
    var isTied = false
    for place in 1...length where mergedDistances.start[place] == mergedDistances.start[place &- 1] {
      isTied = true
    }
    if isTied { insertionSort(count, rowOfSlot) }
  }

  private func insertionSort(_ count: Int, _ rowOfSlot: UnsafePointer<Int32>) {
    for index in 1..<count {
      let (distance, slot) = (mergedDistances.start[index], mergedSlots.start[index])
      // Entries without a row are at infinity, behind all others.
      guard slot >= 0 else { continue }
      var place = index
      while place > 0, mergedDistances.start[place &- 1] == distance,
        rowOfSlot[Int(mergedSlots.start[place &- 1])] > rowOfSlot[Int(slot)]
      {
        mergedDistances.start[place] = mergedDistances.start[place &- 1]
        mergedSlots.start[place] = mergedSlots.start[place &- 1]
        place &-= 1
      }
      (mergedDistances.start[place], mergedSlots.start[place]) = (distance, slot)
    }
  }

  @inline(__always)
  private func load(_ values: UnsafeMutablePointer<Double>, _ index: Int) -> SIMD4<Double> {
    UnsafeRawPointer(values + index).loadUnaligned(as: SIMD4<Double>.self)
  }
}
