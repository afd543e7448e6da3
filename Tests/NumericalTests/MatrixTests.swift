import Numerical
import Testing

struct MatrixTests {
  let matrix = Matrix(rows: [[1, 2, 3], [4, 5, 6]])

  @Test func `rows and columns are read in row-major order`() {
    #expect(matrix.values == [1, 2, 3, 4, 5, 6])
    #expect(matrix.row(1) == [4, 5, 6])
    #expect(matrix.column(2) == [3, 6])
    #expect(matrix[1, 0] == 4)
  }

  @Test func `rows may be selected in any order and repeatedly`() {
    let selected = matrix.selectingRows([1, 0, 1])
    #expect(selected == Matrix(rows: [[4, 5, 6], [1, 2, 3], [4, 5, 6]]))
  }

  @Test func `a matrix without rows keeps its columns`() {
    #expect(matrix.selectingRows([]).columnCount == 3)
    #expect(Matrix(rows: []).rowCount == 0)
  }

  @Test(arguments: [0, 3, 4, 4095, 4096, 9_999])
  func `the first value that is not finite is found wherever it stands`(position: Int) throws {
    for bad in [Double.nan, .infinity, -.infinity] {
      var values = [Double](repeating: 1e308, count: 10_000)
      values[position] = bad
      values[9_999] = .nan
      let found = try #require(
        Matrix(rowCount: 2_500, columnCount: 4, values: values).firstNonFinite)
      #expect(found == (position / 4, position % 4))
    }
  }

  @Test func `finite values of any size have no first non-finite one`() {
    let values = [
      0, -0.0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]
    #expect(Matrix(rowCount: 1, columnCount: 5, values: values).firstNonFinite == nil)
    #expect(Matrix(rows: []).firstNonFinite == nil)
  }
}
