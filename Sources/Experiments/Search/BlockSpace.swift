internal import Learning

/// The combinations of a block's axes, as points of the unit cube.
///
/// Shared axes come first, then the block's own, as written; an axis of a block replaces the shared axis of the
/// same parameter. Axes that advance together share a dimension. A list of n values cuts its dimension into n
/// equal cells; a range is its dimension itself.
struct BlockSpace {
  typealias Combination = [(axis: Axis, value: ParameterValue)]

  /// What the coordinates of a dimension mean.
  enum Dimension: Hashable {
    /// Near coordinates are near values: a range, or numbers in ascending order.
    case scale
    /// Equal cells in no order.
    case choice(count: Int)
  }

  let block: Block
  let dimensions: [Dimension]
  private let axes: [[Axis]]

  init(_ block: Block, shared: [Axis]) {
    let own = block.axes.flatMap { $0 }
    let inherited = shared.filter { axis in
      !own.contains { $0.stage == axis.stage && $0.parameter == axis.parameter }
    }
    self.block = block
    axes = inherited.map { [$0] } + block.axes
    dimensions = axes.map(Self.dimension)
  }

  private static func dimension(_ axes: [Axis]) -> Dimension {
    guard axes.count == 1, let axis = axes.first else {
      return .choice(count: max(axes.first?.values.count ?? 1, 1))
    }
    if axis.range != nil { return .scale }
    let numbers = axis.values.compactMap(AxisValues.number)
    let isAscending =
      numbers.count == axis.values.count
      && zip(numbers, numbers.dropFirst())
        .allSatisfy { $0 < $1 }
    // Two values have no order that says more than which is which.
    return isAscending && numbers.count > 2 ? .scale : .choice(count: max(axis.values.count, 1))
  }

  /// How many combinations there are, `limit` where they are as many or more; nil where an axis is a range.
  func count(upTo limit: Int) -> Int? {
    guard !axes.joined().contains(where: { $0.range != nil }) else { return nil }
    var total = 1
    for count in axes.map(Self.cellCount) {
      let (product, overflow) = total.multipliedReportingOverflow(by: count)
      if overflow || product >= limit { return limit }
      total = product
    }
    return total
  }

  /// The middle of a combination's cells; the last axis varies fastest.
  ///
  /// - Precondition: no axis is a range.
  func point(_ number: Int) -> [Double] {
    var remainder = number
    var point: [Double] = []
    for count in axes.map(Self.cellCount).reversed() {
      point.append((Double(remainder % count) + 0.5) / Double(count))
      remainder /= count
    }
    return point.reversed()
  }

  /// - Parameter point: a coordinate from 0 to below 1 for each dimension.
  func combination(at point: [Double]) -> Combination {
    zip(axes, point).flatMap { axes, coordinate in
      axes.map { axis in
        if let range = axis.range { return (axis, range.value(at: coordinate)) }
        return (axis, axis.values[Self.cell(coordinate, of: axis.values.count)])
      }
    }
  }

  /// The point that stands for all points of its combination: the middle of cells; within a range, itself.
  func settled(_ point: [Double]) -> [Double] {
    zip(axes, point).map { axes, coordinate in
      guard let axis = axes.first, axis.range == nil else { return coordinate }
      let count = Self.cellCount(axes)
      return (Double(Self.cell(coordinate, of: count)) + 0.5) / Double(count)
    }
  }

  static func cell(_ coordinate: Double, of count: Int) -> Int {
    min(max(Int((coordinate * Double(count)).rounded(.down)), 0), count - 1)
  }

  private static func cellCount(_ axes: [Axis]) -> Int { max(axes.first?.values.count ?? 1, 1) }
}
