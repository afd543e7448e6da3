import Foundation
import Reporting
import Testing

struct JSONValueTests {
  @Test func `objects keep their order and numbers their shortest form`() {
    let value: JSONValue = ["b": 1, "a": [0.25, -3, nil, true], "c": "x"]
    #expect(value.scriptText == #"{"b":1,"a":[0.25,-3,null,true],"c":"x"}"#)
  }

  @Test func `NaN and infinity are null`() {
    let value: JSONValue = [.number(.nan), .number(.infinity)]
    #expect(value.scriptText == "[null,null]")
  }

  @Test func `text cannot close the script element it stands in`() {
    let text = JSONValue.text("</script><!-- & \u{2028}\u{2029}").scriptText
    #expect(!text.contains("<"))
    #expect(!text.contains(">"))
    #expect(!text.contains("\u{2028}"))
  }

  @Test func `any text comes back from a JSON reader`() throws {
    let text = "a\"b\\c</script>\n\t\u{0}\u{7F}é😀\u{2028}"
    let bytes = Data(JSONValue.array([.text(text)]).scriptText.utf8)
    #expect(try JSONDecoder().decode([String].self, from: bytes) == [text])
  }
}
