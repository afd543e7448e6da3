import Foundation

/// The graph as a `ModelProto`; numbers are those of the fields of `onnx.proto`.
extension ONNXGraph {
  /// - Parameters:
  ///   - name: What the model is called.
  ///   - properties: What else is to be known of it.
  func file(
    name: String, producer: String, properties: [(key: String, value: String)]
  ) -> Data {
    var model = ProtobufMessage()
    model.add(1, profile == .exact ? 10 : 8)
    model.add(2, "cohort")
    model.add(3, producer)
    model.add(7, graph(named: name))
    let versions: [(String, Int64)] =
      profile == .exact ? [("", 21), ("ai.onnx.ml", 5)] : [("", 17), ("ai.onnx.ml", 3)]
    for (domain, version) in versions {
      var set = ProtobufMessage()
      if !domain.isEmpty { set.add(1, domain) }
      set.add(2, version)
      model.add(8, set)
    }
    for (key, value) in properties {
      var entry = ProtobufMessage()
      entry.add(1, key)
      entry.add(2, value)
      model.add(14, entry)
    }
    return model.bytes
  }

  private func graph(named name: String) -> ProtobufMessage {
    var graph = ProtobufMessage()
    for node in nodes { graph.add(1, Self.message(node)) }
    graph.add(2, name)
    for constant in constants { graph.add(5, Self.message(constant.tensor, constant.name)) }
    for input in inputs { graph.add(11, Self.message(input)) }
    for output in outputs { graph.add(12, Self.message(output)) }
    return graph
  }

  private static func message(_ node: Node) -> ProtobufMessage {
    var message = ProtobufMessage()
    for input in node.inputs { message.add(1, input) }
    message.add(2, node.output)
    message.add(4, node.operation)
    for attribute in node.attributes {
      message.add(5, Self.message(attribute.name, attribute.value))
    }
    if node.isMachineLearning { message.add(7, "ai.onnx.ml") }
    return message
  }

  private static func message(_ name: String, _ value: Attribute) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, name)
    switch value {
    case .integer(let value):
      message.add(3, value)
      message.add(20, 2)
    case .text(let value):
      message.add(4, value)
      message.add(20, 3)
    case .tensor(let value):
      message.add(5, Self.message(value))
      message.add(20, 4)
    case .integers(let values):
      message.add(8, values)
      message.add(20, 7)
    case .texts(let values):
      for value in values { message.add(9, value) }
      message.add(20, 8)
    }
    return message
  }

  private static func message(_ tensor: ONNXTensor, _ name: String? = nil) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, tensor.shape.map(Int64.init))
    message.add(2, Int64(tensor.element.rawValue))
    if let name { message.add(8, name) }
    switch tensor.values {
    case .doubles(let values): message.add(9, raw(values.map(\.bitPattern.littleEndian)))
    case .floats(let values): message.add(9, raw(values.map(\.bitPattern.littleEndian)))
    case .integers(let values): message.add(9, raw(values.map(\.littleEndian)))
    case .flags(let values): message.add(9, Data(values.map { $0 ? 1 : 0 }))
    case .bytes(let values): message.add(9, Data(values))
    case .texts(let values): for value in values { message.add(6, value) }
    }
    return message
  }

  private static func raw<Word: FixedWidthInteger>(_ words: [Word]) -> Data {
    words.withUnsafeBytes { Data($0) }
  }

  /// A vector of as many entries as there are rows.
  private static func message(_ port: Port) -> ProtobufMessage {
    var rows = ProtobufMessage()
    rows.add(2, "rows")
    var shape = ProtobufMessage()
    shape.add(1, rows)
    var tensor = ProtobufMessage()
    tensor.add(1, Int64(port.element.rawValue))
    tensor.add(2, shape)
    var type = ProtobufMessage()
    type.add(1, tensor)
    var message = ProtobufMessage()
    message.add(1, port.name)
    message.add(2, type)
    return message
  }
}
