import Numerical
import Tabular

extension BatchScoring where Scorer == PropensityScorer {
  /// Where the most promising rows begin that make up `share` of those that can be scored; nil without any.
  ///
  /// A pass over the whole table of its own: no row can be told to be among the best before all are scored.
  /// It keeps two numbers a row, and half as much more to sort them.
  ///
  /// - Throws: As `run`.
  public func rankCut(_ share: Double) throws -> RankCut? {
    // Reasons cost many times what scores do and rank nobody.
    let ranking = BatchScoring(
      PropensityScorer(scorer.artifact), source, on: pool, isStopped: isStopped)
    var all: [Promise] = []
    all.reserveCapacity(source.rowCount)
    for first in stride(from: 0, to: source.partCount, by: roundParts) {
      if isStopped() { throw BatchError.stopped }
      let results = pool.map(count: min(roundParts, source.partCount - first)) { piece in
        Result { () throws(ScoringError) -> [Promise] in
          try ranking.promises(ofPart: first + piece)
        }
      }
      for result in results { all += try result.get() }
    }
    return RankCut(share, of: all)
  }

  private func promises(ofPart index: Int) throws(ScoringError) -> [Promise] {
    let (part, _) = try scoredPart(try part(index))
    guard let raw = part.answers.first(where: { $0.name == "raw" })?.numbers,
      let calibrated = part.answers.first(where: { $0.name == "calibrated" })?.numbers
    else { return [] }
    return zip(calibrated, raw).compactMap { calibrated, raw in
      calibrated.isNaN ? nil : Promise(calibrated: calibrated, raw: raw)
    }
  }
}
