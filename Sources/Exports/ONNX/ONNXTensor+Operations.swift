/// The operators of `ONNXInterpreter` that concern shapes and sums.
extension ONNXTensor {
  var doubles: [Double] {
    guard case .doubles(let values) = values else { preconditionFailure("a tensor of doubles") }
    return values
  }

  var integers: [Int64] {
    guard case .integers(let values) = values else { preconditionFailure("a tensor of integers") }
    return values
  }

  var flags: [Bool] {
    guard case .flags(let values) = values else { preconditionFailure("a tensor of flags") }
    return values
  }

  func map(_ body: (Double) -> Double) -> ONNXTensor {
    ONNXTensor(shape, .doubles(doubles.map(body)))
  }

  /// The shape to which both broadcast: sizes agree from the last axis on, or one of them is 1 or absent.
  private static func common(_ a: [Int], _ b: [Int]) -> [Int] {
    (0..<max(a.count, b.count)).map { axis in
      let (x, y) = (
        size(of: a, axis, max(a.count, b.count)), size(of: b, axis, max(a.count, b.count))
      )
      return x == 1 ? y : x
    }
  }

  private static func size(of shape: [Int], _ axis: Int, _ rank: Int) -> Int {
    let own = axis - (rank - shape.count)
    return own < 0 ? 1 : shape[own]
  }

  /// For every place of the broadcast shape, the place of the value there.
  private func places(in target: [Int]) -> [Int] {
    if shape == target { return Array(0..<values.count) }
    var strides = [Int](repeating: 0, count: target.count)
    var stride = 1
    for axis in target.indices.reversed() {
      let size = Self.size(of: shape, axis, target.count)
      strides[axis] = size == 1 ? 0 : stride
      stride *= size
    }
    return target.enumerated().reduce([0]) { places, axis in
      places.flatMap { place in (0..<axis.element).map { place + $0 * strides[axis.offset] } }
    }
  }

  static func combine(
    _ a: ONNXTensor, _ b: ONNXTensor, _ body: (Double, Double) -> Double
  ) -> ONNXTensor {
    let shape = common(a.shape, b.shape)
    let (x, y) = (a.doubles, b.doubles)
    let places = zip(a.places(in: shape), b.places(in: shape))
    return ONNXTensor(shape, .doubles(places.map { body(x[$0], y[$1]) }))
  }

  static func compare(
    _ a: ONNXTensor, _ b: ONNXTensor, _ body: (Double, Double) -> Bool
  ) -> ONNXTensor {
    let shape = common(a.shape, b.shape)
    let (x, y) = (a.doubles, b.doubles)
    let places = zip(a.places(in: shape), b.places(in: shape))
    return ONNXTensor(shape, .flags(places.map { body(x[$0], y[$1]) }))
  }

  static func choose(_ condition: ONNXTensor, _ a: ONNXTensor, _ b: ONNXTensor) -> ONNXTensor {
    let shape = common(common(condition.shape, a.shape), b.shape)
    let (flags, x, y) = (condition.flags, a.doubles, b.doubles)
    let places = zip(condition.places(in: shape), zip(a.places(in: shape), b.places(in: shape)))
    return ONNXTensor(shape, .doubles(places.map { flags[$0] ? x[$1.0] : y[$1.1] }))
  }

  func cast(to element: Int) -> ONNXTensor {
    switch (values, element) {
    case (.flags(let flags), Element.double.rawValue):
      return ONNXTensor(shape, .doubles(flags.map { $0 ? 1 : 0 }))
    case (.flags(let flags), Element.int64.rawValue):
      return ONNXTensor(shape, .integers(flags.map { $0 ? 1 : 0 }))
    case (.floats(let values), Element.double.rawValue):
      return ONNXTensor(shape, .doubles(values.map(Double.init)))
    default: preconditionFailure("no graph casts \(self.element) to \(element)")
    }
  }

  func unsqueezed(axis: Int) -> ONNXTensor {
    ONNXTensor(Array(shape[..<axis]) + [1] + shape[axis...], values)
  }

  func squeezed(axis: Int) -> ONNXTensor {
    ONNXTensor(Array(shape[..<axis]) + shape[(axis + 1)...], values)
  }

  static func concatenated(_ parts: [ONNXTensor], axis: Int) -> ONNXTensor {
    if axis == 0 {
      let all = parts.flatMap(\.integers)
      return .integers(all)
    }
    let rowCount = parts[0].shape[0]
    var values: [Double] = []
    for row in 0..<rowCount {
      for part in parts {
        let width = part.shape[1]
        values += part.doubles[row * width..<(row + 1) * width]
      }
    }
    return ONNXTensor([rowCount, parts.reduce(0) { $0 + $1.shape[1] }], .doubles(values))
  }

  /// Slices along the first axis by the given places, or the one column at axis 1.
  func gathered(_ places: ONNXTensor, axis: Int) -> ONNXTensor {
    if axis == 1 {
      let column = Int(places.integers[0])
      let chosen = (0..<shape[0]).map { $0 * shape[1] + column }
      return ONNXTensor([shape[0]], values.selecting(chosen))
    }
    let size = shape.dropFirst().reduce(1, *)
    let chosen = places.integers.flatMap { place in (0..<size).map { Int(place) * size + $0 } }
    return ONNXTensor(places.shape + shape.dropFirst(), values.selecting(chosen))
  }

  /// The entry of each row at its place.
  func entries(at places: ONNXTensor) -> ONNXTensor {
    let chosen = places.integers.enumerated().map { $0.offset * shape[1] + Int($0.element) }
    return ONNXTensor([shape[0], 1], values.selecting(chosen))
  }

  /// Products of the last two axes, over equal first ones if there are three.
  func multiplied(by other: ONNXTensor) -> ONNXTensor {
    let (a, b) = (doubles, other.doubles)
    let (rows, inner) = (shape[shape.count - 2], shape[shape.count - 1])
    let columns = other.shape[other.shape.count - 1]
    let count = shape.dropLast(2).reduce(1, *)
    var values: [Double] = []
    for batch in 0..<count {
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.0
          for place in 0..<inner {
            let left = a[(batch * rows + row) * inner + place]
            sum.addProduct(left, b[(batch * inner + place) * columns + column])
          }
          values.append(sum)
        }
      }
    }
    return ONNXTensor(Array(shape.dropLast(2)) + [rows, columns], .doubles(values))
  }

  /// The sums along the last axis, which is `axis`.
  func summed(axis: Int) -> ONNXTensor {
    precondition(axis == shape.count - 1, "sums are of the last axis")
    let size = shape[axis]
    let target = Array(shape.dropLast())
    let count = target.reduce(1, *)
    func sums<Number: AdditiveArithmetic>(_ values: [Number]) -> [Number] {
      (0..<count).map { values[$0 * size..<($0 + 1) * size].reduce(.zero, +) }
    }
    if case .integers(let values) = values { return ONNXTensor(target, .integers(sums(values))) }
    return ONNXTensor(target, .doubles(sums(doubles)))
  }

  /// The sums of each row up to every column.
  func runningSums() -> ONNXTensor {
    var values = doubles
    for place in values.indices where place % shape[1] > 0 { values[place] += values[place - 1] }
    return ONNXTensor(shape, .doubles(values))
  }

  /// The first place of each row whose value precedes all others.
  func places(_ precedes: (Double, Double) -> Bool) -> ONNXTensor {
    let (values, width) = (doubles, shape[1])
    let places = (0..<shape[0]).map { row in
      (1..<max(width, 1)).reduce(0) { best, place in
        precedes(values[row * width + place], values[row * width + best]) ? place : best
      }
    }
    return .integers(places.map(Int64.init))
  }

  func transposed(_ axes: [Int]) -> ONNXTensor {
    let target = axes.map { shape[$0] }
    let strides = axes.map { axis in shape[(axis + 1)...].reduce(1, *) }
    let places = target.enumerated().reduce([0]) { places, axis in
      places.flatMap { place in (0..<axis.element).map { place + $0 * strides[axis.offset] } }
    }
    return ONNXTensor(target, values.selecting(places))
  }
}
