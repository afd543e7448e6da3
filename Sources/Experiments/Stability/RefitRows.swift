internal import Evaluation
internal import Learning
internal import Numerical

/// What a trial's model is refitted to, the same for all trials behind the same prepared rows.
///
/// Preparation is held: encoder, scales and components stay those of all rows, and what varies is the
/// prepared matrix that the last step sees.
struct RefitRows: Sendable {
  /// One refit.
  enum Input: Hashable, Sendable {
    /// A resample of the stability.
    case replicate(Int)
    /// A half of the prediction strength.
    case half(Int, isSecond: Bool)
    /// Rows without segments, for the gap.
    case reference(Int)
  }

  let options: Study.Stability
  let figures: Set<RefitFigure>
  /// The rows that refits vary: all training rows, or a sample of many.
  let x: Matrix
  /// The places of `x` among the training rows; nil for all.
  let sample: [Int]?
  private let seed: Seed
  private let source: ReplicateSource
  private let reference: GapReference?

  init(
    _ all: Matrix, options: Study.Stability, figures: Set<RefitFigure>, seed: Seed,
    on pool: WorkerPool
  ) throws(EvaluationError) {
    self.options = options
    self.figures = figures
    self.seed = seed.derived("stability")
    if all.rowCount > options.rows {
      var random = RandomSource(seed: self.seed.derived("sample"))
      let rows = random.sample(options.rows, outOf: all.rowCount)
      sample = rows
      x = all.selectingRows(rows)
    } else {
      sample = nil
      x = all
    }
    source = try ReplicateSource(options.resampling, of: x, seed: self.seed, on: pool)
    reference =
      figures.contains(.gap)
      ? try GapReference(.principalAxes, around: x, seed: self.seed, on: pool) : nil
  }

  /// Every refit that the figures need.
  var inputs: [Input] {
    let all = 0..<options.resamples
    var inputs = all.map { Input.replicate($0) }
    if figures.contains(.predictionStrength) {
      inputs += all.flatMap { [.half($0, isSecond: false), .half($0, isSecond: true)] }
    }
    if figures.contains(.gap) { inputs += all.map { .reference($0) } }
    return inputs
  }

  /// The rows of a refit.
  func subject(of input: Input) -> RefitSubject {
    switch input {
    case .replicate(let index):
      let replicate = source.replicate(index)
      return RefitSubject(
        rows: replicate.rows, isSample: replicate.isSample, seed: replicate.seed
      ) { replicate.x }
    case .half(let index, let isSecond):
      let halves = PredictionStrength.halving(index, rowCount: x.rowCount, seed: seed)
      let rows = isSecond ? halves.second : halves.first
      let purpose = isSecond ? "second half" : "first half"
      return RefitSubject(rows: rows, isSample: true, seed: seed.derived(purpose, index)) {
        [x] in x.selectingRows(rows)
      }
    case .reference(let index):
      let drawn = reference?.reference(index) ?? x
      return RefitSubject(
        rows: [Int](repeating: -1, count: drawn.rowCount), isSample: false,
        seed: seed.derived("reference", index)
      ) { drawn }
    }
  }
}

/// What one refit is fitted to.
struct RefitSubject: Sendable {
  /// Places among the rows that refits vary, −1 for none of them.
  let rows: [Int]
  /// Whether the refit is to those rows as they are.
  let isSample: Bool
  let seed: Seed
  private let make: @Sendable () -> Matrix

  init(rows: [Int], isSample: Bool, seed: Seed, make: @escaping @Sendable () -> Matrix) {
    self.rows = rows
    self.isSample = isSample
    self.seed = seed
    self.make = make
  }

  /// The rows themselves; those of a sample are copied here.
  var x: Matrix { make() }
}
