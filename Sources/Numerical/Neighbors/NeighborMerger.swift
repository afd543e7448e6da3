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
    let (distances, slots) = (distances.start, slots.start)
    let (bound, boundRow) = (list.bound, list.boundRow)
    var rows = rows
    var count = 0
    while rows != 0 {
      let index = rows.trailingZeroBitCount
      rows &= rows &- 1
      let distance = distances[index]
      if distance == bound && rowOfSlot[firstSlot &+ index] >= boundRow { continue }
      distances[count] = distance
      slots[count] = Int32(truncatingIfNeeded: firstSlot &+ index)
      count &+= 1
    }
    if count <= 2 {
      for index in 0..<count {
        let slot = Int(slots[index])
        if list.admits(distances[index], row: rowOfSlot[slot]) {
          list.enter(distances[index], slot: slot, rowOfSlot: rowOfSlot)
        }
      }
    } else {
      place(count, into: &list, rowOfSlot)
    }
  }

  private func place(
    _ count: Int, into list: inout NeighborList, _ rowOfSlot: UnsafePointer<Int32>
  ) {
    let (distances, slots) = (distances.start, slots.start)
    let (merged, mergedSlots) = (mergedDistances.start, mergedSlots.start)
    let (entries, entrySlots, length) = (list.squaredDistances, list.slots, length)
    for index in count..<count &+ 4 { distances[index] = .infinity }
    let padded = (count &+ 3) & ~3
    if list.isEmpty {
      for place in 0..<length {
        (merged[count &+ place], mergedSlots[count &+ place]) = (.infinity, -1)
      }
    } else {
      for place in 0..<length {
        let target = place &+ Self.countBelow(entries[place], distances, padded)
        (merged[target], mergedSlots[target]) = (entries[place], entrySlots[place])
      }
    }
    let held = list.isEmpty ? 0 : length
    var sum = 0
    for index in 0..<count {
      let below = Self.countBelow(distances[index], distances, padded)
      let target = Self.countNotAbove(distances[index], entries, held) &+ below
      (merged[target], mergedSlots[target]) = (distances[index], slots[index])
      sum &+= below
    }
    // Ranks are 0 ..< count unless two are equal.
    if sum &* 2 != count &* (count &- 1) { placeEqual(count, held, list) }
    orderTies(length &+ count, rowOfSlot)
    entries.update(from: merged, count: length)
    entrySlots.update(from: mergedSlots, count: length)
    list.updateBound(rowOfSlot)
  }

  /// Places the new rows again, equal ones in their order.
  private func placeEqual(_ count: Int, _ held: Int, _ list: NeighborList) {
    let distances = distances.start
    for index in 0..<count {
      var target = Self.countNotAbove(distances[index], list.squaredDistances, held)
      for other in 0..<count
      where distances[other] < distances[index]
        || (distances[other] == distances[index] && other < index)
      {
        target &+= 1
      }
      mergedDistances.start[target] = distances[index]
      mergedSlots.start[target] = slots.start[index]
    }
  }

  /// How many of `padded` values are below `limit`.
  @inline(__always)
  private static func countBelow(
    _ limit: Double, _ values: UnsafeMutablePointer<Double>, _ padded: Int
  ) -> Int {
    let limit = SIMD4(repeating: limit)
    var notBelow = 0
    var index = 0
    while index < padded {
      notBelow &+= cohort_at_most_f64x4(limit, load(values, index)).nonzeroBitCount
      index &+= 4
    }
    return padded &- notBelow
  }

  /// How many of `count` values are at most `limit`; as many as fill a vector may be read.
  @inline(__always)
  private static func countNotAbove(
    _ limit: Double, _ values: UnsafeMutablePointer<Double>, _ count: Int
  ) -> Int {
    let limit = SIMD4(repeating: limit)
    var notAbove = 0
    var index = 0
    while index &+ 4 <= count {
      notAbove &+= cohort_at_most_f64x4(load(values, index), limit).nonzeroBitCount
      index &+= 4
    }
    guard index < count else { return notAbove }
    let rest: UInt32 = 1 &<< UInt32(count &- index) &- 1
    return notAbove
      &+ (cohort_at_most_f64x4(load(values, index), limit) & rest).nonzeroBitCount
  }

  /// Puts equal distances that may stay in the list in the order of rows.
  @inline(__always)
  private func orderTies(_ count: Int, _ rowOfSlot: UnsafePointer<Int32>) {
    let merged = mergedDistances.start
    var isTied = false
    for place in 1...length where merged[place] == merged[place &- 1] { isTied = true }
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
  private static func load(_ values: UnsafeMutablePointer<Double>, _ index: Int) -> SIMD4<Double> {
    UnsafeRawPointer(values + index).loadUnaligned(as: SIMD4<Double>.self)
  }
}
