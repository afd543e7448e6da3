import Numerical

/// Centroids of labelled rows and how far the rows lie from them.
struct SegmentGeometry {
  let centers: Matrix
  /// The root mean square distance of each segment's rows to its centroid.
  let spreads: Vector
  /// The distance of every row to the centroid of its segment.
  let distances: [Double]

  /// - Parameter labels: 0 ..< count, none of them unused.
  init(_ x: Matrix, labels: [Int], count: Int) {
    let width = x.columnCount
    var counts = [Double](repeating: 0, count: count)
    // Differences to the segment's first row: a large offset costs no digits.
    var origins = [Int](repeating: -1, count: count)
    var sums = [Double](repeating: 0, count: count * width)
    for (row, label) in labels.enumerated() {
      if origins[label] < 0 { origins[label] = row }
      counts[label] += 1
      for j in 0..<width {
        sums[label * width + j] +=
          x.values[row * width + j] - x.values[origins[label] * width + j]
      }
    }
    var centers = Matrix(rowCount: count, columnCount: width)
    for label in 0..<count {
      for j in 0..<width {
        centers[label, j] = x[origins[label], j] + sums[label * width + j] / counts[label]
      }
    }
    var squares = [Double](repeating: 0, count: count)
    var distances: [Double] = []
    distances.reserveCapacity(labels.count)
    x.values.withUnsafeBufferPointer { rows in
      centers.values.withUnsafeBufferPointer { centers in
        guard let rows = rows.baseAddress, let centers = centers.baseAddress else { return }
        for (row, label) in labels.enumerated() {
          let square = DistanceTile.squaredDistance(
            rows + row * width, centers + label * width, dimension: width)
          squares[label] += square
          distances.append(square.squareRoot())
        }
      }
    }
    self.centers = centers
    self.distances = distances
    spreads = Vector(zip(squares, counts).map { ($0 / $1).squareRoot() })
  }

  func trainingAssignments(_ labels: [Int]) -> Assignments {
    Assignments(
      labels: labels, distances: distances,
      strengths: [Double](repeating: 1, count: labels.count),
      anomalies: zip(labels, distances).map { label, distance in
        distance == 0 ? 0 : distance / spreads[label]
      })
  }
}
