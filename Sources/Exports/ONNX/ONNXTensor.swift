/// An array of numbers or texts, row-major.
struct ONNXTensor: Hashable, Sendable {
  enum Values: Hashable, Sendable {
    case doubles([Double])
    case floats([Float])
    case integers([Int64])
    case flags([Bool])
    case texts([String])
    case bytes([UInt8])
  }

  /// The types by their numbers in the format.
  enum Element: Int, Sendable {
    case float = 1
    case int64 = 7
    case uint8 = 2
    case string = 8
    case bool = 9
    case double = 11
  }

  let shape: [Int]
  let values: Values

  init(_ shape: [Int], _ values: Values) {
    precondition(shape.reduce(1, *) == values.count, "a value per place")
    self.shape = shape
    self.values = values
  }

  static func vector(_ values: [Double]) -> ONNXTensor {
    ONNXTensor([values.count], .doubles(values))
  }

  static func integers(_ values: [Int64]) -> ONNXTensor {
    ONNXTensor([values.count], .integers(values))
  }

  static func scalar(_ value: Double) -> ONNXTensor { ONNXTensor([], .doubles([value])) }

  var element: Element {
    switch values {
    case .doubles: .double
    case .floats: .float
    case .integers: .int64
    case .flags: .bool
    case .texts: .string
    case .bytes: .uint8
    }
  }
}

extension ONNXTensor.Values {
  var count: Int {
    switch self {
    case .doubles(let values): values.count
    case .floats(let values): values.count
    case .integers(let values): values.count
    case .flags(let values): values.count
    case .texts(let values): values.count
    case .bytes(let values): values.count
    }
  }

  /// The values at some places.
  func selecting(_ places: [Int]) -> Self {
    switch self {
    case .doubles(let values): .doubles(places.map { values[$0] })
    case .floats(let values): .floats(places.map { values[$0] })
    case .integers(let values): .integers(places.map { values[$0] })
    case .flags(let values): .flags(places.map { values[$0] })
    case .texts(let values): .texts(places.map { values[$0] })
    case .bytes(let values): .bytes(places.map { values[$0] })
    }
  }
}
