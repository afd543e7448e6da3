import COpenBLAS

/// The outcome of a LAPACKE call, as an error where it is one.
///
/// Negative numbers are a programmer's mistake (an illegal argument), apart from two that LAPACKE
/// reserves for failed allocations; positive numbers mean what the routine documents.
struct LAPACKStatus {
  let routine: String
  let value: Int

  init(_ routine: String, _ value: Int32) {
    self.routine = routine
    self.value = Int(value)
  }

  /// Throws if memory ran out or an iteration failed.
  func check() throws(NumericalError) {
    try checkMemory()
    if value != 0 { throw .notConverged(routine: routine, status: value) }
  }

  func checkMemory() throws(NumericalError) {
    if value == Int(LAPACK_WORK_MEMORY_ERROR) || value == Int(LAPACK_TRANSPOSE_MEMORY_ERROR) {
      throw .outOfMemory(routine: routine)
    }
    precondition(value >= 0, "argument \(-value) of \(routine) is illegal")
  }
}

extension Matrix {
  func requireFinite() throws(NumericalError) {
    if let (row, column) = firstNonFinite { throw .nonFinite(row: row, column: column) }
  }
}
