/// What linear algebra can refuse.
public enum NumericalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An eigenvalue or singular value iteration did not converge.
  case notConverged(routine: String, status: Int)
  /// A matrix that must be positive definite is not; `order` is the first bad leading minor.
  case notPositiveDefinite(order: Int)
  /// A matrix holds a NaN or an infinity.
  case nonFinite(row: Int, column: Int)
  /// The values of a column are so large that their squares leave the range of a double.
  case overflow(column: Int)
  /// A library routine could not get working memory.
  case outOfMemory(routine: String)
  /// The machine or its libraries cannot run this build.
  case unsupportedPlatform(Platform)

  public enum Platform: Hashable, Sendable {
    case missingVectorInstructions
    case openBLASWithOpenMP
    case openBLASThreads(found: Int)
    case foreignLAPACK(library: String)
  }

  public var description: String {
    switch self {
    case .notConverged(let routine, let status):
      "\(routine) did not converge (status \(status))"
    case .notPositiveDefinite(let order):
      "a covariance matrix is not positive definite (leading minor \(order))"
    case .nonFinite(let row, let column):
      "row \(row + 1), column \(column + 1) of the matrix is not a finite number"
    case .overflow(let column):
      "column \(column + 1) of the matrix holds values too large to square; rescale it"
    case .outOfMemory(let routine):
      "\(routine) found no memory to work in; free some or use fewer columns"
    case .unsupportedPlatform(.missingVectorInstructions):
      "this CPU lacks AVX2 or FMA, which this build needs"
    case .unsupportedPlatform(.openBLASWithOpenMP):
      "OpenBLAS is the OpenMP build; install the pthread build (libopenblas0-pthread)"
    case .unsupportedPlatform(.openBLASThreads(let found)):
      "OpenBLAS insists on \(found) threads per call instead of 1; install libopenblas0-pthread"
    case .unsupportedPlatform(.foreignLAPACK(let library)):
      "LAPACK resolves to \(library), not to OpenBLAS; select OpenBLAS with update-alternatives"
    }
  }
}
