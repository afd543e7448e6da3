/// What one thread needs while it searches a block of rows.
package final class SearchScratch {
  /// Rows of the block that changed their point, and the point they had before.
  package let moved = ScratchBuffer<Int32>(count: ScreenedRows.blockRows)
  package let previous = ScratchBuffer<Int32>(count: ScreenedRows.blockRows)
  package var movedCount = 0
  /// Pairs of row and group that were looked at.
  package var searched = 0

  /// Rows to decide, and rows to screen per group.
  let candidates = ScratchBuffer<Int32>(count: ScreenedRows.blockRows)
  let queues = ScratchBuffer<Int32>(count: ScreenedRows.blockRows * ScreenPanels.maximumGroups)
  let queueCounts = ScratchBuffer<Int>(count: ScreenPanels.maximumGroups)
  /// Per row: the least lower bound of any group.
  let least = ScratchBuffer<Float>(count: ScreenedRows.blockRows)
  /// Per row: the two least scores so far, the slot of the least, a lower bound of the distance to
  /// the other points of that slot's group and to all points of the row's own group.
  let first = ScratchBuffer<Float>(count: ScreenedRows.blockRows)
  let second = ScratchBuffer<Float>(count: ScreenedRows.blockRows)
  let slot = ScratchBuffer<Int32>(count: ScreenedRows.blockRows)
  let runnerUp = ScratchBuffer<Float>(count: ScreenedRows.blockRows)
  let own = ScratchBuffer<Float>(count: ScreenedRows.blockRows)

  package init() {}

  @inline(__always)
  func noteMove(of row: Int, from point: Int32) {
    moved.start[movedCount] = Int32(truncatingIfNeeded: row)
    previous.start[movedCount] = point
    movedCount &+= 1
  }
}
