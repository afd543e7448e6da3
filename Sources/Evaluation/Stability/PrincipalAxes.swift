internal import Numerical

/// A box around rows along the directions in which they spread most.
struct PrincipalAxes: Sendable {
  let center: [Double]
  /// Row i is the i-th direction, of unit length; the columns themselves for a box along them.
  let directions: Matrix
  /// The variance along each direction, with n − 1.
  let variances: [Double]

  init(_ x: Matrix, on pool: WorkerPool) throws(EvaluationError) {
    do throws(NumericalError) {
      let scatter = try Scatter(x, on: pool)
      let eigen = try SymmetricEigen(scatter.products)
      center = Array(scatter.mean)
      directions = eigen.vectors
      let degrees = Double(max(x.rowCount - 1, 1))
      variances = eigen.values.map { max(0, $0 / degrees) }
    } catch {
      throw .axes(error)
    }
  }

  private init(center: [Double], directions: Matrix, variances: [Double]) {
    self.center = center
    self.directions = directions
    self.variances = variances
  }

  /// The same center with the columns for directions.
  var alongColumns: PrincipalAxes {
    let width = center.count
    var identity = Matrix(rowCount: width, columnCount: width)
    for column in 0..<width { identity[column, column] = 1 }
    return PrincipalAxes(
      center: center, directions: identity,
      variances: (0..<width).map { column in
        (0..<width).reduce(0) {
          $0 + variances[$1] * directions[$1, column] * directions[$1, column]
        }
      })
  }

  /// The least and greatest coordinate of the rows along each direction, from the center.
  func ranges(of x: Matrix) -> [ClosedRange<Double>] {
    var ranges = [ClosedRange<Double>](repeating: 0...0, count: directions.rowCount)
    for row in 0..<x.rowCount {
      let centered = zip(x.row(row), center).map { $0 - $1 }
      for (axis, range) in ranges.enumerated() {
        var coordinate = 0.0
        for (j, value) in centered.enumerated() { coordinate += value * directions[axis, j] }
        ranges[axis] =
          row == 0
          ? coordinate...coordinate
          : min(range.lowerBound, coordinate)...max(range.upperBound, coordinate)
      }
    }
    return ranges
  }

  /// The row at `coordinates` along the directions.
  func row(at coordinates: [Double]) -> [Double] {
    var row = center
    for (axis, coordinate) in coordinates.enumerated() {
      for j in row.indices { row[j] += coordinate * directions[axis, j] }
    }
    return row
  }
}
