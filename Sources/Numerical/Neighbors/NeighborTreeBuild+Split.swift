extension NeighborTreeBuild {
  /// Bounds the rows of `part`, divides them in two and returns where the right half starts.
  ///
  /// - Parameter box: takes the least, then the greatest coordinates.
  func split(_ part: Part, box: inout [Double]) -> Int {
    bound(part.rows, box: &box)
    var widest = 0
    var width = 0.0
    for j in 0..<dimension where box[dimension + j] - box[j] > width {
      (widest, width) = (j, box[dimension + j] - box[j])
    }
    let half = part.rows.lowerBound + part.rows.count / 2
    guard width > 0 else { return half }
    guard part.level < middleSplits else {
      divideAtMedian(part.rows, along: widest, half: half)
      return half
    }
    let (least, greatest) = (box[widest], box[dimension + widest])
    var middle = 0.5 * least + 0.5 * greatest
    if !(middle > least && middle <= greatest) { middle = greatest }
    return divide(part.rows, along: widest, below: middle)
  }

  /// The bounding box of rows: two, then one coordinate at a time in registers.
  func bound(_ range: Range<Int>, box: inout [Double]) {
    let (dimension, rows) = (dimension, rows.start)
    var j = 0
    while j &+ 2 <= dimension {
      var least = SIMD2<Double>(repeating: .infinity)
      var greatest = -least
      var pointer = UnsafeRawPointer(rows + (range.lowerBound &* dimension &+ j))
      for _ in range {
        let pair = pointer.loadUnaligned(as: SIMD2<Double>.self)
        least.replace(with: pair, where: pair .< least)
        greatest.replace(with: pair, where: pair .> greatest)
        pointer += dimension &* 8
      }
      for lane in 0..<2 {
        box[j &+ lane] = least[lane]
        box[dimension &+ j &+ lane] = greatest[lane]
      }
      j &+= 2
    }
    guard j < dimension else { return }
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for row in range {
      let value = rows[row &* dimension &+ j]
      least = value < least ? value : least
      greatest = value > greatest ? value : greatest
    }
    (box[j], box[dimension &+ j]) = (least, greatest)
  }

  /// Moves rows whose coordinate is below `middle` to the front, keeping the order on both sides.
  private func divide(_ range: Range<Int>, along axis: Int, below middle: Double) -> Int {
    partition(range) { values, _ in values[axis] < middle }
  }

  /// Moves the rows of the least coordinates to `range.lowerBound ..< half`; of equal ones the first.
  private func divideAtMedian(_ range: Range<Int>, along axis: Int, half: Int) {
    let (dimension, rows) = (dimension, rows.start)
    var sorted = range.map { rows[$0 * dimension + axis] }
    sorted.sort()
    let median = sorted[half - range.lowerBound]
    let below = sorted.partitioningIndex(of: median)
    var equalsLeft = half - range.lowerBound - below
    let middle = partition(range) { values, _ in
      if values[axis] == median {
        equalsLeft -= 1
        return equalsLeft >= 0
      }
      return values[axis] < median
    }
    precondition(middle == half, "a median divides in halves")
  }

  /// A stable partition without branches on the data: every row is written to both sides, and the side
  /// it belongs to keeps it.
  @inline(__always)
  private func partition(
    _ range: Range<Int>, isLeft: (UnsafePointer<Double>, Int) -> Bool
  ) -> Int {
    let dimension = dimension
    let (rows, spareRows) = (rows.start, spareRows.start + range.lowerBound &* dimension)
    let (numbers, spareNumbers) = (numbers.start, spareNumbers.start + range.lowerBound)
    var left = range.lowerBound
    var right = 0
    for row in range {
      let values = rows + row &* dimension
      let number = numbers[row]
      let step = isLeft(values, row) ? 1 : 0
      for j in 0..<dimension {
        let value = values[j]
        spareRows[right &* dimension &+ j] = value
        rows[left &* dimension &+ j] = value
      }
      spareNumbers[right] = number
      numbers[left] = number
      left &+= step
      right &+= 1 &- step
    }
    (rows + left &* dimension).update(from: spareRows, count: right &* dimension)
    (numbers + left).update(from: spareNumbers, count: right)
    return left
  }
}

extension [Double] {
  /// The first position of a value in an ascending list that holds it.
  fileprivate func partitioningIndex(of value: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
