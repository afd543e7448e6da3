import Tabular
import Testing

struct DateParsingTests {
  private func date(_ text: String) -> CivilDate? {
    Array(text.utf8).withUnsafeBufferPointer { CivilDate($0) }
  }

  /// 2000-03-01 is day 11 017: 30 years of 365 days, 7 leap days before 2000, 31 + 29 days of it.
  @Test(arguments: [
    ("1970-01-01", 0), ("1969-12-31", -1), ("1970-02-01", 31), ("1972-03-01", 790),
    ("2000-03-01", 11_017), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
  ])
  func `days are counted from 1970`(text: String, days: Int) throws {
    let found = try #require(date(text))
    #expect(found.daysSinceEpoch == days)
    #expect(CivilDate(daysSinceEpoch: days).description == text)
  }

  @Test func `every day of eight centuries follows the one before`() {
    for days in -200_000...100_000 {
      #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
    }
  }

  @Test(arguments: [
    "2023-02-29", "1900-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00",
    "0000-01-01", "2023-1-01", "2023/01/01", "20230101", "2023-01-01T", "2023-01-01 25:00",
    "2023-01-01 12:60", "2023-01-01 12:30:61", "2023-01-01 12:30:", "2023-01-01 12:30:10.",
    "2023-01-01 12:30+1", "2023-01-01 12:30:10Zx",
  ])
  func `what is no day is refused`(text: String) {
    #expect(date(text) == nil)
  }

  @Test(arguments: [
    "2024-02-29T00:00", "2024-02-29 23:59:60", "2024-02-29 12:50:00.123456", "2024-02-29T12:50Z",
    "2024-02-29T12:50:00+02:00", "2024-02-29T12:50:00.5-11:30",
  ])
  func `a time of day is dropped`(text: String) {
    #expect(date(text)?.description == "2024-02-29")
  }
}
