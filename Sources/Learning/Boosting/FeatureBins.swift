/// Which values of a numeric feature count as missing.
package enum MissingValues: UInt8, BitwiseCopyable, Sendable {
  /// None; NaN is taken for zero.
  case none = 0
  /// Zeros, and NaN with them.
  case zeros = 1
  /// NaN alone.
  case nan = 2
}

/// How the values of one feature map to bins.
///
/// Bins are numbered as LightGBM numbers them: a numeric feature's by ascending value, zero by itself,
/// and a last one for NaN if it was met; a categorical feature's by falling count, after bin 0 for
/// missing and rare categories.
struct FeatureBins: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// The greatest value of each bin but that of NaN; the last is +∞.
    case numeric(upperBounds: [Double])
    /// The category of each bin, −1 for bin 0; the bin of each category.
    case categorical(categories: [Int32], bins: [UInt8])
  }

  let kind: Kind
  let missing: MissingValues
  let count: Int
  /// The bin of zero.
  let zeroBin: Int
  /// The least and greatest value met; NaN if there was none.
  let range: ClosedRange<Double>?

  /// Whether the feature cannot divide any rows.
  var isConstant: Bool { count < 2 }

  var isCategorical: Bool { if case .categorical = kind { true } else { false } }

  init(upperBounds: [Double], missing: MissingValues, range: ClosedRange<Double>?) {
    kind = .numeric(upperBounds: upperBounds)
    self.missing = missing
    self.range = range
    count = upperBounds.count + (missing == .nan ? 1 : 0)
    zeroBin = upperBounds.firstIndex { 0 <= $0 } ?? 0
  }

  init(categories: [Int32], levelCount: Int, missing: MissingValues) {
    var bins = [UInt8](repeating: 0, count: levelCount)
    for (bin, category) in categories.enumerated() where category >= 0 {
      bins[Int(category)] = UInt8(truncatingIfNeeded: bin)
    }
    kind = .categorical(categories: categories, bins: bins)
    self.missing = missing
    range = nil
    count = categories.count
    zeroBin = 0
  }

  /// The bin that missing values share with nothing else, if there is one.
  var missingBin: Int? {
    switch missing {
    case .none: nil
    case .zeros: zeroBin
    case .nan: isCategorical ? 0 : count - 1
    }
  }
}

/// Zero and what LightGBM cannot tell from it.
enum NearZero {
  static let threshold = Double(1e-35 as Float)

  @inline(__always)
  static func contains(_ value: Double) -> Bool { value >= -threshold && value <= threshold }
}

extension FeatureBins {
  /// Writes the bin of every number.
  func assign(_ values: UnsafePointer<Double>, count: Int, to bins: UnsafeMutablePointer<UInt8>) {
    guard case .numeric(let upperBounds) = kind else { return }
    let missingBin = UInt8(truncatingIfNeeded: missing == .nan ? self.count - 1 : zeroBin)
    BoundSearch(Array(upperBounds.dropLast())).ranks(
      values, count: count, offset: 0, missing: missingBin, to: bins)
  }

  /// Writes the bin of every category code.
  ///
  /// - Parameter levelMap: the fitted code of each code, −1 for one the fit did not see.
  func assign(
    _ codes: UnsafePointer<Int32>, count: Int, levelMap: [Int32]?,
    to bins: UnsafeMutablePointer<UInt8>
  ) {
    guard case .categorical(_, let binOfCategory) = kind else { return }
    for row in 0..<count {
      var code = codes[row]
      if let levelMap, code >= 0 { code = levelMap[Int(code)] }
      let isKnown = code >= 0 && Int(code) < binOfCategory.count
      bins[row] = isKnown ? binOfCategory[Int(code)] : 0
    }
  }
}
