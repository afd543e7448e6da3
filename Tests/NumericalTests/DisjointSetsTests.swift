import Numerical
import Testing

struct DisjointSetsTests {
  @Test func `a set is named by its smallest member whatever the order of joins`() {
    let joins = [(7, 3), (3, 5), (8, 9), (5, 8)]
    for order in [joins, joins.reversed()] {
      var sets = DisjointSets(count: 10)
      let joined = order.map { sets.join($0.0, $0.1) }
      let names = (0..<10).map { sets.representative(of: $0) }
      #expect(joined == [true, true, true, true])
      #expect(names == [0, 1, 2, 3, 4, 3, 6, 3, 3, 3])
    }
  }

  @Test func `joining what is joined says so`() {
    var sets = DisjointSets(count: 3)
    let joined = [sets.join(0, 2), sets.join(2, 0), sets.join(1, 1)]
    #expect(joined == [true, false, false])
  }
}
