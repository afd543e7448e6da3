public import Numerical

extension Table {
  /// Reads a CSV file with a header line.
  public static func read(
    csv path: String, options: CSVOptions = CSVOptions(), on pool: WorkerPool
  ) throws(TableError) -> Table {
    throw .unreadable(path: path, reason: "not implemented")
  }
}
