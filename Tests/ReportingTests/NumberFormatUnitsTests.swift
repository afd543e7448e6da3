import Reporting
import Testing

struct NumberFormatUnitsTests {
  @Test(arguments: [
    (0.000_014_4, "14 µs"), (0.0012, "1.2 ms"), (0.9949, "990 ms"), (0.996, "1 s"), (3.42, "3.4 s"),
    (119, "120 s"), (720, "12 min"), (0, "0 s"),
  ])
  func `a time has the unit that keeps it short`(seconds: Double, text: String) {
    #expect(NumberFormat.duration(seconds: seconds) == text)
  }

  @Test(arguments: [
    (0, "0 bytes"), (512, "512 bytes"), (48_200, "48.2 kB"), (999_600, "1 MB"),
    (1_234_567, "1.23 MB"), (2_000_000_000, "2 GB"),
  ])
  func `a size is in powers of a thousand`(count: Int, text: String) {
    #expect(NumberFormat.bytes(count) == text)
  }
}
