import Numerical

/// The nearest cluster of every cluster, and for every cluster those it is nearest to.
///
/// Invariant: along links, pairs never get farther apart (in the order of value, then `tieRank`). So
/// the closest pair of all are each other's nearest, and a pair can only become mutual when the link
/// of one of the two is set.
final class NearestLinks {
  private let nearest: ScratchBuffer<Int32>
  private let values: ScratchBuffer<Double>
  /// The first of the clusters linked to a cluster, and the neighbours in that list.
  private let first: ScratchBuffer<Int32>
  private let next: ScratchBuffer<Int32>
  private let previous: ScratchBuffer<Int32>

  init(slotCount: Int) {
    nearest = ScratchBuffer(count: slotCount, repeating: -1)
    values = ScratchBuffer(count: slotCount, repeating: .infinity)
    first = ScratchBuffer(count: slotCount, repeating: -1)
    next = ScratchBuffer(count: slotCount, repeating: -1)
    previous = ScratchBuffer(count: slotCount, repeating: -1)
  }

  /// The links of `old` after its slots got new numbers; −1 stands for a slot that is gone.
  init(_ old: NearestLinks, renumberedBy slots: [Int32], slotCount: Int) {
    nearest = ScratchBuffer(count: slotCount, repeating: -1)
    values = ScratchBuffer(count: slotCount, repeating: .infinity)
    first = ScratchBuffer(count: slotCount, repeating: -1)
    next = ScratchBuffer(count: slotCount, repeating: -1)
    previous = ScratchBuffer(count: slotCount, repeating: -1)
    for (before, after) in slots.enumerated() where after >= 0 {
      let link = old[before]
      if link.slot >= 0 {
        set(Int(after), ClusterLink(slot: slots[Int(link.slot)], value: link.value))
      }
    }
  }

  /// The link of a cluster, `.none` where it is not known.
  subscript(slot: Int) -> ClusterLink {
    ClusterLink(slot: nearest.start[slot], value: values.start[slot])
  }

  func set(_ slot: Int, _ link: ClusterLink) {
    remove(slot)
    let target = Int(link.slot)
    let follower = Int32(truncatingIfNeeded: slot)
    nearest.start[slot] = link.slot
    values.start[slot] = link.value
    let head = first.start[target]
    next.start[slot] = head
    previous.start[slot] = -1
    if head >= 0 { previous.start[Int(head)] = follower }
    first.start[target] = follower
  }

  func hasFollowers(_ slot: Int) -> Bool { first.start[slot] >= 0 }

  /// Forgets the link of a cluster.
  func remove(_ slot: Int) {
    let target = nearest.start[slot]
    guard target >= 0 else { return }
    let (before, after) = (previous.start[slot], next.start[slot])
    if before >= 0 {
      next.start[Int(before)] = after
    } else {
      first.start[Int(target)] = after
    }
    if after >= 0 { previous.start[Int(after)] = before }
    nearest.start[slot] = -1
    values.start[slot] = .infinity
  }

  /// Forgets the links to a cluster and appends the clusters that had them to `orphans`.
  func removeFollowers(of slot: Int, into orphans: inout [Int32]) {
    while first.start[slot] >= 0 {
      let follower = first.start[slot]
      remove(Int(follower))
      orphans.append(follower)
    }
  }
}
