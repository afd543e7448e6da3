/// Distinct texts, numbered in the order of their first appearance.
///
/// Texts are told apart by their bytes, so two that Swift's `String` calls equal (composed and
/// decomposed accents) are two levels. Open addressing with linear probing; the bytes of all levels
/// lie one behind the other. Clearing keeps the memory.
struct LevelTable {
  private var bytes: [UInt8] = []
  /// Ends of the levels in `bytes`.
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Level numbers, −1 where free; the size is a power of two.
  private var slots: [Int32]

  init() { slots = [Int32](repeating: -1, count: 64) }

  var count: Int { ends.count }

  mutating func removeAll() {
    if ends.isEmpty { return }
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = -1 }
  }

  /// The number of a text, a new one if it is seen for the first time.
  @inline(__always)
  mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = Self.hash(text)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash &>> 32) & mask
    while true {
      let level = slots[slot]
      if level < 0 { return insert(text, hash, slot) }
      if hashes[Int(level)] == hash, equals(Int(level), text) { return level }
      slot = (slot &+ 1) & mask
    }
  }

  /// Calls `body` with the bytes of a level.
  func withLevel<Value>(_ level: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    bytes.withUnsafeBufferPointer { bytes in
      let start = level == 0 ? 0 : ends[level - 1]
      return body(UnsafeBufferPointer(rebasing: bytes[start..<ends[level]]))
    }
  }

  /// The levels in the order of their bytes, and for every number its place in that order.
  func sorted() -> (levels: [String], places: [Int32]) {
    func text(_ level: Int) -> ArraySlice<UInt8> {
      bytes[(level == 0 ? 0 : ends[level - 1])..<ends[level]]
    }
    let order = (0..<count).sorted { text($0).lexicographicallyPrecedes(text($1)) }
    var places = [Int32](repeating: 0, count: count)
    for (place, level) in order.enumerated() { places[level] = Int32(place) }
    return (order.map { String(decoding: text($0), as: UTF8.self) }, places)
  }

  private func equals(_ level: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    withLevel(level) { $0.count == text.count && $0.elementsEqual(text) }
  }

  private mutating func insert(
    _ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ slot: Int
  ) -> Int32 {
    let level = Int32(count)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    hashes.append(hash)
    slots[slot] = level
    if count * 2 > slots.count { grow() }
    return level
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    let mask = slots.count - 1
    for (level, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash >> 32) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(level)
    }
  }

  /// Eight bytes at a time, each folded in by a 128-bit product.
  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let product = a.multipliedFullWidth(by: b)
      return product.high ^ product.low
    }
    var hash = UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    let raw = UnsafeRawBufferPointer(text)
    while index &+ 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      hash = mix(hash ^ word, 0xD6E8_FEB8_6659_FD93)
      index &+= 8
    }
    var tail: UInt64 = 0
    while index < raw.count {
      tail = tail &<< 8 | UInt64(raw[index])
      index &+= 1
    }
    return mix(hash ^ tail, 0xA076_1D64_78BD_642F) ^ hash
  }
}
