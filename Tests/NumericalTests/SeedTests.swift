import Numerical
import Testing

struct SeedTests {
  /// By an independent implementation (Python integers) of FNV-1a over seed, label and index,
  /// finished by SplitMix64.
  @Test func `derivation gives the documented hash`() {
    #expect(Seed(20_260_901).derived("fold", 3).value == 0x94b589fe7555b2cc)
    #expect(Seed(0).derived("").value == 0x68752350ae1d483f)
    #expect(Seed(.max).derived("größe", -1).value == 0xde1630128762c32e)
  }

  @Test func `purposes, indices and parents give different seeds`() {
    var seen: Set<UInt64> = []
    for parent in 0..<10 {
      for purpose in ["a", "b", "ab", ""] {
        for index in 0..<100 { seen.insert(Seed(UInt64(parent)).derived(purpose, index).value) }
      }
    }
    #expect(seen.count == 4_000)
  }
}
