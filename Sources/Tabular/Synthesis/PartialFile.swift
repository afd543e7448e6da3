import Foundation

/// A file that gets its name when it is complete.
struct PartialFile {
  private let path: String
  private let partialPath: String
  private let handle: FileHandle

  init(path: String) throws(TableError) {
    self.path = path
    partialPath = path + ".partial"
    guard FileManager.default.createFile(atPath: partialPath, contents: nil),
      let handle = FileHandle(forWritingAtPath: partialPath)
    else {
      throw .unwritable(path: path, reason: "check that its folder exists and may be written to")
    }
    self.handle = handle
  }

  func append(_ bytes: [UInt8]) throws(TableError) {
    try attempt { try handle.write(contentsOf: Data(bytes)) }
  }

  func publish() throws(TableError) {
    try attempt {
      try handle.synchronize()
      try handle.close()
    }
    guard rename(partialPath, path) == 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Removes what was written; failing to is no worse than the error that led here.
  func discard() {
    try? handle.close()
    try? FileManager.default.removeItem(atPath: partialPath)
  }

  private func attempt(_ body: () throws -> Void) throws(TableError) {
    do {
      try body()
    } catch {
      throw .unwritable(path: path, reason: (error as NSError).localizedDescription)
    }
  }
}
