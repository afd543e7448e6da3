internal import Foundation
internal import Numerical

/// Proposes points where good results are dense and others are not (tree-structured Parzen estimator).
///
/// Of n places, best first, the first ⌈0.15 n⌉ are good. One density is learnt from the good, one from the others;
/// of 24 points drawn from the first, the one is proposed at which the first exceeds the second most. The tree:
/// a block is chosen first, and its dimensions learn from the places in that block alone.
///
/// - Source: Bergstra, Bardenet, Bengio and Kégl (2011).
struct TreeParzen {
  private static let goodShare = 0.15
  private static let drawCount = 24

  private let spaces: [BlockSpace]
  private let good: Density
  private let others: Density

  /// - Parameters:
  ///   - open: numbers of the blocks to propose from.
  ///   - ranked: best first.
  ///   - pending: proposed without a result yet, which counts as none of the good: proposals keep apart.
  ///
  /// Nil without a block.
  init?(_ spaces: [BlockSpace], open: [Int], ranked: [Grid.Place], pending: [Grid.Place]) {
    guard !open.isEmpty else { return nil }
    self.spaces = spaces
    let places = ranked.filter { open.contains($0.block) }
    let goodCount = Self.goodCount(of: places.count)
    good = Density(spaces, open, Array(places.prefix(goodCount)))
    others = Density(
      spaces, open, places.dropFirst(goodCount) + pending.filter { open.contains($0.block) })
  }

  static func goodCount(of count: Int) -> Int { Int((goodShare * Double(count)).rounded(.up)) }

  /// ln of the good density over the other at a place.
  func score(_ place: Grid.Place) -> Double { good.log(at: place) - others.log(at: place) }

  /// Places in the order of falling score.
  func proposals(_ random: inout RandomSource) -> [Grid.Place] {
    var drawn: [(place: Grid.Place, score: Double)] = []
    for _ in 0..<Self.drawCount {
      let place = good.draw(spaces, &random)
      drawn.append((place, score(place)))
    }
    return drawn.enumerated().sorted {
      $0.element.score == $1.element.score
        ? $0.offset < $1.offset : $0.element.score > $1.element.score
    }.map(\.element.place)
  }

  /// How places are spread over blocks, and within each.
  private struct Density {
    private enum Coordinate {
      case scale(ParzenScale)
      case choice(ParzenChoice)
    }

    private let open: [Int]
    /// By place in `open`.
    private let blocks: ParzenChoice
    /// By block.
    private let coordinates: [[Coordinate]]

    init(_ spaces: [BlockSpace], _ open: [Int], _ places: [Grid.Place]) {
      self.open = open
      blocks = ParzenChoice(
        count: open.count, taken: places.compactMap { open.firstIndex(of: $0.block) })
      coordinates = spaces.enumerated().map { number, space in
        let points = places.filter { $0.block == number }.map(\.point)
        return space.dimensions.enumerated().map { place, dimension in
          let values = points.map { $0[place] }
          switch dimension {
          case .scale: return .scale(ParzenScale(values))
          case .choice(let count):
            return .choice(
              ParzenChoice(count: count, taken: values.map { BlockSpace.cell($0, of: count) }))
          }
        }
      }
    }

    func log(at place: Grid.Place) -> Double {
      var sum =
        open.firstIndex(of: place.block).map { Foundation.log(blocks.probabilities[$0]) } ?? 0
      for (coordinate, x) in zip(coordinates[place.block], place.point) {
        switch coordinate {
        case .scale(let scale): sum += Foundation.log(scale.density(at: x))
        case .choice(let choice):
          let count = choice.probabilities.count
          sum += Foundation.log(choice.probabilities[BlockSpace.cell(x, of: count)])
        }
      }
      return sum
    }

    func draw(_ spaces: [BlockSpace], _ random: inout RandomSource) -> Grid.Place {
      let block = open[blocks.draw(&random)]
      var point: [Double] = []
      for coordinate in coordinates[block] {
        switch coordinate {
        case .scale(let scale): point.append(scale.draw(&random))
        case .choice(let choice):
          let count = choice.probabilities.count
          point.append((Double(choice.draw(&random)) + 0.5) / Double(count))
        }
      }
      return Grid.Place(block: block, point: spaces[block].settled(point))
    }
  }
}
