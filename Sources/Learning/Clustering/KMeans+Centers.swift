import Numerical

extension ClusterSums {
  /// The means of the clusters.
  ///
  /// Clusters without weight take over, in order, the rows farthest from the centre they were assigned
  /// to (of equally far ones the first), which leave their own clusters; if every row lies on its
  /// centre, nothing is taken over. A cluster still without weight joins the centre of the heaviest.
  func centers(replacing old: Matrix, in data: KMeansData, labels: ScratchBuffer<Int32>) -> Matrix {
    var all = (0..<clusterCount).map { sums(of: $0) }
    let weight = columnCount - 1
    let empty = all.indices.filter { all[$0][weight] == 0 }
    if !empty.isEmpty {
      let far = farthestRows(empty.count, from: old, in: data, labels: labels)
      for (cluster, row) in zip(empty, far) {
        let donor = Int(labels[row])
        let moved = contribution(of: row, in: data)
        for j in 0...weight { all[donor][j] -= moved[j] }
        all[cluster] = moved
      }
    }
    let heaviest = all.indices.max { (all[$0][weight], $1) < (all[$1][weight], $0) } ?? 0
    return Matrix(
      rows: all.indices.map { cluster in
        let source = all[cluster][weight] > 0 ? all[cluster] : all[heaviest]
        return (0..<weight).map { data.origin[$0] + source[$0] / source[weight] }
      })
  }

  private func contribution(of row: Int, in data: KMeansData) -> [Double] {
    let weight = data.weight(row)
    return zip(data.start(row), data.origin).map { ($0 - $1) * weight } + [weight]
  }

  /// Rows by falling distance to their centre; none if all distances are zero.
  private func farthestRows(
    _ count: Int, from centers: Matrix, in data: KMeansData, labels: ScratchBuffer<Int32>
  ) -> [Int] {
    var far: [(distance: Double, row: Int)] = []
    centers.values.withUnsafeBufferPointer { centers in
      guard let centers = centers.baseAddress else { return }
      for row in 0..<data.rowCount {
        let center = centers + Int(labels.start[row]) * data.columnCount
        let distance = DistanceTile.squaredDistance(
          data.row(row), center, dimension: data.columnCount)
        if far.count == count {
          if distance <= far[count - 1].distance { continue }
          far.removeLast()
        }
        let place = far.firstIndex { $0.distance < distance } ?? far.count
        far.insert((distance, row), at: place)
      }
    }
    guard let first = far.first, first.distance > 0 else { return [] }
    return far.map(\.row)
  }

  /// Σ w |x − c|² − Σ w |x − origin|² for the clusters as assigned and any centres.
  func excess(of centers: Matrix) -> Double {
    (0..<clusterCount).reduce(0) { total, cluster in
      let sums = sums(of: cluster)
      let weight = sums[columnCount - 1]
      return (0..<columnCount - 1).reduce(total) { part, j in
        let center = centers[cluster, j] - origin[j]
        return part + center * (weight * center - 2 * sums[j])
      }
    }
  }
}
