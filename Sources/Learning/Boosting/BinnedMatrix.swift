import Numerical

/// The features of a table as bytes: the bin of every value, by columns and by rows.
///
/// Columns serve partitions, rows serve histograms: eight bins of a row are one load. Features that
/// cannot divide the rows are left out.
final class BinnedMatrix: Sendable {
  let rowCount: Int
  /// The bins of every feature of the table, used or not.
  let bins: [FeatureBins]
  /// Features of the table that have a column here, ascending.
  let features: [Int]
  /// Bytes of a row: the number of columns rounded up to whole words.
  let stride: Int
  private let columnBytes: ScratchBuffer<UInt8>
  private let rowBytes: ScratchBuffer<UInt8>

  /// Bins a table with bins made before.
  ///
  /// - Parameter sources: per feature, where its values are.
  init(rowCount: Int, bins: [FeatureBins], sources: [FeatureSource], on pool: WorkerPool) {
    self.rowCount = rowCount
    self.bins = bins
    features = bins.indices.filter { !bins[$0].isConstant }
    stride = (features.count + 7) / 8 * 8
    columnBytes = ScratchBuffer(count: max(1, rowCount * features.count))
    rowBytes = ScratchBuffer(count: max(1, rowCount * stride))
    fillColumns(from: sources, on: pool)
    fillRows(on: pool)
  }

  var columnCount: Int { features.count }

  /// Bytes of the bins, and of the table's values as doubles.
  var byteCount: Int { rowCount * (features.count + stride) }
  var valueBytes: Int { rowCount * bins.count * MemoryLayout<Double>.stride }

  /// Words of eight columns that make a row.
  var groupCount: Int { stride / 8 }

  func column(_ index: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(columnBytes.start + index * rowCount)
  }

  var rows: UnsafePointer<UInt8> { UnsafePointer(rowBytes.start) }

  func bins(ofColumn column: Int) -> FeatureBins { bins[features[column]] }

  private func fillColumns(from sources: [FeatureSource], on pool: WorkerPool) {
    let chunks = RowChunks(count: rowCount, size: 65_536)
    pool.forEachChunk(count: features.count * chunks.count) { task in
      let (column, chunk) = (task / chunks.count, chunks[task % chunks.count])
      let target = columnBytes.start + column * rowCount + chunk.lowerBound
      let bins = bins[features[column]]
      switch sources[features[column]] {
      case .numbers(let numbers):
        numbers.withUnsafeBufferPointer { numbers in
          guard let start = numbers.baseAddress else { return }
          bins.assign(start + chunk.lowerBound, count: chunk.count, to: target)
        }
      case .codes(let codes, let levelMap):
        codes.withUnsafeBufferPointer { codes in
          guard let start = codes.baseAddress else { return }
          bins.assign(
            start + chunk.lowerBound, count: chunk.count, levelMap: levelMap, to: target)
        }
      }
    }
  }

  private func fillRows(on pool: WorkerPool) {
    let chunks = RowChunks(count: rowCount, size: 4096)
    pool.forEachChunk(count: chunks.count) { chunk in
      for group in 0..<groupCount {
        let used = min(8, columnCount - group * 8)
        for row in chunks[chunk] {
          var word: UInt64 = 0
          for lane in 0..<used {
            let bin = columnBytes.start[(group &* 8 &+ lane) &* rowCount &+ row]
            word |= UInt64(bin) &<< UInt64(truncatingIfNeeded: lane &* 8)
          }
          UnsafeMutableRawPointer(rowBytes.start + (row &* stride &+ group &* 8)).storeBytes(
            of: word, as: UInt64.self)
        }
      }
    }
  }
}

/// Where the values of a model's feature stand in a table.
enum FeatureSource: Sendable {
  case numbers([Double])
  /// Codes, and the model's code for each of the table's where they differ.
  case codes([Int32], levelMap: [Int32]?)
}

extension BinnedMatrix {
  /// Bins a table by quantiles of a sample of its rows.
  static func fit(_ table: FeatureTable, rules: BinningRules, seed: Seed, on pool: WorkerPool)
    -> BinnedMatrix
  {
    let sample = sampledRows(table.rowCount, size: rules.sampleSize, seed: seed)
    let sampleCount = sample?.count ?? table.rowCount
    // As LightGBM rounds it, in two steps.
    let leastRows = Int(
      Double(rules.leastRowsPerLeaf) * Double(sampleCount) / Double(max(1, table.rowCount)))
    let bins = pool.map(count: table.columns.count) { index in
      switch table.columns[index].values {
      case .numbers(let numbers):
        return FeatureBins.numeric(
          sample: sample.map { $0.map { numbers[$0] } } ?? numbers, rules: rules,
          leastRows: leastRows)
      case .categories(let categories):
        return FeatureBins.categorical(
          sample: sample.map { $0.map { categories.codes[$0] } } ?? categories.codes,
          levelCount: categories.levels.count, rules: rules, leastRows: leastRows)
      }
    }
    let sources = table.columns.map { column -> FeatureSource in
      switch column.values {
      case .numbers(let numbers): .numbers(numbers)
      case .categories(let categories): .codes(categories.codes, levelMap: nil)
      }
    }
    return BinnedMatrix(rowCount: table.rowCount, bins: bins, sources: sources, on: pool)
  }

  /// One row of each of `size` equal runs of rows; nil for all rows.
  private static func sampledRows(_ rowCount: Int, size: Int, seed: Seed) -> [Int]? {
    guard rowCount > size else { return nil }
    var random = RandomSource(seed: seed)
    let run = Double(rowCount) / Double(size)
    return (0..<size).map { min(rowCount - 1, Int((Double($0) + random.uniform()) * run)) }
  }
}
