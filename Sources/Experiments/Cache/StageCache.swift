internal import Artifacts
internal import CLibrary
internal import Foundation
internal import Synchronization

/// What costly steps have learnt, on disk (`.cohort/cache`), for later runs and for runners at work.
///
/// No result depends on it: an entry has the bits that would be computed, and one that is missing, damaged or
/// being written is as good as none. It may be deleted at any time. An entry is a file `ab/abcd…` named by the
/// SHA-256 of its step's key, the program and the format; processes that make the same entry make the same file.
///
/// Kept is what took longer to learn than to read by a margin: from `leastSeconds`, and from four times the seconds
/// that reading is expected to take.
public struct StageCache: Sendable {
  /// Part of every name: files of another format are never looked at.
  private static let format = 1
  /// Bytes that entries may take where nothing else is asked for.
  public static let usualLimit = 2e9
  /// A search of the folder and a file take a millisecond or two, writing one durably ten.
  static let leastSeconds = 0.05
  /// Bytes a second that are read, checked and decoded, measured on trees.
  static let readingRate = 150e6

  public let folder: String
  /// Bytes; the entries used least recently go first.
  public let limit: Double
  /// What besides data and settings decides bits: the build of the program and the machine.
  private let program: String
  private let unswept = Unswept()

  /// - Parameter program: of the program that computes; another one shares nothing with it.
  public init(_ folder: String, limit: Double = StageCache.usualLimit, program: String) {
    self.folder = folder
    self.limit = limit
    self.program = program
  }

  /// The first line of an entry.
  struct Header: Codable {
    let name: String
    let seconds: Double
    let bytes: Int
  }

  enum Found {
    case absent
    case damaged(String)
    case found((content: Data, seconds: Double))
  }

  static let digestLength = 64

  package static func isWorthKeeping(seconds: Double, bytes: Int) -> Bool {
    seconds >= max(leastSeconds, 4 * Double(bytes) / readingRate)
  }

  private func name(of key: String) -> String {
    ContentHash.hexadecimal(Data("\(Self.format)\n\(program)\n\(key)".utf8))
  }

  private func path(_ key: String) -> String {
    let name = name(of: key)
    return "\(folder)/\(name.prefix(2))/\(name)"
  }

  /// An intact entry, which counts as used now; a damaged one is removed.
  func lookUp(_ key: String) -> Found {
    let path = path(key)
    guard RunStorage.exists(path) else { return .absent }
    let data: Data
    do throws(RunError) {
      data = try RunStorage.read(path)
    } catch {
      // Deleted in the meantime, or not ours to read.
      return RunStorage.exists(path) ? .damaged("\(error)") : .absent
    }
    let sealed = data.dropLast(Self.digestLength)
    guard Data(ContentHash.hexadecimal(Data(sealed)).utf8) == data.suffix(Self.digestLength),
      let (header, start) = Self.header(of: sealed), header.bytes == sealed.count - start
    else {
      retryingInterrupts { unlink(path) }
      return .damaged("an entry did not match its digest and was removed: \(path)")
    }
    utimensat(AT_FDCWD, path, nil, 0)
    return .found((Data(sealed.dropFirst(start)), header.seconds))
  }

  func remove(_ key: String) {
    let path = path(key)
    retryingInterrupts { unlink(path) }
  }

  /// Keeps what a step has learnt, if that is worth it.
  ///
  /// - Returns: why it could not be written, which is no fault of the run.
  func keep(_ content: Data, of key: String, name: String, seconds: Double) -> String? {
    guard Self.isWorthKeeping(seconds: seconds, bytes: content.count) else { return nil }
    let header = Header(name: name, seconds: seconds, bytes: content.count)
    guard var data = try? CanonicalJSON.encode(header) else { return nil }
    data += content
    data += Data(ContentHash.hexadecimal(data).utf8)
    guard Double(data.count) <= limit - room else { return nil }
    let path = path(key)
    // The folder may be deleted between making and using it.
    for attempt in 0..<2 {
      do {
        try RunStorage.makeDirectory(String(path.dropLast(65)))
        try DurableFile.write(data, to: path)
        try sweep(afterWriting: data.count)
        return nil
      } catch ArtifactError.busy {
        return nil
      } catch {
        if attempt > 0 { return "\(error)" }
      }
    }
    return nil
  }

  /// Keeps the limit.
  ///
  /// Entries may be small and many: the folder is looked through once a hundredth of the limit was written.
  private func sweep(afterWriting bytes: Int) throws(RunError) {
    let isDue = unswept.bytes.withLock { sum in
      sum += Double(bytes)
      guard sum >= room else { return false }
      sum = 0
      return true
    }
    guard isDue else { return }
    do throws(RunError) {
      try collect(limit: limit - room)
    } catch {
      unswept.bytes.withLock { $0 = .infinity }
      throw error
    }
  }

  /// Bytes that may be written until the folder is looked through again.
  private var room: Double { limit / 100 }

  /// The first line of an entry and where what follows it begins.
  static func header(of data: Data) -> (header: Header, start: Int)? {
    guard let end = data.prefix(4096).firstIndex(of: UInt8(ascii: "\n")),
      let header = try? CanonicalJSON.decode(Header.self, from: Data(data[...end]))
    else { return nil }
    return (header, end - data.startIndex + 1)
  }
}

/// Bytes that this process has written since it last looked through the folder; before it first did, any number.
private final class Unswept: Sendable {
  let bytes = Mutex(Double.infinity)
}
