import Numerical
import Tabular

extension BatchScoring where Scorer == PropensityScorer {
  /// Where the most promising rows begin that make up `share` of those that can be scored; nil without any.
  ///
  /// A pass over the whole table of its own: no row can be told to be among the best before all are scored.
  /// It keeps two numbers a row.
  ///
  /// - Throws: As `run`.
  public func rankCut(_ share: Double) throws -> RankCut? {
    let results = pool.map(count: source.partCount) { index in
      Result { () throws -> [Promise] in
        if isStopped() { throw BatchError.stopped }
        return try promises(ofPart: index)
      }
    }
    var all: [Promise] = []
    all.reserveCapacity(source.rowCount)
    for result in results { all += try result.get() }
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
