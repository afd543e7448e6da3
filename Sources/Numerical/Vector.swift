/// A list of doubles that models store as a named tensor (a plain `[Double]` is stored as text).
public struct Vector: Hashable, Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  public var values: [Double]

  public init(_ values: [Double]) { self.values = values }
  public init(arrayLiteral elements: Double...) { values = elements }

  public var startIndex: Int { 0 }
  public var endIndex: Int { values.count }
  public subscript(index: Int) -> Double { values[index] }
}
