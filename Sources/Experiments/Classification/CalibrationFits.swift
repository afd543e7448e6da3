internal import Evaluation

/// What is fitted besides the folds so that each fold's probabilities come from its training rows alone.
///
/// Scores out of fold of other folds will not do: the models behind them have learnt from the rows of the fold
/// that they would calibrate. So the rows of two folds are scored by a model that has learnt from neither, and
/// each fold's map from such scores of all others. Folds that lie one after the other in time need no fit:
/// the models of earlier ones have not seen the later.
struct CalibrationFits: Sendable {
  /// Rows to fit to and rows to score, as places among the training rows.
  struct Fit: Hashable, Sendable {
    /// Different for every fit of the same folds.
    let name: String
    let train: [Int]
    let test: [Int]
  }

  /// Where scores come from of rows that a fold's model may learn from.
  enum Source: Hashable, Sendable {
    /// The model of another fold.
    case fold(Int)
    /// One of the fits.
    case fit(Int)
  }

  private(set) var fits: [Fit] = []
  /// By fold; none for one whose training rows cannot be split once more.
  private(set) var sources: [[Source]]
  /// By fold and training row, whether the fold's model learns from it.
  private let learns: [[Bool]]

  /// - Parameters:
  ///   - splits: the folds, as places among the training rows.
  ///   - rowCount: of the training rows.
  ///   - parts: splits of a fold's training rows, for a fold that no other can calibrate, such as each of two
  ///     or the first in time.
  /// - Complexity: O(folds² · rows).
  init(_ splits: [Evaluation.Split], rowCount: Int, parts: (Int) -> [Evaluation.Split]) {
    learns = splits.map { split in
      var learns = [Bool](repeating: false, count: rowCount)
      for row in split.train { learns[row] = true }
      return learns
    }
    sources = splits.map { _ in [] }
    for second in splits.indices {
      for first in splits.indices.prefix(second) { relate(first, second, splits) }
    }
    for fold in splits.indices where sources[fold].isEmpty {
      for (number, part) in parts(fold).enumerated() {
        sources[fold].append(.fit(fits.count))
        fits.append(
          Fit(
            name: "calibration of fold \(fold), part \(number)", train: part.train,
            test: part.test))
      }
    }
  }

  /// Lets two folds serve each other as far as time allows.
  private mutating func relate(_ first: Int, _ second: Int, _ splits: [Evaluation.Split]) {
    var needs: [Int] = []
    for (fold, other) in [(first, second), (second, first)] {
      guard splits[other].test.contains(where: { learns[fold][$0] }) else { continue }
      if splits[fold].test.contains(where: { learns[other][$0] }) {
        needs.append(fold)
      } else {
        sources[fold].append(.fold(other))
      }
    }
    let train = splits[first].train.filter { learns[second][$0] }
    guard !needs.isEmpty, !train.isEmpty else { return }
    for fold in needs { sources[fold].append(.fit(fits.count)) }
    fits.append(
      Fit(
        name: "calibration of folds \(first) and \(second)", train: train,
        test: (splits[first].test + splits[second].test).sorted()))
  }

  /// The rows that a fold's map is learnt from, with their log-odds.
  ///
  /// - Parameters:
  ///   - logOdds: by fold and row of its test part.
  ///   - fitted: by fit and row of its test part.
  func evidence(
    for fold: Int, of splits: [Evaluation.Split], _ logOdds: [[Double]], _ fitted: [[Double]]
  ) -> (rows: [Int], logOdds: [Double]) {
    var evidence: [(row: Int, logOdds: Double)] = []
    for source in sources[fold] {
      let scored =
        switch source {
        case .fold(let other): zip(splits[other].test, logOdds[other])
        case .fit(let fit): zip(fits[fit].test, fitted[fit])
        }
      evidence += scored.filter { learns[fold][$0.0] }.map { ($0.0, $0.1) }
    }
    evidence.sort { $0.row < $1.row }
    return (evidence.map(\.row), evidence.map(\.logOdds))
  }
}
