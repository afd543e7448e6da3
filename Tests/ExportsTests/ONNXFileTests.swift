import Artifacts
import Exports
import Foundation
import Learning
import Testing

/// The bytes of an ONNX file, read by the rules of Protocol Buffers alone.
struct ONNXFileTests {
  /// The fields of a message in their order: whole numbers or bytes.
  private struct Message {
    var numbers: [Int: [UInt64]] = [:]
    var data: [Int: [Data]] = [:]

    init(_ bytes: Data) throws {
      var rest = bytes[...]
      while !rest.isEmpty {
        let key = try Self.number(&rest)
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: numbers[field, default: []].append(try Self.number(&rest))
        case 2:
          let length = Int(try Self.number(&rest))
          try #require(length <= rest.count)
          data[field, default: []].append(Data(rest.prefix(length)))
          rest = rest.dropFirst(length)
        default: throw CocoaError(.fileReadCorruptFile)
        }
      }
    }

    /// Whole numbers, packed.
    static func numbers(_ packed: Data) throws -> [UInt64] {
      var (rest, numbers) = (packed[...], [UInt64]())
      while !rest.isEmpty { numbers.append(try number(&rest)) }
      return numbers
    }

    private static func number(_ rest: inout Data.SubSequence) throws -> UInt64 {
      var (value, shift) = (UInt64(0), UInt64(0))
      while true {
        guard let byte = rest.popFirst() else { throw CocoaError(.fileReadCorruptFile) }
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
    }

    func messages(_ field: Int) throws -> [Message] {
      try (data[field] ?? []).map { try Message($0) }
    }

    func texts(_ field: Int) -> [String] {
      (data[field] ?? []).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private static func model(
    _ form: ModelExport.Form, of artifact: PropensityArtifact? = nil
  ) throws -> Message {
    try ExportSample.withExport(of: artifact ?? ExportSample.boosted()) { export in
      guard case .file(let data) = try export.product(form) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return try Message(data)
    }
  }

  /// Name and element of a port: 1 float, 7 int64, 8 string, 11 double (`onnx.proto`, DataType).
  private static func ports(_ messages: [Message]) throws -> [String: UInt64] {
    var ports: [String: UInt64] = [:]
    for port in messages {
      let type = try #require(try port.messages(2).first)
      let tensor = try #require(try type.messages(1).first)
      let name = try #require(port.texts(1).first)
      ports[name] = try #require(tensor.numbers[1]?.first)
      // One dimension, called rows.
      let shape = try #require(try tensor.messages(2).first)
      #expect(try shape.messages(1).map { $0.texts(2) } == [["rows"]])
    }
    return ports
  }

  @Test(arguments: [
    (ModelExport.Form.onnx, UInt64(10), UInt64(21), UInt64(5)), (.onnxWide, 8, 17, 3),
  ])
  func `a file names its versions, its columns and its answers`(
    form: ModelExport.Form, representation: UInt64, operators: UInt64, machineLearning: UInt64
  ) throws {
    let model = try Self.model(form)
    #expect(model.numbers[1] == [representation])
    #expect(model.texts(2) == ["cohort"])
    let sets = try model.messages(8)
    #expect(sets.map { $0.texts(1) } == [[], ["ai.onnx.ml"]])
    #expect(sets.map { $0.numbers[2] } == [[operators], [machineLearning]])
    let graph = try #require(try model.messages(7).first)
    #expect(
      try Self.ports(graph.messages(11)) == ["age": 11, "balance": 11, "news": 11, "contact": 8])
    let answers = try Self.ports(graph.messages(12))
    // The sample has a column called contact.
    #expect(
      answers.keys.sorted() == ["band", "calibrated", "contact_answer", "log_odds", "raw"])
    #expect(answers["band"] == 8 && answers["raw"] == 11)
  }

  @Test func `every value is made before it is used, once`() throws {
    let graph = try #require(try Self.model(.onnx).messages(7).first)
    var known = Set(try graph.messages(11).flatMap { $0.texts(1) })
    known.formUnion(try graph.messages(5).flatMap { $0.texts(8) })
    for node in try graph.messages(1) {
      #expect(known.isSuperset(of: node.texts(1)))
      let output = try #require(node.texts(2).first)
      #expect(known.insert(output).inserted, "\(output)")
    }
    #expect(known.isSuperset(of: try graph.messages(12).flatMap { $0.texts(1) }))
  }

  @Test func `the branches of a root have different numbers`() throws {
    // Trees of one leaf too: none of 600 customers can be divided into groups of 600.
    let whole = Parameters([("n_estimators", .integer(3)), ("min_samples_leaf", .integer(600))])
    for artifact in [
      try ExportSample.boosted(),
      try ExportSample.trees("random-forest", try RandomForest(whole)),
    ] {
      let graph = try #require(try Self.model(.onnx, of: artifact).messages(7).first)
      let node = try #require(try graph.messages(1).first { $0.texts(4) == ["TreeEnsemble"] })
      func numbers(_ name: String) throws -> [UInt64] {
        let attribute = try #require(try node.messages(5).first { $0.texts(1) == [name] })
        return try Message.numbers(try #require(attribute.data[8]?.first))
      }
      let left = try numbers("nodes_truenodeids")
      let right = try numbers("nodes_falsenodeids")
      let roots = try numbers("tree_roots").map { Int($0) }
      #expect(!roots.isEmpty && roots.allSatisfy { left[$0] != right[$0] })
    }
  }
}
