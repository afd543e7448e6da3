import Foundation
public import Numerical
public import Tabular

extension TrainingProfile {
  /// Counts the columns that `encoder` reads over all rows of `table`.
  ///
  /// Nil for a table of fewer than `Disclosure.leastRows` rows, of which nothing can be told, and for one that
  /// lacks a column of the encoder.
  ///
  /// - Complexity: O(n log n) per column, over the threads of `pool`.
  public init?(of table: Table, encoder: TableEncoder, on pool: WorkerPool) {
    guard table.rowCount >= Disclosure.leastRows else { return nil }
    let inputs = encoder.inputs
    let counted = pool.map(count: inputs.count) { index in
      table[inputs[index].name].flatMap { Column(of: $0, as: inputs[index]) }
    }
    let columns = counted.compactMap { $0 }
    guard columns.count == inputs.count else { return nil }
    self.init(
      rowCount: table.rowCount, columns: columns, scores: nil, segments: nil, otherSegments: nil)
  }

  /// With what the model says of rows it had not seen, where these are not too few.
  ///
  /// - Parameter scores: calibrated probabilities.
  public func answering(scores: [Double]) -> TrainingProfile {
    guard scores.count >= Disclosure.leastRows else { return self }
    var profile = self
    profile.scores = Bins(scores.filter { !$0.isNaN }.sorted(), kind: .real)
    return profile
  }

  /// With the rows of each segment.
  ///
  /// - Parameters:
  ///   - sizes: Training rows by segment.
  ///   - unassigned: Training rows in no segment.
  public func answering(sizes: [Int], unassigned: Int) -> TrainingProfile {
    let counts = [unassigned] + sizes
    let told = Told(counts, mayBeNamed: counts.map { _ in true })
    var profile = self
    profile.segments = told.places.map { Segment(segment: $0 - 1, rowCount: counts[$0]) }
    profile.otherSegments = told.other
    return profile
  }
}

/// Which groups of rows are told by name.
private struct Told {
  /// Ascending.
  let places: [Int]
  /// The rows of all others together; nil if there are none.
  let other: Int?

  /// Tells groups that may be named and are not too small.
  ///
  /// If all others are too small even together, the smallest told group (the first of equals) joins them:
  /// their number would follow from the total.
  init(_ counts: [Int], mayBeNamed: [Bool]) {
    var told = counts.indices.filter { mayBeNamed[$0] && counts[$0] >= Disclosure.leastRows }
    var rest = counts.reduce(0, +) - told.reduce(0) { $0 + counts[$1] }
    if rest > 0, rest < Disclosure.leastRows,
      let smallest = told.min(by: { (counts[$0], $0) < (counts[$1], $1) })
    {
      told.removeAll { $0 == smallest }
      rest += counts[smallest]
    }
    places = told
    other = rest > 0 ? rest : nil
  }
}

extension TrainingProfile.Column {
  /// Nil for a column whose values are not what `input` encodes.
  fileprivate init?(of column: Tabular.Column, as input: EncoderInput) {
    switch input.coding {
    case .number:
      guard let numbers = column.numbers else { return nil }
      self.init(name: input.name, numbers: numbers, kind: input.kind)
    case .category(let category):
      self.init(name: input.name, column, naming: category.levels)
    }
  }

  private init(name: String, numbers: [Double], kind: ColumnKind) {
    let sorted = numbers.filter { !$0.isNaN }.sorted()
    let absent = numbers.count - sorted.count
    // Few values beside many gaps would follow from the number of gaps.
    let isTold =
      absent >= Disclosure.leastRows && (sorted.isEmpty || sorted.count >= Disclosure.leastRows)
    self.init(
      name: name,
      numbers: TrainingProfile.Bins(sorted, alsoInFirst: isTold ? 0 : absent, kind: kind),
      levels: nil, other: nil, missing: isTold ? absent : nil)
  }

  private init(name: String, _ column: Tabular.Column, naming known: [String]) {
    let found = LevelCounts.of(column)
    let named = Set(known.map { Array($0.utf8) })
    let absent = column.rowCount - found.counts.reduce(0, +)
    // Rows without a value are one more group, behind the levels.
    let told = Told(
      found.counts + [absent],
      mayBeNamed: found.levels.map { named.contains(Array($0.utf8)) } + [true])
    let places = told.places.filter { $0 < found.levels.count }
    self.init(
      name: name, numbers: nil,
      levels: places.map {
        TrainingProfile.Level(level: found.levels[$0], rowCount: found.counts[$0])
      },
      other: told.other, missing: places.count < told.places.count ? absent : nil)
  }
}

extension TrainingProfile.Bins {
  /// Counts between edges, and joins what would be too small with the bin behind it, at the end before it.
  ///
  /// - Parameters:
  ///   - sorted: ascending, no NaN.
  ///   - alsoInFirst: further rows of the first bin.
  fileprivate init(_ sorted: [Double], alsoInFirst: Int = 0, kind: ColumnKind) {
    var (edges, counts): ([Double], [Int]) = ([], [])
    var (start, gathered) = (0, alsoInFirst)
    for edge in Self.quantiles(sorted, kind) {
      let end = sorted.partitioningPoint { $0 > edge }
      gathered += end - start
      start = end
      guard gathered >= Disclosure.leastRows else { continue }
      edges.append(edge)
      counts.append(gathered)
      gathered = 0
    }
    gathered += sorted.count - start
    if gathered < Disclosure.leastRows, let last = counts.popLast() {
      edges.removeLast()
      gathered += last
    }
    if gathered > 0 { counts.append(gathered) }
    self.init(edges: edges, rowCounts: counts)
  }

  /// Deciles, or fewer quantiles where tenths would be too small, made coarse so that none is a row's value.
  ///
  /// The grid has a hundredth of the order of magnitude of the range without its rare ends (as in the input
  /// schema), and whole steps for whole numbers. An edge lies in the middle between the grid's point nearest
  /// to the quantile and the next one, which is never below the quantile: equal values stay on one side.
  private static func quantiles(_ sorted: [Double], _ kind: ColumnKind) -> [Double] {
    if kind == .boolean { return [0.5] }
    let (count, least) = (sorted.count, Disclosure.leastRows)
    let parts = min(10, count / least)
    guard parts > 1 else { return [] }
    let group = min(least, (count + 3) / 4)
    let span = sorted[count - group] - sorted[group - 1]
    guard span > 0, span.isFinite else { return [] }
    var digits = 2 - floor(log10(span))
    if kind != .real { digits = min(0, digits) }
    // Divided by, powers of ten give the numbers that their decimal digits read as.
    let scale = pow(10.0, abs(digits))
    let edges = (1..<parts).map { (part: Int) -> Double in
      let quantile = sorted[(part * count + parts - 1) / parts - 1]
      let scaled = digits > 0 ? quantile * scale : quantile / scale
      let middle = floor(scaled + 0.5) + 0.5
      return digits > 0 ? middle / scale : middle * scale
    }
    return edges.filter { $0.isFinite }
  }
}
