import Tabular
import Testing

struct NearestNameTests {
  @Test func `the four kinds of typing error count one each`() {
    #expect(NearestName.distance("spend", "spend") == 0)
    #expect(NearestName.distance("spend", "spennd") == 1)
    #expect(NearestName.distance("spend", "spnd") == 1)
    #expect(NearestName.distance("spend", "spand") == 1)
    #expect(NearestName.distance("spend", "spedn") == 1)
    #expect(NearestName.distance("", "abc") == 3)
  }

  @Test func `no part is edited twice`() {
    // Swap to "ac", then insert "b" between: 2 without the restriction, 3 with it.
    #expect(NearestName.distance("ca", "abc") == 3)
  }

  @Test func `the nearest candidate wins and ties go to the earlier`() {
    let names = ["restarts", "retarts_max", "k"]
    #expect(NearestName.nearest(to: "restrats", among: names) == "restarts")
    #expect(NearestName.nearest(to: "cat", among: ["bat", "hat"]) == "bat")
  }

  @Test func `letter case is no error`() {
    #expect(
      NearestName.nearest(to: "CUSTOMER_ID", among: ["customer", "customer_id"]) == "customer_id")
  }

  @Test func `a name that is far from all gets no suggestion`() {
    #expect(NearestName.nearest(to: "zzzzzz", among: ["age", "spend"]) == nil)
    #expect(NearestName.nearest(to: "", among: ["a"]) == nil)
    #expect(NearestName.nearest(to: "age", among: []) == nil)
    #expect(NearestName.nearest(to: String(repeating: "a", count: 100_000), among: ["a"]) == nil)
  }
}
