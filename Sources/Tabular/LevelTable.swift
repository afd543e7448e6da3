internal import CLibrary

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
    withLevel(level) { level in
      guard level.count == text.count else { return false }
      guard let a = level.baseAddress, let b = text.baseAddress else { return true }
      return memcmp(a, b, text.count) == 0
    }
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

  /// Eight bytes at a time, the last eight overlapping, each folded in by a 128-bit product.
  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let product = a.multipliedFullWidth(by: b)
      return product.high ^ product.low
    }
    let raw = UnsafeRawBufferPointer(text)
    let count = raw.count
    func word(_ offset: Int) -> UInt64 {
      raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    func half(_ offset: Int) -> UInt64 {
      UInt64(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var tail: UInt64 = 0
    if count >= 8 {
      var index = 0
      while index &+ 8 < count {
        hash = mix(hash ^ word(index), 0xD6E8_FEB8_6659_FD93)
        index &+= 8
      }
      tail = word(count &- 8)
    } else if count >= 4 {
      tail = half(0) &<< 32 | half(count &- 4)
    } else if count > 0 {
      tail = UInt64(raw[0]) &<< 16 | UInt64(raw[count &>> 1]) &<< 8 | UInt64(raw[count &- 1])
    }
    return mix(hash ^ tail, 0xA076_1D64_78BD_642F) ^ hash
  }
}
