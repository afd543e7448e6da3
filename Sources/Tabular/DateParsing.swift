/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable, CustomStringConvertible {
  package let year: Int
  package let month: Int
  package let day: Int

  /// Nil if there is no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.dayCount(year: year, month: month) else {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day so many days after 1970-01-01.
  ///
  /// Years begin in March here, so that the leap day is the last of its year and month lengths
  /// follow the line (153 m + 2) / 5; 400 years, an era, have 146 097 days.
  /// 719 468 days lie between 0000-03-01 and 1970-01-01.
  package init(daysSinceEpoch: Int) {
    let days = daysSinceEpoch + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  package var daysSinceEpoch: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// `YYYY-MM-DD`.
  package var description: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value.magnitude)
      let zeros = String(repeating: "0", count: max(0, width - digits.count))
      return (value < 0 ? "-" : "") + zeros + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  private static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate {
  /// Reads `YYYY-MM-DD`, the years being 0001 to 9999.
  ///
  /// A time of day may follow after `T` or a space (`hh:mm`, `hh:mm:ss`, decimals of a second, then
  /// `Z` or `±hh:mm`). It is checked and dropped: the day is the one that is written.
  package init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let century = Self.twoDigits(text, at: 0), let yearOfCentury = Self.twoDigits(text, at: 2),
      let month = Self.twoDigits(text, at: 5), let day = Self.twoDigits(text, at: 8)
    else { return nil }
    let year = century * 100 + yearOfCentury
    guard year > 0, text.count == 10 || Self.isTimeOfDay(text, from: 10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  private static func twoDigits(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    guard index + 2 <= text.count, isDigit(text[index]), isDigit(text[index + 1]) else {
      return nil
    }
    return Int(text[index] & 15) * 10 + Int(text[index + 1] & 15)
  }

  private static func isTimeOfDay(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
    guard text[start] == UInt8(ascii: "T") || text[start] == UInt8(ascii: " "),
      isClock(text, at: start + 1)
    else { return false }
    var index = start + 6
    if index < text.count, text[index] == UInt8(ascii: ":") {
      guard let seconds = twoDigits(text, at: index + 1), seconds <= 60 else { return false }
      index += 3
      if index + 1 < text.count, text[index] == UInt8(ascii: "."), isDigit(text[index + 1]) {
        index += 1
        while index < text.count, isDigit(text[index]) { index += 1 }
      }
    }
    guard index < text.count else { return true }
    switch text[index] {
    case UInt8(ascii: "Z"): return index + 1 == text.count
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      return isClock(text, at: index + 1) && index + 6 == text.count
    default: return false
    }
  }

  /// Whether `hh:mm` stands at `index`.
  private static func isClock(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard let hours = twoDigits(text, at: index), hours <= 24, index + 5 <= text.count,
      text[index + 2] == UInt8(ascii: ":"), let minutes = twoDigits(text, at: index + 3)
    else { return false }
    return minutes < 60
  }
}
