import Foundation
import Numerical
import Tabular
import Testing

/// Numbers must have the very bits of `strtod`, which rounds correctly in the C locale.
struct NumberParsingTests {
  private func parsed(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { text in
      DecimalText(text).map { $0.double(from: text) }
    }
  }

  /// The values as the CSV reader sees them, which has a shorter way for common spellings.
  private func read(_ texts: [String]) throws -> [Double] {
    let options = CSVOptions(kinds: ["x": .real])
    let text = Array(("x\n" + texts.joined(separator: "\n")).utf8)
    let table = try Table.read(csvText: text, options: options, chunkSize: 4096, on: .serial)
    return try #require(table["x"]?.numbers)
  }

  private func expectBitEqual(_ texts: [String]) throws {
    let values = try read(texts)
    try #require(values.count == texts.count)
    for (text, value) in zip(texts, values) {
      let expected = strtod(text, nil)
      #expect(value.bitPattern == expected.bitPattern, "\(text) through the reader")
      #expect(parsed(text)?.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  @Test func `shortest spellings of random doubles read back bit by bit`() throws {
    var random = RandomSource(seed: Seed(1))
    let values = (0..<20_000).map { _ in Double(bitPattern: random.next64()) }.filter(\.isFinite)
    try expectBitEqual(values.map(\.description))
    #expect(try read(values.map(\.description)).map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test(arguments: ["%.17g", "%.16e", "%.18e", "%.25e", "%.6f", "%.12g", "%.3e"])
  func `printed doubles of all sizes have the bits of strtod`(format: String) throws {
    var random = RandomSource(seed: Seed(2))
    let texts = (0..<3000).map { _ in
      let magnitude = Double(random.integer(below: 40)) - 20
      return String(format: format, (random.uniform() - 0.5) * pow(10, magnitude))
    }
    try expectBitEqual(texts)
  }

  @Test func `random digits with random exponents have the bits of strtod`() throws {
    var random = RandomSource(seed: Seed(3))
    let texts = (0..<20_000).compactMap { _ -> String? in
      let digits = (0..<(1 + random.integer(below: 24))).map { _ in
        String(random.integer(below: 10))
      }
      let point = random.integer(below: digits.count + 1)
      let number = digits[..<point].joined() + "." + digits[point...].joined()
      let exponent = random.integer(below: 660) - 340
      let text = random.integer(below: 2) == 0 ? number : number + "e\(exponent)"
      return strtod(text, nil).isFinite ? text : nil
    }
    try expectBitEqual(texts)
  }

  /// A value halfway between two doubles, and its neighbours in the last digit, written out in full.
  @Test func `ties go to even and their neighbours do not`() throws {
    var texts: [String] = []
    var random = RandomSource(seed: Seed(4))
    for _ in 0..<500 {
      let odd = (random.next64() >> 10) | 1 << 53 | 1
      texts += [String(odd), String(odd) + ".0", String(odd) + ".00000000000000000000001"]
      texts.append(String(odd - 1) + ".99999999999999999999999")
    }
    texts += [
      "9007199254740993", "9007199254740992.999999999999", "9007199254740993.0000000000001",
      "1.00000000000000011102230246251565404236316680908203125",
      "1.00000000000000011102230246251565404236316680908203124",
      "1.00000000000000011102230246251565404236316680908203126",
    ]
    try expectBitEqual(texts)
  }

  @Test func `the ends of the range of doubles have the bits of strtod`() throws {
    try expectBitEqual([
      "0", "-0", "0.0", "-0.0", "0e999999999999", "5e-324", "4.9406564584124654e-324",
      "2.4703282292062327e-324", "2.4703282292062328e-324", "2.4703282292062327208e-324",
      "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308",
      "1.7976931348623157e308", "1.7976931348623158e308", "1e308", "1e-308", "1e-400",
      "1e-99999999999999999999", "123456789012345678e-400", "1e23", "8.5e22", "1e22", "1e-22",
      "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
      "99999999999999999999", "7.2057594037927933e16", "6929495644600919.5", "3.5e-5", "00012.50",
      "+1.5", ".5", "5.", "1E5", "1e+5",
      String(repeating: "1", count: 400) + "e-200", "0." + String(repeating: "0", count: 300) + "7",
    ])
  }

  @Test(arguments: [
    "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1.2.3", "1,5", "0x10", "1 2", "--1",
  ])
  func `what is no decimal number is refused`(text: String) {
    #expect(parsed(text) == nil)
  }

  @Test func `whole numbers keep all their digits up to the ends of 64 bits`() throws {
    let texts = [
      "0", "7", "-7", "12345678", "123456789", "-123456789012345678", "1234567890123456789",
      "9223372036854775807", "-9223372036854775808",
    ]
    let text = Array(("x\n" + texts.joined(separator: "\n")).utf8)
    let table = try Table.read(csvText: text, chunkSize: 64, on: .serial)
    guard case .integer(let values)? = table["x"]?.values else {
      Issue.record("not an integer column")
      return
    }
    #expect(values == texts.compactMap { Int64($0) })
  }
}
