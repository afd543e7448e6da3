import Learning
import Numerical

/// Labelled rows that every classifier must cope with.
enum ClassifierData {
  static let columnNames = ["signal", "noise", "flag", "gaps", "kind"]

  /// Four columns of numbers and, in a table, one of six categories and gaps in the fourth; the event
  /// depends on the first and the last.
  static func customers(_ form: FeatureForm, rows: Int) -> Labeled<Features> {
    var random = RandomSource(seed: Seed(2).derived("classifier data"))
    var numbers = [[Double]](repeating: [], count: 4)
    var codes: [Int32] = []
    var labels: [Double] = []
    for _ in 0..<rows {
      let signal = random.normal()
      let code = random.integer(below: 6)
      numbers[0].append(signal)
      numbers[1].append(random.normal())
      numbers[2].append(random.uniform() < 0.2 ? 1 : 0)
      let isGap = form == .table && random.uniform() < 0.1
      numbers[3].append(isGap ? .nan : random.normal() + signal)
      codes.append(Int32(code))
      let score = 1.5 * signal + (code % 2 == 0 ? 1 : -1) + random.normal()
      labels.append(score > 1 ? 1 : 0)
    }
    return Labeled(features(form, numbers, codes), labels: labels)
  }

  /// Columns of numbers and, in a table, of categories.
  static func features(_ form: FeatureForm, _ numbers: [[Double]], _ codes: [Int32]? = nil)
    -> Features
  {
    let rows = numbers.first?.count ?? 0
    switch form {
    case .matrix:
      return .matrix(Matrix(rows: (0..<rows).map { row in numbers.map { $0[row] } }))
    case .table:
      var columns = zip(columnNames, numbers).map { FeatureColumn($0, .numbers($1)) }
      if let codes {
        let levels = (0...Int(codes.max() ?? 0)).map { "level \($0)" }
        columns.append(
          FeatureColumn("kind", .categories(Categories(codes: codes, levels: levels))))
      }
      return .table(FeatureTable(rowCount: rows, columns: columns))
    }
  }

  /// 60 rows, every third an event; one column of their numbers changed by `change`.
  static func changed(_ form: FeatureForm, _ change: (Int) -> Double) -> Labeled<Features> {
    let plain = (0..<60).map { Double($0 % 7) }
    return Labeled(
      features(form, [plain, (0..<60).map(change)]),
      labels: (0..<60).map { $0 % 3 == 0 ? 1 : 0 })
  }

  static let awkward: [(name: String, data: @Sendable (FeatureForm) -> Labeled<Features>)] = [
    (
      "four rows",
      { Labeled(features($0, [[1, 2, 3, 4]]), labels: [0, 1, 0, 1]) }
    ),
    ("a constant column", { changed($0) { _ in 2.5 } }),
    (
      "all constant",
      { form in
        Labeled(
          features(form, [[Double](repeating: 3, count: 60)]),
          labels: (0..<60).map { $0 % 3 == 0 ? 1 : 0 })
      }
    ),
    ("an all-missing column", { changed($0) { _ in .nan } }),
    ("a column of gaps", { changed($0) { $0 % 2 == 0 ? .nan : 1 } }),
    ("infinite numbers", { changed($0) { [.infinity, -.infinity, 0, 1][$0 % 4] } }),
    ("huge numbers", { changed($0) { $0 % 2 == 0 ? 1.7e308 : -1.7e308 } }),
    ("tiny numbers", { changed($0) { Double($0) * .leastNonzeroMagnitude } }),
    ("a copy of the target", { changed($0) { $0 % 3 == 0 ? 1 : 0 } }),
    (
      "no columns",
      { form in
        switch form {
        case .matrix: Labeled(.matrix(Matrix(rowCount: 4, columnCount: 0)), labels: [0, 1, 0, 1])
        case .table:
          Labeled(.table(FeatureTable(rowCount: 4, columns: [])), labels: [0, 1, 0, 1])
        }
      }
    ),
    (
      "no rows",
      { form in
        switch form {
        case .matrix: Labeled(.matrix(Matrix(rowCount: 0, columnCount: 2)), labels: [])
        case .table: Labeled(.table(FeatureTable(rowCount: 0, columns: [])), labels: [])
        }
      }
    ),
    (
      "a name per row",
      { form in
        Labeled(
          features(
            form, [(0..<70_000).map { Double($0 % 11) }], (0..<70_000).map { Int32($0) }),
          labels: (0..<70_000).map { $0 % 5 == 0 ? 1 : 0 })
      }
    ),
    (
      "weights far apart",
      { form in
        let plain = changed(form) { Double($0) }
        return Labeled(
          plain.features, labels: plain.labels,
          weights: (0..<60).map { [1e15, 1, 1e-300, 0][$0 % 4] })
      }
    ),
  ]
}
