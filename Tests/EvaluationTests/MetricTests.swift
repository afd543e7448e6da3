import Evaluation
import Testing

struct MetricTests {
  @Test func `a direction says which of two values is better`() {
    #expect(Direction.higherIsBetter.isBetter(2, than: 1))
    #expect(Direction.lowerIsBetter.isBetter(1, than: 2))
    #expect(!Direction.higherIsBetter.isBetter(1, than: 1))
    #expect(!Direction.lowerIsBetter.isBetter(.nan, than: 1))
  }

  @Test func `every metric has a unique name and a formula`() {
    let names = ClusteringMetric.standard.map(\.name)
    #expect(
      names == ["silhouette", "calinski_harabasz", "davies_bouldin", "inertia", "dunn"])
    #expect(ClusteringMetric.standard.allSatisfy { $0.summary.hasSuffix(".") })
  }

  @Test func `only Davies-Bouldin and inertia improve downwards`() {
    let down = ClusteringMetric.standard.filter { $0.direction == .lowerIsBetter }.map(\.name)
    #expect(down == ["davies_bouldin", "inertia"])
  }
}
