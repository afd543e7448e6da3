/// The JavaScript that draws the charts of a page: Vega, Vega-Lite and Vega-Embed in one module
/// that leaves `window.vegaEmbed` behind.
///
/// The caller reads the bundle from wherever set-up put it; a report without one shows tables.
public struct ChartLibrary: Sendable {
  /// The module's text, safe inside a `<script>` element.
  let script: String

  /// Takes the bundle's text; what would close its `<script>` element is escaped, which JavaScript
  /// strings and patterns read as the same text.
  public init(script: String) {
    self.script = Self.escaping(Self.escaping(script, "</script", "<\\/"), "<!--", "<\\!")
  }

  /// Replaces the first two characters of `mark`, in any case, by `start`.
  private static func escaping(_ script: String, _ mark: String, _ start: String) -> String {
    let bytes = Array(script.utf8)
    let pattern = Array(mark.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let isMark =
        bytes[index] == UInt8(ascii: "<") && index + pattern.count <= bytes.count
        && zip(bytes[index...], pattern).allSatisfy { $0 == $1 || ($0 | 0x20) == $1 }
      if isMark { result += start.utf8 } else { result.append(bytes[index]) }
      index += isMark ? 2 : 1
    }
    return String(decoding: result, as: UTF8.self)
  }
}
