/// The sizes on which trials are measured before they are seen through, smallest first.
///
/// Classifiers climb by folds: racing adds one at a time, halving `factor` times as many. Clusterings climb by rows,
/// racing by doubling. The last measurement is always the whole trial.
package struct Ladder: Hashable, Sendable {
  static let factor = 3
  private static let leastFolds = 2
  private static let leastRows = 500

  let rule: Study.Drop.Rule
  package let rungs: [Rung.Size]
  /// All folds or rows.
  let whole: Int
  private let factor: Int

  /// - Parameters:
  ///   - whole: folds of a classification, rows to learn from of a clustering.
  ///   - candidateCount: configurations at the start.
  package init(
    _ drop: Study.Drop, task: Study.Experiment.Task, whole: Int, candidateCount: Int
  ) {
    let first = drop.first ?? (task == .classify ? Self.leastFolds : Self.leastRows)
    let factor = drop.rule == .racing ? 2 : drop.factor ?? Self.factor
    var sizes: [Int] = []
    if drop.rule == .racing, task == .classify {
      sizes = candidateCount > 1 && first < whole ? Array(first..<whole) : []
    } else {
      var size = Self.divided(whole, factor)
      var left = candidateCount
      // Halving needs no more rungs than it takes until one is left.
      while size >= first, size < whole, drop.rule == .racing ? candidateCount > 1 : left > 1 {
        sizes.insert(size, at: 0)
        left = Self.divided(left, factor)
        let next = Self.divided(size, factor)
        guard next < size else { break }
        size = next
      }
    }
    self.factor = factor
    self.whole = whole
    rule = drop.rule
    rungs = sizes.map { task == .classify ? .folds($0) : .rows($0) }
  }

  /// How many of so many configurations go on under halving.
  package func kept(of count: Int) -> Int { Self.divided(count, factor) }

  private static func divided(_ count: Int, _ factor: Int) -> Int {
    count / factor + (count % factor > 0 ? 1 : 0)
  }

  /// `2 of 5 folds`, `500 of 20000 rows`.
  func words(_ size: Rung.Size) -> String {
    switch size {
    case .folds(let count): "\(count) of \(whole) folds"
    case .rows(let count): "\(count) of \(whole) rows"
    }
  }

  /// What will happen to so many configurations, for the plan.
  package func note(of experiment: String, _ count: Int) -> String {
    guard !rungs.isEmpty else {
      return "\(experiment) drops nothing: there is too little to measure a part of"
    }
    switch rule {
    case .racing:
      let looks = rungs.map(words).joined(separator: ", ")
      return
        "\(experiment) races \(count) configurations: after \(looks) those go that a test tells "
        + "apart from the best; as many as all may be seen through"
    case .halving:
      var left = count
      var steps: [String] = []
      for rung in rungs {
        steps.append("\(left) on \(words(rung))")
        left = kept(of: left)
      }
      return "\(experiment) halves: \(steps.joined(separator: ", ")), \(left) in whole"
    }
  }
}
