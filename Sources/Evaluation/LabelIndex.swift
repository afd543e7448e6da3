/// The distinct labels of a labeling, numbered by first appearance.
///
/// Two labelings that differ only in the names of their clusters have equal codes, so a figure computed
/// from codes does not depend on the names at all.
package struct LabelIndex: Sendable {
  /// The label of each code.
  package let labels: [Int]
  /// Rows of each code.
  package let counts: [Int]
  /// The code of each row.
  package let codes: [Int]

  /// - Complexity: O(n) time and memory.
  package init(_ rowLabels: some RandomAccessCollection<Int>) {
    var numbering = Numbering(for: rowLabels)
    var labels: [Int] = []
    var counts: [Int] = []
    var codes: [Int] = []
    codes.reserveCapacity(rowLabels.count)
    for label in rowLabels {
      let code = numbering.code(of: label, next: labels.count)
      if code == labels.count {
        labels.append(label)
        counts.append(0)
      }
      counts[code] += 1
      codes.append(code)
    }
    self.labels = labels
    self.counts = counts
    self.codes = codes
  }

  /// Codes in ascending order of their labels.
  var codesByLabel: [Int] { labels.indices.sorted { labels[$0] < labels[$1] } }

  /// The rows of each code, ascending.
  var rowsByCode: [[Int]] {
    var rows = counts.map { count -> [Int] in
      var rows: [Int] = []
      rows.reserveCapacity(count)
      return rows
    }
    for (row, code) in codes.enumerated() { rows[code].append(row) }
    return rows
  }
}

/// Looks codes up in an array where labels lie close together, and in a dictionary otherwise.
private struct Numbering {
  private var lowest = 0
  /// The code of each label from the lowest on, −1 for none; empty where labels lie apart.
  private var dense: [Int] = []
  private var sparse: [Int: Int] = [:]

  init(for labels: some RandomAccessCollection<Int>) {
    guard let lowest = labels.min(), let highest = labels.max() else { return }
    let (span, overflow) = highest.subtractingReportingOverflow(lowest)
    if !overflow, span <= 4 * labels.count + 1024 {
      self.lowest = lowest
      dense = [Int](repeating: -1, count: span + 1)
    }
  }

  /// The code of `label`, which becomes `next` where it has none yet.
  mutating func code(of label: Int, next: Int) -> Int {
    guard dense.isEmpty else {
      let place = label - lowest
      if dense[place] < 0 { dense[place] = next }
      return dense[place]
    }
    if let code = sparse[label] { return code }
    sparse[label] = next
    return next
  }
}
