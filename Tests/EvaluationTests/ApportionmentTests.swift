import Evaluation
import Testing

struct ApportionmentTests {
  /// Exact shares of 10 by 5, 3, 1 are 5.56, 3.33, 1.11: the one left over goes to the largest remainder.
  @Test func `what floors leave goes to the largest remainders`() {
    #expect(apportion(10, by: [5, 3, 1]) == [6, 3, 1])
  }

  @Test func `the earlier part wins between equal remainders`() {
    #expect(apportion(2, by: [1, 1, 1]) == [1, 1, 0])
  }

  @Test func `products beyond 64 bits are exact`() {
    #expect(apportion(1 << 40, by: [1 << 40, 1 << 40]) == [1 << 39, 1 << 39])
  }

  @Test func `bounds are kept and the total with them`() {
    #expect(apportion(10, by: [98, 1, 1], atLeast: 1, atMost: [97, 1, 1]) == [8, 1, 1])
    #expect(apportion(99, by: [98, 2], atLeast: 1, atMost: [98, 1]) == [98, 1])
    // What is above the total is taken from the fullest parts, one by one, the floor being 1.
    #expect(
      apportion(5, by: [4, 4, 1, 1, 1], atLeast: 1, atMost: [4, 4, 1, 1, 1]) == [1, 1, 1, 1, 1])
    #expect(
      apportion(7, by: [4, 4, 1, 1, 1], atLeast: 1, atMost: [4, 4, 1, 1, 1]) == [2, 2, 1, 1, 1])
  }

  @Test func `no weight divides into nothing`() {
    #expect(apportion(0, by: []) == [])
    #expect(apportion(3, by: [0, 0]) == [0, 0])
  }
}
