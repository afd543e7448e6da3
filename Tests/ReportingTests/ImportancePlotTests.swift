import Experiments
import Reporting
import Testing

struct ImportancePlotTests {
  @Test func `each measure has its picture`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    let permutation = try reading.chart("-importance")
    #expect(permutation.numbers("v") == [0.12, 0.05, 0.001])
    #expect(permutation.numbers("a") == [0.11, 0.04, -0.003])
    #expect(permutation.numbers("b") == [0.13, 0.06, 0.005])
    #expect(try reading.chart("-importance-contribution").numbers("v") == [0.8, 0.4, 0.05])
    #expect(try reading.chart("-importance-fitted").numbers("v") == [0.5, 0.3, 0.2])
  }

  @Test func `the table and the sentence say which columns tell`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    #expect(
      try reading.rows(after: "Importance of columns").contains([
        "balance", "0.120", "0.010", "0.800", "50.0%",
      ]))
    #expect(
      reading.text.contains(
        "Shuffling balance lowers the ROC AUC most, by 0.120; next comes age. 2 of 3 columns lower "
          + "it by more than twice their spread."))
  }

  @Test func `measures that no column has are left out`() throws {
    let run = try ClassificationFixture.run { document in
      for index in document.importance.indices {
        document.importance[index].contribution = nil
        document.importance[index].fitted = nil
      }
    }
    let reading = try PageReading(run)
    #expect(!reading.hasChart("-importance-contribution"))
    #expect(!reading.hasChart("-importance-fitted"))
    #expect(
      try reading.rows(after: "Importance of columns").contains(["balance", "0.120", "0.010"]))
  }

  @Test func `columns that do not matter are told so`() throws {
    let run = try ClassificationFixture.run { document in
      for index in document.importance.indices { document.importance[index].permutation = 0 }
    }
    #expect(
      try PageReading(run).text.contains("Shuffling any one column hardly lowers the ROC AUC."))
  }
}
