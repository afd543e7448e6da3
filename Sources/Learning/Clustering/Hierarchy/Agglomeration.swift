import Numerical

/// Clusters that can be searched and merged, whatever they are made of.
///
/// The linkage must be reducible: a merged cluster is no nearer to a third than the nearer of its two
/// parts was.
protocol ClusterSpace: AnyObject {
  var count: Int { get }
  var slotCount: Int { get }
  func id(of slot: Int) -> Int32
  /// The nearest other cluster of each of `slots`.
  func findNearest(
    of slots: [Int32], into links: UnsafeMutablePointer<ClusterLink>, on pool: WorkerPool)
  /// Puts each merged cluster into the first slot of its pair and empties the second.
  func merge(_ pairs: [ClusterPair], on pool: WorkerPool)
  /// Numbers the slots anew where that pays; gives the new number of every old slot, −1 for empty.
  func compact(on pool: WorkerPool) -> [Int32]?
  /// The height of a dissimilarity in the units of the data.
  func height(_ value: Double) -> Double
}

/// Two clusters about to merge and the id of the result.
struct ClusterPair {
  let first: Int
  let second: Int
  let id: Int32
}

/// Merges clusters until few enough are left.
///
/// In rounds: every pair of clusters that are each other's nearest merges at once, which for reducible
/// linkages gives the same tree as merging the closest pair again and again. Then the merged clusters
/// and those whose nearest cluster is gone are searched anew. Data exist for which rounds search many
/// clusters for few merges; once they have searched more than `searchBudget` times the clusters there were, the
/// nearest-neighbour chain takes over, which needs at most three searches per merge.
///
/// - Source: Bruynooghe (1978); Murtagh (1983); Müllner (2011); Sumengen et al. (2021).
struct Agglomeration {
  private(set) var log: MergeLog
  private var links = NearestLinks(slotCount: 0)
  /// Clusters whose nearest cluster must be searched.
  private var unlinked: [Int32] = []
  private var searches = 0
  private var found: ScratchBuffer<ClusterLink>
  private let context: FitContext

  private static let searchBudget = 8
  private static let urgentShare = 50

  init(_ log: MergeLog, in context: FitContext) {
    self.log = log
    self.context = context
    found = ScratchBuffer(count: log.rowCount)
  }

  /// Takes over a space whose clusters have no links yet.
  mutating func enter(_ space: some ClusterSpace) {
    links = NearestLinks(slotCount: space.slotCount)
    unlinked = (0..<space.slotCount).filter { space.id(of: $0) >= 0 }
      .map { Int32(truncatingIfNeeded: $0) }
  }

  /// Goes on with clusters that have got new slots.
  mutating func renumber(_ slots: [Int32], slotCount: Int) {
    links = NearestLinks(links, renumberedBy: slots, slotCount: slotCount)
    unlinked = unlinked.map { slots[Int($0)] }.sorted()
  }

  mutating func run<Space: ClusterSpace>(
    _ space: Space, until target: Int
  ) throws(LearningError) {
    let budget = Self.searchBudget * log.rowCount
    while space.count > max(1, target) && searches < budget {
      if context.isCancelled() { throw .cancelled }
      if let slots = space.compact(on: context.pool) {
        renumber(slots, slotCount: space.slotCount)
      }
      let searched = search(space)
      merge(mutualPairs(among: searched, space), in: space)
    }
    if space.count > max(1, target) { try chain(space, until: target) }
  }

  private mutating func search<Space: ClusterSpace>(_ space: Space) -> [Int32] {
    let wanted = takeUrgent(of: space.count)
    space.findNearest(of: wanted, into: found.start, on: context.pool)
    searches += wanted.count
    for (index, slot) in wanted.enumerated() { links.set(Int(slot), found.start[index]) }
    for (index, slot) in wanted.enumerated() { relax(Int(slot), found.start[index], space) }
    return wanted
  }

  /// Clusters to search now: those that another cluster is linked to.
  ///
  /// Nobody waits for the rest yet, and their nearest may well merge again before somebody does. If
  /// few are waited for, all are taken, so that the pool has work.
  private mutating func takeUrgent(of count: Int) -> [Int32] {
    let urgent = unlinked.filter { links.hasFollowers(Int($0)) }
    if urgent.count * Self.urgentShare < count {
      defer { unlinked = [] }
      return unlinked
    }
    unlinked.removeAll { links.hasFollowers(Int($0)) }
    return urgent
  }

  /// Links the nearest of a cluster back where rounding or a tie made it nearer than its own nearest.
  private func relax<Space: ClusterSpace>(_ slot: Int, _ link: ClusterLink, _ space: Space) {
    let other = Int(link.slot)
    let present = links[other]
    guard present.slot >= 0, link.value <= present.value else { return }
    let id = space.id(of: other)
    let rank = tieRank(id, space.id(of: slot))
    if link.value == present.value && rank >= tieRank(id, space.id(of: Int(present.slot))) {
      return
    }
    links.set(other, ClusterLink(slot: Int32(truncatingIfNeeded: slot), value: link.value))
  }

  /// The pairs that the last search has made each other's nearest.
  private mutating func mutualPairs<Space: ClusterSpace>(among searched: [Int32], _ space: Space)
    -> [ClusterPair]
  {
    var pairs: [ClusterPair] = []
    for slot in searched {
      let link = links[Int(slot)]
      guard link.slot >= 0, links[Int(link.slot)].slot == slot else { continue }
      let pair = log(link, slot, space)
      pairs.append(pair)
      links.remove(pair.first)
      links.remove(pair.second)
    }
    for pair in pairs {
      links.removeFollowers(of: pair.first, into: &unlinked)
      links.removeFollowers(of: pair.second, into: &unlinked)
      unlinked.append(Int32(truncatingIfNeeded: pair.first))
    }
    unlinked.sort()
    return pairs
  }

  /// Notes the merge of a cluster with its nearest.
  private mutating func log<Space: ClusterSpace>(
    _ link: ClusterLink, _ slot: Int32, _ space: Space
  ) -> ClusterPair {
    let first = Int(min(slot, link.slot))
    let second = Int(max(slot, link.slot))
    let pair = ClusterPair(first: first, second: second, id: log.nextID)
    log.append(space.id(of: first), space.id(of: second), height: space.height(link.value))
    return pair
  }

  private func merge<Space: ClusterSpace>(_ pairs: [ClusterPair], in space: Space) {
    space.merge(pairs, on: context.pool)
  }
}

extension Agglomeration {
  /// The nearest-neighbour chain, which also knows the links that are there.
  private mutating func chain<Space: ClusterSpace>(
    _ space: Space, until target: Int
  ) throws(LearningError) {
    var chain: [Int32] = []
    var start = 0
    while space.count > max(1, target) {
      if context.isCancelled() { throw .cancelled }
      if let slots = space.compact(on: context.pool) {
        links = NearestLinks(links, renumberedBy: slots, slotCount: space.slotCount)
        chain = chain.map { slots[Int($0)] }
        start = 0
      }
      if chain.isEmpty {
        while space.id(of: start) < 0 { start += 1 }
        chain.append(Int32(truncatingIfNeeded: start))
      }
      let tip = chain[chain.count - 1]
      if links[Int(tip)].slot < 0 {
        space.findNearest(of: [tip], into: found.start, on: context.pool)
        links.set(Int(tip), found.start[0])
        relax(Int(tip), found.start[0], space)
      }
      let link = links[Int(tip)]
      guard links[Int(link.slot)].slot == tip else {
        chain.append(link.slot)
        continue
      }
      let pair = log(link, tip, space)
      links.remove(pair.first)
      links.remove(pair.second)
      var orphans: [Int32] = []
      links.removeFollowers(of: pair.first, into: &orphans)
      links.removeFollowers(of: pair.second, into: &orphans)
      // Pairs get closer along the chain, so the partner is the one before or not in it at all.
      chain.removeLast()
      if chain.last == link.slot { chain.removeLast() }
      space.merge([pair], on: context.pool)
    }
    unlinked = []
  }
}
