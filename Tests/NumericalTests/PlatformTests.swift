import Numerical
import Testing

struct PlatformTests {
  @Test func `the machine that runs the tests is supported, and asking twice is fine`() throws {
    try Platform.prepare()
    try Platform.prepare()
  }

  @Test(arguments: [
    NumericalError.unsupportedPlatform(.missingVectorInstructions),
    .unsupportedPlatform(.openBLASWithOpenMP),
    .unsupportedPlatform(.openBLASThreads(found: 4)),
    .unsupportedPlatform(.foreignLAPACK(library: "/usr/lib/liblapack.so.3")),
    .overflow(column: 2), .outOfMemory(routine: "dgesdd"),
    .notConverged(routine: "dsyevd", status: 3), .notPositiveDefinite(order: 1),
    .nonFinite(row: 0, column: 1),
  ])
  func `every refusal is one sentence of its facts`(error: NumericalError) {
    #expect(!error.description.isEmpty && !error.description.contains("\n"))
  }

  @Test func `rows and columns are counted from one in messages`() {
    #expect(NumericalError.nonFinite(row: 0, column: 1).description.hasPrefix("row 1, column 2 "))
  }
}
