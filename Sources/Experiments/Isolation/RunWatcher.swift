internal import CLibrary

/// A process that watches workers of a run, as its workers know it: by the path of its lock (`.watchers/<name>`).
///
/// The file also holds the study that they are to compute, whatever becomes of the file that it was read from.
public struct WatcherPlace: Sendable {
  let directory: RunDirectory
  let name: String

  static let folder = ".watchers"

  init(_ directory: RunDirectory, name: String) {
    self.directory = directory
    self.name = name
  }

  /// The place at a path; nil if the path is none of ours.
  public init?(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 2, let name = parts.last.map(String.init), Self.isName(name),
      parts[parts.count - 2] == Self.folder
    else { return nil }
    self.init(RunDirectory(path: parts.dropLast(2).joined(separator: "/")), name: name)
  }

  public var path: String { directory.file("\(Self.folder)/\(name)") }

  /// The text of the study, as it stood when the run began.
  public func studyText() throws(RunError) -> String {
    String(decoding: try RunStorage.read(path), as: UTF8.self)
  }

  /// Names come back from files: they must not lead anywhere else.
  static func isName(_ text: some StringProtocol) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return !text.isEmpty && text.utf8.allSatisfy { digits.contains($0) || $0 == UInt8(ascii: "-") }
  }

  /// Whether the process lives: then it holds the lock.
  func isAlive() throws(RunError) -> Bool {
    guard RunStorage.exists(path) else { return false }
    return !(try LockFile(path).tryLock(shared: true))
  }
}

/// The presence of a process that watches workers, until the last reference goes.
///
/// Like every lock it ends with the process. Its name holds the number of the process, and a count from 1 that
/// tells it from processes of the same number, living (in another container) or dead: claims of the dead may
/// name those, so that their files stay until a runner finds itself alone.
package final class RunWatcher: Sendable {
  package let place: WatcherPlace
  private let file: LockFile

  /// - Parameter study: the text of the study.
  package init(_ directory: RunDirectory, study: String) throws(RunError) {
    try RunStorage.makeDirectory(directory.file(WatcherPlace.folder))
    let taken = try Self.take(in: directory)
    try taken.file.rewrite(study)
    place = taken.place
    file = taken.file
  }

  // Its workers have ended, so that no living process leaves anything to it.
  deinit { unlink(place.path) }

  private static func take(
    in directory: RunDirectory
  ) throws(RunError) -> (place: WatcherPlace, file: LockFile) {
    var count = 1
    while true {
      let place = WatcherPlace(directory, name: "\(getpid())-\(count)")
      if !RunStorage.exists(place.path) {
        let file = try LockFile(place.path)
        if try file.tryLock(), file.isNamed { return (place, file) }
      }
      count += 1
    }
  }
}
