import Evaluation
import TestSupport
import Testing

struct ProbabilityMetricsTests {
  @Test(arguments: ScoresExample.all)
  func `log-loss and Brier's score equal scikit-learn`(example: ScoresExample) throws {
    guard let expected = example.probabilities else { return }
    let groups = try example.groups()
    #expect(isClose(try groups.logLoss(), expected.log_loss, within: summation))
    #expect(isClose(try groups.brierScore(), expected.brier, within: summation))
  }

  @Test(arguments: ScoresExample.all)
  func `calibration errors equal a loop over rows`(example: ScoresExample) throws {
    guard let expected = example.probabilities else { return }
    let groups = try example.groups()
    let width = try groups.calibrationError(.equalWidth(10))
    let mass = try groups.calibrationError(.equalMass(7))
    #expect(isClose(width, expected.ece_width, within: summation))
    #expect(isClose(mass, expected.ece_mass, within: summation))
  }

  @Test(arguments: ScoresExample.all)
  func `the calibration curve equals scikit-learn`(example: ScoresExample) throws {
    guard let rates = example.probabilities?.calibration_rate,
      let means = example.probabilities?.calibration_mean
    else { return }
    let bins = try CalibrationCurve(example.groups()).bins
    #expect(bins.count == rates.count)
    for (bin, (rate, mean)) in zip(bins, zip(rates, means)) {
      #expect(isClose(bin.rate, rate, within: summation))
      #expect(isClose(bin.meanScore, mean, within: summation))
    }
    #expect(bins.reduce(0) { $0 + $1.weight } == Double(example.scores.count))
  }

  /// Five sums of 400 terms.
  @Test(arguments: ScoresExample.all.filter { $0.probabilities != nil })
  func `the parts of Brier's score add up`(example: ScoresExample) throws {
    let groups = try example.groups()
    for bins in [CalibrationBins.equalWidth(10), .equalMass(5), .equalWidth(1)] {
      let split = try BrierSplit(groups, bins: bins)
      let sum = split.reliability - split.resolution + split.uncertainty + split.within
      #expect(isClose(sum, split.score, within: 10 * summation))
    }
  }

  // 0.2: 1 of 4 positive, 0.6: 3 of 4. Base rate 1/2. Reliability (0.05² + 0.15²) / 2 = 0.0125, resolution
  // 0.25² = 0.0625, uncertainty 0.25, nothing within. Score: ((3 · 0.04 + 0.64) + (3 · 0.16 + 0.36)) / 8 = 0.2.
  @Test func `two bins of one score each have Murphy's split`() throws {
    let groups = try BinaryScores(
      scores: [0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6], labels: [0, 0, 0, 1, 1, 1, 1, 0]
    ).groups
    let split = try BrierSplit(groups)
    #expect(isClose(split.score, 0.2, within: 1e-15))
    #expect(isClose(split.reliability, 0.0125, within: 1e-15))
    #expect(isClose(split.resolution, 0.0625, within: 1e-15))
    #expect(split.uncertainty == 0.25)
    #expect(isClose(split.within, 0, within: 1e-15))
    #expect(isClose(try groups.calibrationError(), 0.1, within: 1e-15))
    #expect(isClose(try CalibrationCurve(groups).maximumError, 0.15, within: 1e-15))
  }

  @Test func `a score on an edge belongs to the bin below`() throws {
    let edges = (0...10).map { Double($0) / 10 }
    let groups = try BinaryScores(
      scores: edges, labels: edges.map { $0 > 0.5 ? 1 : 0 }
    ).groups
    let bins = try CalibrationCurve(groups, bins: .equalWidth(10)).bins
    #expect(bins.map(\.highestScore) == Array(edges.dropFirst()))
    #expect(bins.map(\.weight) == [2, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  }

  @Test func `a curve needs a bin`() throws {
    let groups = try BinaryScores(scores: [0.1, 0.2], labels: [0, 1]).groups
    #expect(throws: EvaluationError.count(.bins, needed: 1, found: 0)) {
      try CalibrationCurve(groups, bins: .equalMass(0))
    }
  }
}
