import Artifacts
import Foundation
import Numerical
import Testing

struct CanonicalJSONTests {
  struct Sample: Codable, Equatable {
    var zeta = 1
    var alpha: [Double] = [1, 0.1, -0.0, 1e-7, 1e300]
    var nested: [String: Int?] = ["é": 1, "e": 2, "Z": nil]
    var large = UInt64.max
    var flag = true
    var text = "a\"b\\c\n\u{1}ü/\u{1F600}"
    var absent: String?
  }

  @Test func `keys are sorted by bytes and numbers are the shortest that read back`() throws {
    let text = String(decoding: try CanonicalJSON.encode(Sample()), as: UTF8.self)
    #expect(
      text == #"{"alpha":[1.0,0.1,-0.0,1e-07,1e+300],"flag":true,"large":18446744073709551615,"#
        + #""nested":{"Z":null,"e":2,"é":1},"text":"a\"b\\c\n\u0001ü/\#u{1F600}","zeta":1}"#
        + "\n")
  }

  @Test func `what is written is read back`() throws {
    let data = try CanonicalJSON.encode(Sample())
    #expect(try CanonicalJSON.decode(Sample.self, from: data) == Sample())
  }

  @Test func `a real that is whole stays apart from an integer`() throws {
    let data = try CanonicalJSON.encode([JSONValue.real(1), .integer(1)])
    #expect(data == Data("[1.0,1]\n".utf8))
    #expect(try CanonicalJSON.decode([JSONValue].self, from: data) == [.real(1), .integer(1)])
  }

  @Test func `doubles of every magnitude read back bit for bit`() throws {
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state
    }
    var values: [Double] = [.leastNonzeroMagnitude, .greatestFiniteMagnitude, .ulpOfOne, .pi]
    while values.count < 5000 {
      let value = Double(bitPattern: next())
      if value.isFinite { values.append(value) }
    }
    let read = try CanonicalJSON.decode([Double].self, from: CanonicalJSON.encode(values))
    #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a number that is not finite is not written`(value: Double) {
    #expect(throws: EncodingError.self) { try CanonicalJSON.encode(["metric": value]) }
  }

  @Test func `collections in hash order are not written`() {
    #expect(throws: EncodingError.self) { try CanonicalJSON.encode([Set([1, 2])]) }
    #expect(throws: EncodingError.self) { try CanonicalJSON.encode([1.5: "a", 2.5: "b"]) }
    #expect(throws: Never.self) { try CanonicalJSON.encode([1: "a", 2: "b"]) }
  }

  @Test(arguments: [
    ("", JSONError.syntax(offset: 0)),
    ("{\"a\":1,\"a\":2}", .duplicateKey(offset: 7)),
    ("{\"a\":1,\"\\u0061\":2}", .duplicateKey(offset: 7)),
    ("1e400", .nonFinite(offset: 0)),
    ("NaN", .syntax(offset: 0)),
    ("-Infinity", .syntax(offset: 1)),
    ("[1,]", .syntax(offset: 3)),
    ("{\"a\":1,}", .syntax(offset: 7)),
    ("01", .syntax(offset: 1)),
    ("1.", .syntax(offset: 2)),
    (".5", .syntax(offset: 0)),
    ("+1", .syntax(offset: 0)),
    ("{} {}", .syntax(offset: 3)),
    ("\u{FEFF}{}", .syntax(offset: 0)),
    ("\"a\nb\"", .syntax(offset: 2)),
    ("\"\\x\"", .syntax(offset: 2)),
    ("\"\\ud800\"", .loneSurrogate(offset: 1)),
    ("\"\\udc00\"", .loneSurrogate(offset: 1)),
    ("\"open", .syntax(offset: 5)),
    ("tru", .syntax(offset: 0)),
    ("// comment\n1", .syntax(offset: 0)),
  ])
  func `what is not strict JSON is refused with its place`(text: String, error: JSONError) {
    #expect(throws: error) { try CanonicalJSON.parse(Data(text.utf8)) }
  }

  @Test func `a pair of escapes is one character`() throws {
    #expect(try CanonicalJSON.parse(Data(#""\ud83d\ude00""#.utf8)) == .text("\u{1F600}"))
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.invalidUTF8) {
      try CanonicalJSON.parse(Data([0x22, 0xC0, 0xAF, 0x22]))
    }
  }

  @Test func `32 levels are read and 33 are refused`() throws {
    func nested(_ depth: Int) -> Data {
      Data((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try CanonicalJSON.parse(nested(32)) }
    #expect(throws: JSONError.tooDeep(limit: 32)) { try CanonicalJSON.parse(nested(33)) }
    #expect(throws: JSONError.tooDeep(limit: 32)) { try CanonicalJSON.parse(nested(1_000_000)) }
  }

  @Test func `bytes above the limit are refused`() {
    #expect(throws: JSONError.tooLarge(bytes: 4, limit: 3)) {
      try CanonicalJSON.parse(Data("null".utf8), limits: .init(byteCount: 3))
    }
  }

  @Test func `numbers outside their type are refused`() {
    #expect(throws: DecodingError.self) {
      try CanonicalJSON.decode([Int8].self, from: Data("[128]".utf8))
    }
    #expect(throws: DecodingError.self) {
      try CanonicalJSON.decode([Int].self, from: Data("[1.5]".utf8))
    }
    #expect(throws: DecodingError.self) {
      try CanonicalJSON.decode([UInt].self, from: Data("[-1]".utf8))
    }
  }

  @Test func `matrices and vectors are set aside in a tensor store under their path`() throws {
    struct Model: Codable, Equatable {
      var centers = Matrix(rows: [[1, 2], [3, 4]])
      var scale: Vector = [0.5]
    }
    let store = TensorStore()
    let data = try CanonicalJSON.encode(["steps": [Model()]], userInfo: [.tensorStore: store])
    #expect(
      String(decoding: data, as: UTF8.self)
        == #"{"steps":[{"centers":{"tensor":"steps.0.centers"},"#
        + #""scale":{"tensor":"steps.0.scale"}}]}"# + "\n")
    let read = try CanonicalJSON.decode(
      [String: [Model]].self, from: data,
      userInfo: [.tensorStore: TensorStore(tensors: store.tensors)])
    #expect(read == ["steps": [Model()]])
  }

  class Parent: Codable {
    var name = "p"
  }

  final class Child: Parent {
    var age = 3
    private enum CodingKeys: String, CodingKey { case age }
    override init() { super.init() }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      age = try container.decode(Int.self, forKey: .age)
      try super.init(from: container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(age, forKey: .age)
      try super.encode(to: container.superEncoder())
    }
  }

  @Test func `a class stores what it inherits under super`() throws {
    let data = try CanonicalJSON.encode([Child()])
    #expect(String(decoding: data, as: UTF8.self) == #"[{"age":3,"super":{"name":"p"}}]"# + "\n")
    #expect(try CanonicalJSON.decode([Child].self, from: data).first?.name == "p")
  }
}
