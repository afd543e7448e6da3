/// A 64-bit seed from which further seeds are derived by name.
///
/// Derivation is a pure function of the parent and the label, so a result never depends on the order
/// in which seeds are asked for, and adding a use changes no other.
public struct Seed: Hashable, Sendable, Codable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// The seed for `purpose` and repetition `index`: FNV-1a over both, finished by SplitMix64.
  public func derived(_ purpose: String, _ index: Int = 0) -> Seed {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for shift in stride(from: 0, to: 64, by: 8) {
      absorb(UInt8(truncatingIfNeeded: value >> shift))
    }
    for byte in purpose.utf8 { absorb(byte) }
    let ordinal = UInt64(bitPattern: Int64(index))
    for shift in stride(from: 0, to: 64, by: 8) {
      absorb(UInt8(truncatingIfNeeded: ordinal >> shift))
    }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return Seed(hash ^ (hash >> 31))
  }
}
