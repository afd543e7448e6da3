public import Foundation

/// Files that were made read-only, for tests that damage or remove them.
public enum Writable {
  /// Lets the owner change a file, or a directory with all in it; links stay as they are.
  public static func make(_ path: String, in manager: FileManager = .default) throws {
    try allow(path, in: manager)
    var isDirectory: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue
    else { return }
    for name in try manager.subpathsOfDirectory(atPath: path) {
      try allow("\(path)/\(name)", in: manager)
    }
  }

  private static func allow(_ path: String, in manager: FileManager) throws {
    let attributes = try manager.attributesOfItem(atPath: path)
    guard attributes[.type] as? FileAttributeType != .typeSymbolicLink,
      let mode = attributes[.posixPermissions] as? Int
    else { return }
    try manager.setAttributes([.posixPermissions: mode | 0o200], ofItemAtPath: path)
  }
}
