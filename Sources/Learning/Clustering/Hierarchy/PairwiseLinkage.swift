/// Linkages that are made of the distances between the rows of two clusters.
enum PairwiseLinkage {
  /// The mean distance.
  case average
  /// The greatest distance.
  case complete
  /// The mean of what it was to the two parts, whatever their sizes.
  case weighted

  /// The dissimilarity to a merged cluster from those to its parts (Lance and Williams 1967).
  ///
  /// Equal dissimilarities stay as they are in every bit.
  /// - Parameter share: the second part's share of the merged cluster.
  @inline(__always)
  func combined(_ first: SIMD4<Double>, _ second: SIMD4<Double>, share: Double) -> SIMD4<Double> {
    switch self {
    case .complete: first.replacing(with: second, where: first .< second)
    case .average, .weighted: first.addingProduct(SIMD4(repeating: share), second - first)
    }
  }

  @inline(__always)
  func combined(_ first: Double, _ second: Double, share: Double) -> Double {
    switch self {
    case .complete: max(first, second)
    case .average, .weighted: first.addingProduct(share, second - first)
    }
  }

  /// The second part's share of a merged cluster.
  @inline(__always)
  func share(_ first: Double, _ second: Double) -> Double {
    self == .weighted ? 0.5 : second / (first + second)
  }
}
