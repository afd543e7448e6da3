import Synchronization

/// Numbers of a model that belong in a binary tensor file instead of its JSON.
///
/// Put a store into a coder's `userInfo` under `.tensorStore`. Then every `Matrix` and `Vector` met
/// while encoding is set aside under its coding path (`steps.1.components`) and leaves that name in
/// the JSON; decoding finds it by the same name. Without a store they are coded inline.
public final class TensorStore: Sendable {
  /// An array of doubles with its shape, row-major.
  public struct Tensor: Hashable, Sendable {
    public let shape: [Int]
    public let values: [Double]

    public init(shape: [Int], values: [Double]) {
      self.shape = shape
      self.values = values
    }
  }

  // A coder's `userInfo` is shared between threads as far as the compiler can tell.
  private let contents: Mutex<[String: Tensor]>
  private let taken = Mutex<Set<String>>([])

  public init(tensors: [String: Tensor] = [:]) { contents = Mutex(tensors) }

  /// The arrays set aside so far, by name.
  public var tensors: [String: Tensor] { contents.withLock { $0 } }

  /// Names of arrays that no decoder has asked for, ascending.
  public var untaken: [String] {
    let taken = taken.withLock { $0 }
    return tensors.keys.filter { !taken.contains($0) }.sorted()
  }

  fileprivate func take(_ name: String) -> Tensor? {
    taken.withLock { _ = $0.insert(name) }
    return contents.withLock { $0[name] }
  }

  fileprivate func setAside(_ tensor: Tensor, at path: [any CodingKey]) -> String {
    let name = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    contents.withLock { $0[name] = tensor }
    return name
  }
}

extension CodingUserInfoKey {
  /// Holds a `TensorStore` while models are coded.
  public static let tensorStore = CodingUserInfoKey(rawValue: "cohort.tensor-store")!
}

extension TensorStore.Tensor {
  private enum CodingKeys: String, CodingKey { case tensor, shape, values }

  fileprivate func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if let store = encoder.userInfo[.tensorStore] as? TensorStore {
      try container.encode(store.setAside(self, at: encoder.codingPath), forKey: .tensor)
    } else {
      try container.encode(shape, forKey: .shape)
      try container.encode(values, forKey: .values)
    }
  }

  /// Reads a tensor of `rank` sides, refusing sides that do not multiply to the element count.
  fileprivate static func decode(rank: Int, from decoder: any Decoder) throws -> Self {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let tensor: Self
    if let store = decoder.userInfo[.tensorStore] as? TensorStore {
      let name = try container.decode(String.self, forKey: .tensor)
      guard let found = store.take(name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .tensor, in: container, debugDescription: "no tensor is named \(name)")
      }
      tensor = found
    } else {
      tensor = Self(
        shape: try container.decode([Int].self, forKey: .shape),
        values: try container.decode([Double].self, forKey: .values))
    }
    guard tensor.shape.count == rank, tensor.elementCount == tensor.values.count else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "shape \(tensor.shape) does not fit \(tensor.values.count) values"))
    }
    return tensor
  }

  /// The product of the sides, or nil if a side is negative or the product overflows.
  private var elementCount: Int? {
    shape.reduce(1 as Int?) { count, side in
      guard let count, side >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      return overflow ? nil : product
    }
  }
}

extension Matrix: Codable {
  public func encode(to encoder: any Encoder) throws {
    try TensorStore.Tensor(shape: [rowCount, columnCount], values: values).encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    let tensor = try TensorStore.Tensor.decode(rank: 2, from: decoder)
    self.init(rowCount: tensor.shape[0], columnCount: tensor.shape[1], values: tensor.values)
  }
}

extension Vector: Codable {
  public func encode(to encoder: any Encoder) throws {
    try TensorStore.Tensor(shape: [values.count], values: values).encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    self.init(try TensorStore.Tensor.decode(rank: 1, from: decoder).values)
  }
}
