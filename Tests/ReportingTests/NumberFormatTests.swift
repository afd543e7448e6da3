import Reporting
import Testing

struct NumberFormatTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (4521, "4,521"), (1_000_000, "1,000,000"), (-1234, "-1,234"),
  ])
  func `counts have commas between thousands`(value: Int, text: String) {
    #expect(NumberFormat.count(value) == text)
  }

  @Test(arguments: [
    (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
    (21, "21st"), (112, "112th"), (1_003, "1,003rd"),
  ])
  func `ordinals have their endings`(value: Int, text: String) {
    #expect(NumberFormat.ordinal(value) == text)
  }

  @Test func `the least integer has a text`() {
    #expect(NumberFormat.count(.min) == "-9,223,372,036,854,775,808")
  }

  @Test(arguments: [
    (0.412, "0.4120"), (0.41237, "0.4124"), (9.99996, "10.00"), (12_345.678, "12,346"),
    (-1234.56, "-1,235"), (5.0, "5"), (0.0, "0"), (-0.0, "0"), (0.000123456, "0.0001235"),
    (1.5e-7, "1.500e-7"), (2.5e20, "2.500e20"),
  ])
  func `significant digits never cut the whole part`(value: Double, text: String) {
    #expect(NumberFormat.significant(value) == text)
  }

  @Test func `what is not a number has a word`() {
    #expect(NumberFormat.significant(.nan) == "undefined")
    #expect(NumberFormat.significant(.infinity) == "∞")
    #expect(NumberFormat.compact(-.infinity) == "-∞")
    #expect(NumberFormat.percent(.nan) == "undefined")
  }

  @Test(arguments: [
    (1234.4, "1,234"), (9_999.6, "10k"), (12_345, "12.3k"), (999_600, "1M"),
    (4_560_000, "4.56M"), (7.8e9, "7.80B"), (41.17, "41.2"), (0.0, "0"), (-25_000, "-25k"),
  ])
  func `compact numbers fit a cell`(value: Double, text: String) {
    #expect(NumberFormat.compact(value) == text)
  }

  @Test(arguments: [
    (0.0, "0%"), (0.0001, "<0.1%"), (0.273, "27.3%"), (1.0, "100%"), (-0.05, "-5.0%"),
  ])
  func `fractions are percent with one decimal`(value: Double, text: String) {
    #expect(NumberFormat.percent(value) == text)
  }
}
