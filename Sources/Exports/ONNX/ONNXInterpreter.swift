internal import CLibrary

/// Computes the answers of a graph by the definitions of its operators, one after the other.
///
/// Of each operator as much as our graphs use. A graph that the rest of this module has built cannot fail
/// here; what does not fit is a programmer's mistake.
struct ONNXInterpreter {
  private var values: [String: ONNXTensor] = [:]

  /// - Parameter inputs: A vector for every input of the graph.
  /// - Returns: The answers by name.
  static func run(
    _ graph: ONNXGraph, _ inputs: [String: ONNXTensor]
  ) -> [String: ONNXTensor] {
    var interpreter = ONNXInterpreter()
    for (name, tensor) in graph.constants { interpreter.values[name] = tensor }
    for port in graph.inputs { interpreter.values[port.name] = inputs[port.name] }
    for node in graph.nodes { interpreter.values[node.output] = interpreter.result(of: node) }
    let names = graph.outputs.map(\.name)
    return interpreter.values.filter { names.contains($0.key) }
  }

  private func result(of node: ONNXGraph.Node) -> ONNXTensor {
    let inputs = node.inputs.map { name -> ONNXTensor in
      guard let tensor = values[name] else { preconditionFailure("\(name) is not computed yet") }
      return tensor
    }
    let (x, other) = (inputs[0], inputs.count > 1 ? inputs[1] : inputs[0])
    if let result = Self.arithmetic(node.operation, x, other) { return result }
    switch node.operation {
    case "Identity": return x
    case "Clip": return x.map { min(max($0, other.doubles[0]), inputs[2].doubles[0]) }
    case "Where": return ONNXTensor.choose(x, other, inputs[2])
    case "Cast": return x.cast(to: Int(node.integer("to")))
    case "Unsqueeze": return x.unsqueezed(axis: Int(other.integers[0]))
    case "Squeeze": return x.squeezed(axis: Int(other.integers[0]))
    case "Concat": return .concatenated(inputs, axis: Int(node.integer("axis")))
    case "Gather": return x.gathered(other, axis: Int(node.integer("axis")))
    case "GatherElements": return x.entries(at: other)
    case "MatMul": return x.multiplied(by: other)
    case "ReduceSum": return x.summed(axis: Int(other.integers[0]))
    case "CumSum": return x.runningSums()
    case "ArgMin": return x.places { $0 < $1 }
    case "ArgMax": return x.places { $0 > $1 }
    case "Transpose": return x.transposed(node.integers("perm").map(Int.init))
    case "Shape": return .integers([Int64(x.shape[0])])
    case "ConstantOfShape":
      guard case .tensor(let value)? = node["value"] else { break }
      let shape = x.integers.map(Int.init)
      let count = shape.reduce(1, *)
      return ONNXTensor(
        shape, value.values.selecting([Int](repeating: 0, count: count)))
    case "LabelEncoder": return Self.encode(x, node)
    case "TreeEnsemble": return ExactTreeWalk(node).sums(x)
    case "TreeEnsembleRegressor": return WideTreeWalk(node).sums(x)
    default: break
    }
    preconditionFailure("no meaning is known for \(node.operation)")
  }

  /// What is done number by number.
  private static func arithmetic(
    _ operation: String, _ x: ONNXTensor, _ other: ONNXTensor
  ) -> ONNXTensor? {
    switch operation {
    case "Add": .combine(x, other, +)
    case "Sub": .combine(x, other, -)
    case "Mul": .combine(x, other, *)
    case "Div": .combine(x, other, /)
    case "Less": .compare(x, other, <)
    case "LessOrEqual": .compare(x, other, <=)
    case "Equal": .compare(x, other, ==)
    case "Neg": x.map(-)
    case "Abs": x.map(abs)
    case "Exp": x.map { exp($0) }
    case "Log": x.map { log($0) }
    case "Sqrt": x.map { $0.squareRoot() }
    case "IsNaN": ONNXTensor(x.shape, .flags(x.doubles.map(\.isNaN)))
    default: nil
    }
  }

  private static func encode(_ x: ONNXTensor, _ node: ONNXGraph.Node) -> ONNXTensor {
    guard case .texts(let keys)? = node["keys_strings"], case .texts(let texts) = x.values else {
      preconditionFailure("a label encoder of texts")
    }
    // By bytes: Swift takes different spellings of a letter for the same text.
    let places = Dictionary(
      zip(keys.map { Array($0.utf8) }, node.integers("values_int64s")),
      uniquingKeysWith: { first, _ in first })
    let otherwise = node.integer("default_int64")
    return ONNXTensor(
      x.shape, .integers(texts.map { places[Array($0.utf8)] ?? otherwise }))
  }
}

extension ONNXGraph.Node {
  func integer(_ name: String) -> Int64 {
    if case .integer(let value)? = self[name] { value } else { 0 }
  }

  func integers(_ name: String) -> [Int64] {
    if case .integers(let values)? = self[name] { values } else { [] }
  }

  func doubles(_ name: String) -> [Double] {
    if case .tensor(let tensor)? = self[name] { tensor.doubles } else { [] }
  }
}
