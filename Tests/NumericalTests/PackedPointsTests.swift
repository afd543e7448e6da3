import Numerical
import Testing

struct PackedPointsTests {
  @Test func `four points stand side by side in every dimension`() {
    // Points (1,2) (3,4) (5,6) (7,8) (9,10): first panel x then y, then the fifth with padding.
    let packed = PackedPoints(
      Matrix(rows: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]))
    #expect(packed.panelCount == 2)
    #expect(packed.values == [1, 3, 5, 7, 2, 4, 6, 8, 9, 0, 0, 0, 10, 0, 0, 0])
  }

  @Test func `no points give no panels`() {
    let packed = PackedPoints(Matrix(rowCount: 0, columnCount: 3))
    #expect(packed.panelCount == 0)
    #expect(packed.count == 0)
    packed.withView { #expect($0.count == 0) }
  }
}
