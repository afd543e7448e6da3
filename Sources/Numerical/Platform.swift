import CIntrinsics
internal import CLibrary
import COpenBLAS

/// What the machine and its linear algebra libraries must offer.
///
/// BLAS, LAPACK and LAPACKE may come from different libraries. Debian's `liblapacke` is one of its
/// own: it needs `libblas.so.3` and `liblapack.so.3`, which the alternatives system may point at the
/// reference implementation, at ATLAS or at OpenBLAS, and OpenBLAS's `liblapack.so.3` again needs
/// `libopenblas.so.0`, which carries a complete LAPACK too. The dynamic linker takes the first library
/// in load order that defines a name. The module map names `openblas` before `lapacke`, so every BLAS
/// and LAPACK name resolves into the one `libopenblas`, whatever the alternatives say, unless something
/// is preloaded. `prepare` proves it instead of trusting it.
public enum Platform {
  /// Checks the CPU and the libraries and holds OpenBLAS at one thread per call.
  ///
  /// Call once at start.
  ///
  /// - Throws: `NumericalError.unsupportedPlatform` with what is missing.
  public static func prepare() throws(NumericalError) {
    guard cohort_has_vector_unit() != 0 else {
      throw .unsupportedPlatform(.missingVectorInstructions)
    }
    // 0 is a serial build, 1 the build with its own threads, 2 OpenMP, which ignores the setting below.
    guard openblas_get_parallel() != 2 else { throw .unsupportedPlatform(.openBLASWithOpenMP) }
    OpenBLAS.holdAtOneThread()
    let threads = Int(openblas_get_num_threads())
    guard threads == 1 else { throw .unsupportedPlatform(.openBLASThreads(found: threads)) }
    try requireOneLibrary()
  }

  /// What besides a program's own code decides the bits of its results: the linear algebra library, and the
  /// kernels that it has chosen for this CPU.
  public static var arithmetic: String {
    String(cString: openblas_get_config()) + " " + String(cString: openblas_get_corename())
  }

  /// Requires that what LAPACKE calls lies in the library that OpenBLAS's own controls come from.
  private static func requireOneLibrary() throws(NumericalError) {
    let home = Library(defining: "openblas_get_parallel")
    for name in ["dgemm_", "dsyevd_", "dsyevr_", "dgesdd_", "dpotrf_", "dgelqf_"] {
      let found = Library(defining: name)
      guard found.base == home.base, found.base != nil else {
        throw .unsupportedPlatform(.foreignLAPACK(library: found.path))
      }
    }
  }

  /// The loaded library in which the dynamic linker finds a global name.
  private struct Library {
    let base: UnsafeMutableRawPointer?
    let path: String

    init(defining name: String) {
      // The linker's default search order: null on Linux, −2 on Darwin.
      #if canImport(Darwin)
        let defaultOrder = UnsafeMutableRawPointer(bitPattern: -2)
      #else
        let defaultOrder: UnsafeMutableRawPointer? = nil
      #endif
      var home = cohort_symbol_home()
      guard let address = dlsym(defaultOrder, name), cohort_symbol_home_of(address, &home) != 0
      else {
        base = nil
        path = "no library that defines \(name)"
        return
      }
      base = home.base
      path = home.path.map { String(cString: $0) } ?? "an unnamed library"
    }
  }
}

/// The process-wide setting of OpenBLAS that every wrapper relies on.
enum OpenBLAS {
  private static let isHeld: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// Sets one thread per call, once per process: parallelism is ours, and equal bits at every thread
  /// count need equal BLAS calls.
  static func holdAtOneThread() { _ = isHeld }

  /// The 32-bit size that this OpenBLAS build takes.
  static func size(_ value: Int) -> Int32 {
    precondition(value >= 0 && value <= Int(Int32.max), "a side exceeds what BLAS can index")
    return Int32(value)
  }
}
