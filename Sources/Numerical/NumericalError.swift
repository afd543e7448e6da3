/// What linear algebra can refuse.
public enum NumericalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An eigenvalue or singular value iteration did not converge.
  case notConverged(routine: String, status: Int)
  /// A matrix that must be positive definite is not; `order` is the first bad leading minor.
  case notPositiveDefinite(order: Int)
  /// The machine or its libraries cannot run this build.
  case unsupportedPlatform(Platform)

  public enum Platform: Hashable, Sendable {
    case missingVectorInstructions
    case openBLASWithOpenMP
    case foreignLAPACK(library: String)
  }

  public var description: String {
    switch self {
    case .notConverged(let routine, let status):
      "\(routine) did not converge (status \(status))"
    case .notPositiveDefinite(let order):
      "a covariance matrix is not positive definite (leading minor \(order))"
    case .unsupportedPlatform(.missingVectorInstructions):
      "this CPU lacks AVX2 or FMA, which this build needs"
    case .unsupportedPlatform(.openBLASWithOpenMP):
      "OpenBLAS is the OpenMP build; install the pthread build (libopenblas0-pthread)"
    case .unsupportedPlatform(.foreignLAPACK(let library)):
      "LAPACK resolves to \(library), not to OpenBLAS; select OpenBLAS with update-alternatives"
    }
  }
}
