internal import Numerical

/// Points of an experiment's blocks in the order in which a search draws them.
///
/// A block is drawn first, each with the same chance, then a point of it. Combinations that can be counted are
/// drawn without repetition. What the first n draws are does not depend on how many follow.
struct Draws {
  /// Draws in a row that bring nothing new before a block with ranges counts as used up.
  private static let patience = 1_000

  private let seed: Seed
  private var blocks: RandomSource
  /// The numbers of the blocks that may hold more.
  private(set) var open: [Int] = []
  private var sources: [BlockSource]

  private struct BlockSource {
    var random: RandomSource
    /// Of a block whose combinations can be counted, those that are left, the next one last.
    var left: [Int]?
  }

  init(_ spaces: [BlockSpace], seed: Seed) {
    self.seed = seed
    blocks = RandomSource(seed: seed.derived("search blocks"))
    open = spaces.indices.filter { spaces[$0].count(upTo: 2) != 1 }
    sources = spaces.enumerated().map { number, space in
      var random = RandomSource(seed: seed.derived("search block", number))
      let count = space.count(upTo: Grid.trialLimit + 1)
      let left = count.flatMap { $0 <= Grid.trialLimit ? random.permutation(count: $0) : nil }
      return BlockSource(random: random, left: left)
    }
  }

  /// Takes the blocks without a choice, of which there is nothing to draw.
  func takeFixed(_ grid: inout Grid, upTo count: Int) throws(StudyError) {
    for (number, space) in grid.spaces.enumerated() where space.count(upTo: 2) == 1 {
      if grid.configurations.count >= count { return }
      _ = try grid.add(.init(block: number, point: space.point(0)))
    }
  }

  /// Draws until the grid has `count` configurations or nothing new is found; blocks without a choice come first.
  mutating func fill(_ grid: inout Grid, to count: Int) throws(StudyError) {
    try takeFixed(&grid, upTo: count)
    while grid.configurations.count < count, !open.isEmpty {
      let turn = blocks.integer(below: open.count)
      if try !draw(from: open[turn], into: &grid) { open.remove(at: turn) }
    }
  }

  /// Whether something new was found.
  private mutating func draw(from block: Int, into grid: inout Grid) throws(StudyError) -> Bool {
    let space = grid.spaces[block]
    for _ in 0..<Self.patience {
      let point: [Double]
      if sources[block].left != nil {
        guard let number = sources[block].left?.popLast() else { return false }
        point = space.point(number)
      } else {
        point = space.dimensions.map { _ in sources[block].random.uniform() }
      }
      if try grid.add(.init(block: block, point: point)) == .new { return true }
    }
    // A block that can be counted goes on until it is used up.
    return sources[block].left?.isEmpty == false
  }

  /// Fills Latin hypercubes: `count` points shared out among the blocks with a choice; along every dimension of a
  /// block, each of as many strata as it has points holds one of them.
  ///
  /// Points that mean the same are fewer configurations.
  func fillEvenly(_ grid: inout Grid, with count: Int) throws(StudyError) {
    for (turn, block) in open.enumerated() where count > 0 {
      let points = count / open.count + (turn < count % open.count ? 1 : 0)
      var random = RandomSource(seed: seed.derived("search cube", block))
      let space = grid.spaces[block]
      let strata = space.dimensions.map { _ in random.permutation(count: points) }
      for place in 0..<points {
        let point = strata.map { (Double($0[place]) + random.uniform()) / Double(points) }
        _ = try grid.add(.init(block: block, point: point))
      }
    }
  }
}
