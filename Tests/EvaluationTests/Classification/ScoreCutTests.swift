import Evaluation
import Testing

struct ScoreCutTests {
  @Test(arguments: [(0.2, 0.15), (0.15, 0.15), (0.7, 0.45), (0.3, 0.45)])
  func `a cut lies half way between the scores it parts`(limit: Double, cut: Double) {
    let found = ScoreCut.between(ascending: [0.1, 0.2, 0.2, 0.7], at: limit)
    #expect(abs(found - cut) < 1e-15)
  }

  @Test func `a cut below or above all scores lies close to them`() {
    let scores = [0.2, 0.7]
    let least = ScoreCut.between(ascending: scores, at: 0.2)
    #expect(least < 0.2 && least > 0.2 - 1e-9)
    let greatest = ScoreCut.between(ascending: scores, at: .infinity)
    #expect(greatest > 0.7 && greatest < 0.7 + 1e-9)
    #expect(ScoreCut.between(ascending: [0], at: .infinity) > 0)
    #expect(ScoreCut.between(ascending: [0], at: 0) == 0)
  }

  @Test func `scores with nothing between them are parted all the same`() {
    let next = 0.2.nextUp
    #expect(ScoreCut.between(ascending: [0.2, next], at: next) == next)
  }
}
