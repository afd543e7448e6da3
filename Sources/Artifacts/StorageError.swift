internal import CLibrary
import Foundation

/// What the operating system refused, where, and its reason.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Operation: String, Hashable, Sendable {
    case create, write, sync, rename, open, read, list, lock, remove
  }

  /// What a user can do about it.
  public enum Cause: Hashable, Sendable {
    case diskFull, permission, readOnly, tooManyFiles, missing, device, other
  }

  public let operation: Operation
  public let path: String
  /// The system's error number (`errno`).
  public let code: Int32

  public init(_ operation: Operation, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  public var cause: Cause {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: .diskFull
    case EACCES, EPERM: .permission
    case EROFS: .readOnly
    case EMFILE, ENFILE: .tooManyFiles
    case ENOENT, ENOTDIR: .missing
    case EIO: .device
    default: .other
    }
  }

  /// Whether a link stood where a file or directory was expected.
  var isLink: Bool { code == ELOOP || code == EMLINK }

  /// Whether a socket stood where a file was expected.
  var isSocket: Bool { code == ENXIO }

  public var description: String {
    let advice =
      switch cause {
      case .diskFull: "; free space and run again"
      case .permission: "; check its owner and permissions"
      case .readOnly: "; choose a place that can be written"
      case .tooManyFiles: "; raise the limit of open files"
      case .missing: "; check the path"
      case .device: "; check the device before running again"
      case .other: ""
      }
    return "cannot \(operation.rawValue) \(path): \(String(cString: strerror(code)))\(advice)"
  }
}
