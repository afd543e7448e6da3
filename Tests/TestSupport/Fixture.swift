public import Foundation

/// Reference values written by the scripts in `Tests/Fixtures/generate`.
public enum Fixture {
  /// Decodes `Tests/Fixtures/<name>.json`.
  public static func load<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws
    -> Value
  {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name + ".json")))
  }

  /// The location of a file in `Tests/Fixtures`.
  public static func url(_ file: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures").appending(path: file)
  }
}
