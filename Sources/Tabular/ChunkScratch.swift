import Synchronization

/// The working memory of one thread while it parses a chunk.
final class ChunkScratch {
  /// Bytes that may be read before and behind the text without being part of it.
  static let margin = 128

  /// The bytes of the chunk.
  let text: UnsafeMutablePointer<UInt8>
  /// Where each cell begins: 0, then the position behind every separator.
  let starts: UnsafeMutablePointer<UInt32>
  /// Values of one column, of any kind that needs no more than eight bytes.
  let values: UnsafeMutableRawPointer
  /// Rows of the column at hand that have no value.
  let missing: UnsafeMutablePointer<UInt32>
  /// A cell with its doubled quotes made single.
  let unquoted: UnsafeMutablePointer<UInt8>
  /// Levels of the column at hand.
  var levels = LevelTable()

  private let textStorage: UnsafeMutablePointer<UInt8>
  private let unquotedStorage: UnsafeMutablePointer<UInt8>

  init(textCapacity: Int) {
    textStorage = .allocate(capacity: textCapacity + 2 * Self.margin)
    textStorage.initialize(repeating: 0, count: Self.margin)
    text = textStorage + Self.margin
    unquotedStorage = .allocate(capacity: textCapacity + 2 * Self.margin)
    unquotedStorage.initialize(repeating: 0, count: textCapacity + 2 * Self.margin)
    unquoted = unquotedStorage + Self.margin
    // A separator per byte at most, and 64 positions more because they are written in groups. Rows
    // are no more than bytes.
    starts = .allocate(capacity: textCapacity + 65)
    values = .allocate(byteCount: 8 * textCapacity, alignment: 8)
    missing = .allocate(capacity: textCapacity)
  }

  deinit {
    textStorage.deallocate()
    starts.deallocate()
    values.deallocate()
    missing.deallocate()
    unquotedStorage.deallocate()
  }
}

/// Working memory for as many threads as ask for it, made when first needed and used again.
final class ScratchShelf: Sendable {
  private struct Shelved: @unchecked Sendable { let scratch: ChunkScratch }
  private let shelf = Mutex<[Shelved]>([])
  private let usualCapacity: Int

  init(usualCapacity: Int) { self.usualCapacity = usualCapacity }

  func withScratch<Value>(capacity: Int, _ body: (ChunkScratch) -> Value) -> Value {
    if capacity > usualCapacity { return body(ChunkScratch(textCapacity: capacity)) }
    let shelved = shelf.withLock { $0.popLast() }
    let scratch = shelved?.scratch ?? ChunkScratch(textCapacity: usualCapacity)
    defer {
      let shelved = Shelved(scratch: scratch)
      shelf.withLock { $0.append(shelved) }
    }
    return body(scratch)
  }
}
