import Artifacts
import Foundation
import Tabular

/// A model directory as MLflow loads it: the ONNX file, its signature, what it needs and an example.
///
/// Source: https://mlflow.org/docs/latest/ml/model. No code is in it: the flavour is MLflow's own loader of
/// ONNX.
struct MLflowModel {
  private let graph: ONNXGraph
  private let file: Data
  private let plan: ScoringPlan

  /// The versions that the directory has been tried with.
  private static let requirements = ["mlflow==3.17.2", "onnx==1.23.2", "onnxruntime==1.31.1"]
  private static let pythonVersion = "3.11"

  init(_ graph: ONNXGraph, file: Data, plan: ScoringPlan) {
    self.graph = graph
    self.file = file
    self.plan = plan
  }

  func files() -> [DurableDirectory.File] {
    let requirements = Self.requirements.map { $0 + "\n" }.joined()
    let environment = """
      python: '\(Self.pythonVersion)'
      build_dependencies: [pip]
      dependencies: [-r requirements.txt]

      """
    return [
      text("MLmodel", description), text("requirements.txt", requirements),
      text("python_env.yaml", environment), text("conda.yaml", conda),
      text("input_example.json", example.line + "\n"), .init(path: "model.onnx", bytes: file),
    ]
  }

  private func text(_ path: String, _ text: String) -> DurableDirectory.File {
    .init(path: path, bytes: Data(text.utf8))
  }

  private var description: String {
    """
    flavors:
      onnx:
        data: model.onnx
        onnx_version: 1.23.2
        providers: [CPUExecutionProvider]
        onnx_session_options: {intra_op_num_threads: 1}
      python_function:
        data: model.onnx
        env: {conda: conda.yaml, virtualenv: python_env.yaml}
        loader_module: mlflow.onnx
        python_version: '\(Self.pythonVersion)'
    metadata: \(metadata.line)
    mlflow_version: 3.17.2
    saved_input_example_info:
      artifact_path: input_example.json
      pandas_orient: split
      type: dataframe
    signature:
      inputs: \(quoted(columns(graph.inputs)))
      outputs: \(quoted(columns(graph.outputs)))
      params: null

    """
  }

  /// The column that says who may be scored, which a graph cannot ask.
  private var metadata: JSONValue {
    plan.consent.map { .object(["cohort.consent": .text($0.column)]) } ?? .null
  }

  private var conda: String {
    let pip = Self.requirements.map { "    - \($0)\n" }.joined()
    return """
      name: cohort-model
      channels: [conda-forge]
      dependencies:
        - python=\(Self.pythonVersion)
        - pip
        - pip:
      \(pip)
      """
  }

  private func columns(_ ports: [ONNXGraph.Port]) -> JSONValue {
    .array(
      ports.map { port in
        .object([
          "name": .text(port.name), "type": .text(port.element.mlflowType),
          "required": .boolean(true),
        ])
      })
  }

  /// A made-up row without gaps.
  private var example: JSONValue {
    let table = CheckRows(plan).table
    let cells: [JSONValue] = graph.inputs.map { port in
      guard let column = table[port.name] else { return .null }
      return column.numbers.map { .real($0[0]) } ?? .text(column.text(at: 0) ?? "")
    }
    return .object([
      "columns": .array(graph.inputs.map { .text($0.name) }), "data": .array([.array(cells)]),
    ])
  }

  /// JSON as a quoted scalar of YAML.
  private func quoted(_ json: JSONValue) -> String {
    "'" + json.line.replacing("'", with: "''") + "'"
  }
}

extension JSONValue {
  /// Compact JSON; members in the order of their names.
  fileprivate var line: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .natural(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { Self.quoted($0.key) + ": " + $0.value.line }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 32 || scalar.value == 127:
        quoted += "\\u" + String(format: "%04x", scalar.value)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension ONNXTensor.Element {
  fileprivate var mlflowType: String {
    switch self {
    case .double: "double"
    case .float: "float"
    case .int64: "long"
    case .string: "string"
    case .bool: "boolean"
    case .uint8: "integer"
    }
  }
}
