import Numerical

/// The paths of one tree with everything about them that does not depend on rows.
///
/// Four quadrature nodes make a slice; a path of m features has ⌈m / 8⌉ slices, worked on one after another.
struct ExplanationPlan: Sendable {
  private struct Element: BitwiseCopyable, Sendable {
    var feature: Int32
    var edges: Int32
    var edgeCount: Int32
  }

  /// An edge: the node, and all ones where the path goes right.
  private struct Edge: BitwiseCopyable, Sendable {
    var node: Int32
    var flip: UInt64
  }

  private struct Slice: BitwiseCopyable, Sendable {
    var elements: Int
    var elementCount: Int
    /// Where its vectors start: per element the factor for o = 0, for o = 1, then what the full product is
    /// multiplied with for o = 0 and for o = 1.
    var vectors: Int
    var isFirst: Bool
  }

  private var elements: [Element] = []
  private var edges: [Edge] = []
  private var slices: [Slice] = []
  private var vectors: [SIMD4<Double>] = []
  private var longest = 0

  init(_ tree: TreePaths, _ rules: inout QuadratureRules) {
    for path in tree.paths where !path.elements.isEmpty { append(path, &rules) }
  }

  /// The memory of what is kept.
  var byteCount: Int {
    elements.count * MemoryLayout<Element>.stride + edges.count * MemoryLayout<Edge>.stride
      + slices.count * MemoryLayout<Slice>.stride
      + vectors.count * MemoryLayout<SIMD4<Double>>.stride
  }

  private mutating func append(_ path: TreePaths.Path, _ rules: inout QuadratureRules) {
    let first = elements.count
    for element in path.elements {
      elements.append(
        Element(
          feature: Int32(element.feature), edges: Int32(edges.count),
          edgeCount: Int32(element.edges.count)))
      for edge in element.edges {
        edges.append(Edge(node: Int32(edge.node), flip: edge.isLeft ? 0 : .max))
      }
    }
    longest = max(longest, path.elements.count)
    let sliceCount = (path.elements.count + 7) / 8
    let rule = rules[sliceCount * 4]
    for slice in 0..<sliceCount {
      let t = Self.four(rule.nodes, slice)
      let w = Self.four(rule.weights, slice)
      slices.append(
        Slice(
          elements: first, elementCount: path.elements.count, vectors: vectors.count,
          isFirst: slice == 0))
      let rest = SIMD4(repeating: 1) - t
      for element in path.elements {
        let z = SIMD4<Double>(repeating: element.share)
        let met = t + rest * z
        vectors.append(rest * z)
        vectors.append(met)
        vectors.append(-path.value * w / rest)
        vectors.append(path.value * (1 - element.share) * w / met)
      }
    }
  }

  private static func four(_ values: [Double], _ slice: Int) -> SIMD4<Double> {
    SIMD4(
      values[slice * 4], values[slice * 4 + 1], values[slice * 4 + 2], values[slice * 4 + 3])
  }

  /// Adds the contributions of up to 64 rows.
  ///
  /// - Parameters:
  ///   - goesLeft: per node a bit per row.
  ///   - sums: row-major, `width` features, four quadrature nodes apart.
  func add(
    _ goesLeft: UnsafePointer<UInt64>, count: Int, width: Int,
    to sums: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, longest)) { passes in
      elements.withUnsafeBufferPointer { elements in
        vectors.withUnsafeBufferPointer { vectors in
          guard let passes = passes.baseAddress, let vectors = vectors.baseAddress,
            let all = elements.baseAddress
          else { return }
          for slice in slices {
            let own = all + slice.elements
            if slice.isFirst {
              for index in 0..<slice.elementCount { passes[index] = rows(own[index], goesLeft) }
            }
            Self.add(
              passes, own, count: slice.elementCount, vectors + slice.vectors, rows: count,
              width: width, to: sums)
          }
        }
      }
    }
  }

  /// The rows that pass every edge of an element.
  @inline(__always)
  private func rows(_ element: Element, _ goesLeft: UnsafePointer<UInt64>) -> UInt64 {
    edges.withUnsafeBufferPointer { edges in
      var rows = UInt64.max
      for index in 0..<Int(element.edgeCount) {
        let edge = edges[Int(element.edges) &+ index]
        rows &= goesLeft[Int(edge.node)] ^ edge.flip
      }
      return rows
    }
  }

  private static func add(
    _ passes: UnsafePointer<UInt64>, _ elements: UnsafePointer<Element>, count: Int,
    _ vectors: UnsafePointer<SIMD4<Double>>, rows: Int, width: Int,
    to sums: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    for row in 0..<rows {
      let shift = UInt64(truncatingIfNeeded: row)
      var product = SIMD4<Double>(repeating: 1)
      for index in 0..<count {
        let passed = Int(truncatingIfNeeded: (passes[index] &>> shift) & 1)
        product *= vectors[index &* 4 &+ passed]
      }
      let own = sums + row &* width
      for index in 0..<count {
        let passed = Int(truncatingIfNeeded: (passes[index] &>> shift) & 1)
        let place = own + Int(elements[index].feature)
        place.pointee = place.pointee.addingProduct(
          product, vectors[index &* 4 &+ 2 &+ passed])
      }
    }
  }
}
