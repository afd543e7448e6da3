import Numerical

/// How rows are cut into runs whose sums are kept apart, and what those sums hold.
///
/// Runs depend on the shape alone: at least 1024 rows each, at most 64 of them, fewer where their sums
/// would take more than half the memory of the rows, but then still eight.
struct MixturePlan {
  let rowCount: Int
  let width: Int
  let k: Int
  let covariance: MixtureCovariance
  let runs: RowChunks

  init(rowCount: Int, columnCount: Int, k: Int, covariance: MixtureCovariance) {
    self.rowCount = rowCount
    width = columnCount
    self.k = k
    self.covariance = covariance
    let useful = (rowCount + 1023) / 1024
    let share = covariance.isTriangular ? 2 * Double(max(k * columnCount, 1)) : 8 * Double(k)
    let affordable = max(8, Int(min(64, Double(rowCount) / share)))
    runs = RowChunks(count: rowCount, parts: min(64, affordable, useful))
  }

  /// The width in whole vectors.
  var stride: Int { (width + 3) / 4 * 4 }
  /// Matrices or lists of squares per run.
  var productCount: Int { covariance == .tied ? 1 : k }
  /// Numbers in one of them.
  var productSize: Int { covariance.isTriangular ? stride * stride : stride }

  /// Sums of all runs, their total, the models of two steps and the chunks of two threads.
  var predictedBytes: Double {
    let products = Double(productCount) * Double(productSize)
    let sums = products + Double(k) * Double(stride + 1)
    let chunk = Double(max(65_536, 12 * max(k, width))) * 3
    return 8 * (sums * Double(runs.count + 1) + 4 * products + 2 * chunk)
  }
}

/// Weighted moments of rows about one point per component.
final class MixtureSums: @unchecked Sendable {
  var logLikelihood = 0.0
  /// Σ r per component.
  let counts: ScratchBuffer<Double>
  /// Σ r (x − point), a stride per component.
  let sums: ScratchBuffer<Double>
  /// Σ r (x − point)(x − point)ᵀ, or of the squares alone, as the plan says.
  let products: ScratchBuffer<Double>

  init(_ plan: MixturePlan) {
    counts = ScratchBuffer(count: plan.k, repeating: 0)
    sums = ScratchBuffer(count: plan.k * plan.stride, repeating: 0)
    products = ScratchBuffer(count: plan.productCount * plan.productSize, repeating: 0)
  }

  func clear() {
    logLikelihood = 0
    for buffer in [counts, sums, products] {
      buffer.start.update(repeating: 0, count: buffer.count)
    }
  }

  /// Replaces these sums by those of all parts, added in order.
  func join(_ parts: [MixtureSums], on pool: WorkerPool) {
    clear()
    logLikelihood = parts.reduce(0) { $0 + $1.logLikelihood }
    let piece = 4096
    for path in [\MixtureSums.counts, \.sums, \.products] {
      let target = self[keyPath: path]
      pool.forEachChunk(count: (target.count + piece - 1) / piece) { chunk in
        for part in parts {
          let source = part[keyPath: path].start
          for index in chunk * piece..<min(target.count, (chunk + 1) * piece) {
            target.start[index] += source[index]
          }
        }
      }
    }
  }
}
