import Experiments
import Testing

struct LadderTests {
  private func ladder(
    _ search: String, task: Study.Experiment.Task, whole: Int, candidates: Int
  ) throws -> Ladder {
    let study = try readStudy(studyText(experiment: "search: \(search)"))
    let drop = try #require(study.experiments[0].search?.drop)
    return Ladder(drop, task: task, whole: whole, candidateCount: candidates)
  }

  @Test func `halving climbs by its factor and keeps one of as many`() throws {
    let ladder = try ladder(
      "{drop: halving, first: 100}", task: .cluster, whole: 900, candidates: 27)
    // 900 / 3 and 900 / 9; a third rung would have 34 rows, fewer than 100.
    #expect(ladder.rungs == [.rows(100), .rows(300)])
    #expect(ladder.kept(of: 27) == 9 && ladder.kept(of: 9) == 3 && ladder.kept(of: 10) == 4)
    #expect(
      ladder.note(of: "segments", 27)
        == "segments halves: 27 on 100 of 900 rows, 9 on 300 of 900 rows, 3 in whole")
  }

  @Test func `halving has no more rungs than it takes until one is left`() throws {
    let ladder = try ladder(
      "{drop: halving, first: 2, factor: 2}", task: .cluster, whole: 1_000, candidates: 4)
    // 4 → 2 → 1: two rungs, the greatest below the whole.
    #expect(ladder.rungs == [.rows(250), .rows(500)])
  }

  @Test func `folds are halved upwards`() throws {
    #expect(
      try ladder("{drop: halving}", task: .classify, whole: 5, candidates: 9).rungs == [.folds(2)])
    // 5 / 2 and 5 / 4, rounded up; one fold compares nothing.
    #expect(
      try ladder("{drop: halving, factor: 2}", task: .classify, whole: 5, candidates: 9).rungs
        == [.folds(2), .folds(3)])
  }

  @Test func `racing looks after every fold, and after every doubling of the rows`() throws {
    #expect(
      try ladder("{drop: racing}", task: .classify, whole: 5, candidates: 9).rungs
        == [.folds(2), .folds(3), .folds(4)])
    #expect(
      try ladder("{drop: racing, first: 4}", task: .classify, whole: 5, candidates: 9).rungs
        == [.folds(4)])
    #expect(
      try ladder("{drop: racing}", task: .cluster, whole: 4_000, candidates: 9).rungs
        == [.rows(500), .rows(1_000), .rows(2_000)])
  }

  @Test func `where a part would be too small nothing is dropped`() throws {
    let ladder = try ladder("{drop: racing}", task: .cluster, whole: 600, candidates: 9)
    #expect(ladder.rungs.isEmpty)
    #expect(
      ladder.note(of: "segments", 9)
        == "segments drops nothing: there is too little to measure a part of")
    #expect(
      try self.ladder("{drop: halving}", task: .classify, whole: 5, candidates: 1).rungs.isEmpty)
  }
}
