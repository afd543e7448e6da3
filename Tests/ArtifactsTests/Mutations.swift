import Artifacts
import Numerical

/// Everything that can be wrong with a JSON document or a tensor, one thing at a time.
enum Mutations {
  private static let scalars: [JSONValue] = [
    .null, .boolean(true), .boolean(false), .integer(-1), .integer(0), .integer(1), .integer(7),
    .integer(1 << 31), .integer(.max), .integer(.min), .natural(.max), .real(-1.5), .real(0),
    .real(0.5), .real(1e308), .real(-1e308), .real(.leastNonzeroMagnitude), .text(""),
    .text("none"),
    .array([]), .array([.integer(0)]), .object([:]),
  ]

  /// Words of the format, each in place of every other.
  private static let words: [JSONValue] = [
    "integer", "real", "boolean", "category", "date", "text", "ordinal", "one-hot", "pool",
    "impute",
    "refuse", "keep", "level", "full", "tied", "diagonal", "spherical", "yeo-johnson", "log1p",
    "sigmoid", "isotonic", "beta", "feature", "id", "binary", "regression", "poisson", "ward",
    "single", "standardize", "pca", "power", "k-means", "dbscan", "prior", "random-forest",
    "gradient-boosting", "logistic-regression", "segment", "distance",
  ].map(JSONValue.text)

  /// Hands every changed document to `body` with the place of the change.
  ///
  /// Of a long list the first, the middle and the last element are changed.
  static func forEach(
    of value: JSONValue, at place: String = "",
    in document: (JSONValue) -> JSONValue = { $0 }, _ body: (String, JSONValue) throws -> Void
  ) throws {
    for scalar in scalars where scalar != value {
      try body("\(place) becomes \(scalar)", document(scalar))
    }
    switch value {
    case .text:
      for word in words where word != value {
        try body("\(place) becomes \(word)", document(word))
      }
    case .object(let members): try forEach(of: members, at: place, in: document, body)
    case .array(let values): try forEach(of: values, at: place, in: document, body)
    default: break
    }
  }

  private static func forEach(
    of members: [String: JSONValue], at place: String, in document: (JSONValue) -> JSONValue,
    _ body: (String, JSONValue) throws -> Void
  ) throws {
    try body("\(place) gains a key", document(.object(members.merging(["unknown": .null]) { $1 })))
    for name in members.keys.sorted() {
      guard let value = members[name] else { continue }
      try body(
        "\(place).\(name) is gone", document(.object(members.filter { $0.key != name })))
      try forEach(
        of: value, at: "\(place).\(name)",
        in: { document(.object(members.merging([name: $0]) { $1 })) }, body)
    }
  }

  private static func forEach(
    of values: [JSONValue], at place: String, in document: (JSONValue) -> JSONValue,
    _ body: (String, JSONValue) throws -> Void
  ) throws {
    guard let first = values.first, let last = values.last else { return }
    let lists: [(String, [JSONValue])] = [
      ("lacks its first", Array(values.dropFirst())),
      ("lacks its last", Array(values.dropLast())), ("has its first twice", [first] + values),
      ("has its last twice", values + [last]), ("is turned round", values.reversed()),
    ]
    for (what, list) in lists { try body("\(place) \(what)", document(.array(list))) }
    let places = values.count > 8 ? [0, values.count / 2, values.count - 1] : Array(values.indices)
    for index in places {
      try forEach(
        of: values[index], at: "\(place)[\(index)]",
        in: { changed in
          var list = values
          list[index] = changed
          return document(.array(list))
        }, body)
    }
  }

  private static let numbers: [Double] = [
    -1, 0, 0.5, 1, 2, 1e9, 0x1p31, 0x1p32, 0x1p63, -0x1p63, 1e308, -1e308, .leastNonzeroMagnitude,
    .nan, .infinity,
    -.infinity,
  ]

  /// Hands every changed tensor to `body`.
  ///
  /// Of a large one about 60 elements are changed.
  static func forEach(
    of tensor: TensorStore.Tensor, _ body: (String, TensorStore.Tensor) throws -> Void
  ) throws {
    let (shape, values) = (tensor.shape, tensor.values)
    var shapes: [([Int], [Double])] = [
      ([], [1]), ([0], []), ([0, 0], []), ([1], [1]), ([1, 1], [1]), ([values.count], values),
      (shape + [1], values), (shape.reversed(), values), ([0] + shape.dropFirst(), []),
      ([1, values.count], values), ([values.count, 1], values),
    ]
    if let rows = shape.first, rows > 0 {
      let width = values.count / rows
      shapes.append(([rows - 1] + shape.dropFirst(), Array(values.dropLast(width))))
      shapes.append(([rows + 1] + shape.dropFirst(), values + values.suffix(width)))
    }
    for (shape, values) in shapes where shape != tensor.shape {
      try body("shape \(shape)", .init(shape: shape, values: values))
    }
    for number in numbers {
      try body(
        "all \(number)", .init(shape: shape, values: values.map { _ in number }))
    }
    try body("all negated", .init(shape: shape, values: values.map { -$0 }))
    try body("turned round", .init(shape: shape, values: values.reversed()))
    let step = max(1, values.count / 60)
    for index in stride(from: 0, to: values.count, by: step) {
      for number in numbers {
        var changed = values
        changed[index] = number
        try body("[\(index)] = \(number)", .init(shape: shape, values: changed))
      }
    }
  }
}
