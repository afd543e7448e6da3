import Evaluation
import Experiments
import Testing

@Suite struct TrialRecorderTests {
  private func metric(_ name: String, _ value: Double, error: Double? = nil) -> MetricRecord {
    MetricRecord(
      name: name, value: value, direction: .higherIsBetter, split: "all", rowCount: 9,
      standardError: error)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a metric that is no number is left out, and told`(value: Double) {
    let (metrics, notes) = [metric("silhouette", value), metric("dunn", 0.5, error: value)]
      .onlyFinite()
    #expect(metrics == [metric("dunn", 0.5)])
    #expect(notes == ["silhouette is not a finite number and left out"])
  }

  @Test func `numbers stay as they are`() {
    let (metrics, notes) = [metric("silhouette", -1), metric("dunn", 0, error: 2)].onlyFinite()
    #expect(metrics == [metric("silhouette", -1), metric("dunn", 0, error: 2)])
    #expect(notes.isEmpty)
  }
}
