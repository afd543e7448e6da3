/// The graph of a model: named values, the operations between them and constants.
///
/// Operators: https://onnx.ai/onnx/operators. Nodes are in the order in which they can be computed.
struct ONNXGraph: Sendable {
  /// The sets of operators that a graph keeps to.
  enum Profile: Sendable {
    /// IR 10, opset 21, ai.onnx.ml 5.
    case exact
    /// IR 8, opset 17, ai.onnx.ml 3.
    case wide
  }

  enum Attribute: Hashable, Sendable {
    case integer(Int64)
    case integers([Int64])
    case text(String)
    case texts([String])
    case tensor(ONNXTensor)
  }

  struct Node: Sendable {
    let operation: String
    /// Whether it is of ai.onnx.ml.
    let isMachineLearning: Bool
    let inputs: [String]
    let output: String
    let attributes: [(name: String, value: Attribute)]

    subscript(name: String) -> Attribute? { attributes.first { $0.name == name }?.value }
  }

  /// A value of one entry per row.
  struct Port: Hashable, Sendable {
    let name: String
    /// The column of scoring; the name, unless a column of the table has that.
    let answer: String
    let element: ONNXTensor.Element
  }

  /// A value of the graph.
  struct Value: Hashable, Sendable {
    let name: String
  }

  let profile: Profile
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []
  private(set) var nodes: [Node] = []
  private(set) var constants: [(name: String, tensor: ONNXTensor)] = []

  init(_ profile: Profile) { self.profile = profile }

  mutating func input(_ name: String, _ element: ONNXTensor.Element) -> Value {
    inputs.append(Port(name: name, answer: name, element: element))
    return Value(name: name)
  }

  mutating func constant(_ tensor: ONNXTensor) -> Value {
    if let known = constants.first(where: { $0.tensor == tensor }) {
      return Value(name: known.name)
    }
    let name = "cohort:constant:\(constants.count)"
    constants.append((name, tensor))
    return Value(name: name)
  }

  /// Adds an operation.
  mutating func add(
    _ operation: String, _ inputs: Value..., attributes: (name: String, value: Attribute)...,
    isMachineLearning: Bool = false
  ) -> Value {
    add(operation, inputs, attributes, isMachineLearning: isMachineLearning)
  }

  mutating func add(
    _ operation: String, _ inputs: [Value], _ attributes: [(name: String, value: Attribute)],
    isMachineLearning: Bool = false
  ) -> Value {
    let output = "cohort:\(nodes.count)"
    nodes.append(
      Node(
        operation: operation, isMachineLearning: isMachineLearning, inputs: inputs.map(\.name),
        output: output, attributes: attributes))
    return Value(name: output)
  }

  /// Names a value as an answer; `contact_answer` where the table has a column `contact`.
  mutating func answer(_ answer: String, _ element: ONNXTensor.Element, _ value: Value) {
    var name = answer
    while inputs.contains(where: { $0.name == name }) { name += "_answer" }
    nodes.append(
      Node(
        operation: "Identity", isMachineLearning: false, inputs: [value.name], output: name,
        attributes: []))
    outputs.append(Port(name: name, answer: answer, element: element))
  }
}

/// Operations as expressions.
extension ONNXGraph {
  mutating func scalar(_ value: Double) -> Value { constant(.scalar(value)) }

  /// A dimension of 1 at `axis`.
  mutating func unsqueeze(_ x: Value, axis: Int64) -> Value {
    add("Unsqueeze", x, constant(.integers([axis])))
  }

  mutating func squeeze(_ x: Value, axis: Int64) -> Value {
    add("Squeeze", x, constant(.integers([axis])))
  }

  mutating func sum(_ x: Value, axis: Int64) -> Value {
    add(
      "ReduceSum", x, constant(.integers([axis])), attributes: ("keepdims", .integer(0)))
  }

  mutating func concatenate(_ values: [Value], axis: Int64 = 1) -> Value {
    values.count == 1 ? values[0] : add("Concat", values, [("axis", .integer(axis))])
  }

  mutating func gather(_ table: ONNXTensor, _ places: Value) -> Value {
    add("Gather", constant(table), places, attributes: ("axis", .integer(0)))
  }

  mutating func cast(_ x: Value, to element: ONNXTensor.Element) -> Value {
    add("Cast", x, attributes: ("to", .integer(Int64(element.rawValue))))
  }

  /// The entry of each row at the place that `places` names for it.
  mutating func entry(of x: Value, at places: Value) -> Value {
    squeeze(
      add("GatherElements", x, unsqueeze(places, axis: 1), attributes: ("axis", .integer(1))),
      axis: 1)
  }

  /// A value for each row of `x`, N or N × 1 of them.
  mutating func filled(_ value: Double, rowsOf x: Value, asColumn: Bool = false) -> Value {
    var shape = add("Shape", x, attributes: ("start", .integer(0)), ("end", .integer(1)))
    if asColumn { shape = concatenate([shape, constant(.integers([1]))], axis: 0) }
    return add(
      "ConstantOfShape", shape, attributes: ("value", .tensor(.vector([value]))))
  }

  /// How many of `limits` lie at or below each number.
  mutating func countReached(_ limits: [Double], by x: Value) -> Value {
    let reached = add("LessOrEqual", constant(.vector(limits)), unsqueeze(x, axis: 1))
    return sum(cast(reached, to: .int64), axis: 1)
  }
}
