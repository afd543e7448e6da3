/// The labels that one run of a clustering gave to some of the items.
public struct Labeling: Hashable, Sendable {
  /// The items that were clustered; −1 is none of them.
  public let rows: [Int]
  /// For each of `rows` its label, −1 for none.
  public let labels: [Int]

  public init(rows: [Int], labels: [Int]) {
    precondition(rows.count == labels.count, "every row has a label")
    self.rows = rows
    self.labels = labels
  }
}

/// The labels of every item in every run, a byte each, so that one instruction compares 32 runs.
///
/// Items stand in the order of `items`. A row of `bytes` is padded to whole vectors. Bytes that never
/// count as equal have one value on the left of a comparison and another on the right.
struct RunLabels: Sendable {
  private enum Mark {
    static let absent: UInt8 = 0xff
    static let unassigned: UInt8 = 0xfe
    static let absentLeft: UInt8 = 0xfd
    static let unassignedLeft: UInt8 = 0xfc
  }

  /// Labels below this fit.
  static let segmentLimit = Int(Mark.unassignedLeft)

  let runCount: Int
  /// Vectors of 32 runs.
  let vectorCount: Int
  /// Words of 64 runs.
  let wordCount: Int
  let bytes: [UInt8]
  /// Bit r is set where the item was part of run r.
  let presence: [UInt64]

  /// - Throws: `.tooManySegments` for a label from 252.
  init(_ runs: [Labeling], items: [Int]) throws(EvaluationError) {
    var places = [Int](repeating: -1, count: (items.max() ?? -1) + 1)
    for (place, item) in items.enumerated() { places[item] = place }
    vectorCount = (runs.count + 31) / 32
    wordCount = (runs.count + 63) / 64
    runCount = runs.count
    var bytes = [UInt8](repeating: Mark.absent, count: items.count * vectorCount * 32)
    var presence = [UInt64](repeating: 0, count: items.count * wordCount)
    for (run, labeling) in runs.enumerated() {
      for (row, label) in zip(labeling.rows, labeling.labels) where places.indices.contains(row) {
        guard label < Self.segmentLimit else {
          throw .tooManySegments(found: label + 1, limit: Self.segmentLimit)
        }
        let place = places[row]
        bytes[place * vectorCount * 32 + run] = label < 0 ? Mark.unassigned : UInt8(label)
        presence[place * wordCount + run / 64] |= 1 << UInt64(run % 64)
      }
    }
    self.bytes = bytes
    self.presence = presence
  }

  /// The item's bytes for the left of a comparison.
  func left(_ place: Int) -> [UInt8] {
    let width = vectorCount * 32
    return bytes[place * width..<(place + 1) * width].map { byte in
      switch byte {
      case Mark.absent: Mark.absentLeft
      case Mark.unassigned: Mark.unassignedLeft
      default: byte
      }
    }
  }
}
