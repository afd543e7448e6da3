import Experiments
import Foundation
import Reporting
import Testing

/// A rendered page, read as a reader sees it: pictures by their place, tables by their heading.
struct PageReading {
  let page: String
  /// Pictures as dictionaries, by the id of their place.
  private let charts: [String: [String: Any]]

  init(_ run: RunRecord) throws {
    page = HTMLReport.render(run, charts: ChartLibrary(script: "window.vegaEmbed = 0;"))
    let start = try #require(page.firstRange(of: #"<script type="application/json" id="charts">"#))
    let rest = page[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</script>"))
    let document = try JSONSerialization.jsonObject(with: Data(rest[..<end.lowerBound].utf8))
    let payload = try #require(document as? [String: Any])
    var charts: [String: [String: Any]] = [:]
    for chart in try #require(payload["charts"] as? [[String: Any]]) {
      charts[try #require(chart["id"] as? String)] = try #require(chart["spec"] as? [String: Any])
    }
    self.charts = charts
  }

  /// The only picture whose id ends so.
  func chart(_ ending: String) throws -> Spec {
    let found = charts.keys.filter { $0.hasSuffix(ending) }
    try #require(found.count == 1, "\(ending): \(found)")
    return Spec(members: try #require(charts[found[0]]))
  }

  func hasChart(_ ending: String) -> Bool { charts.keys.contains { $0.hasSuffix(ending) } }

  /// What a reader sees: the page without scripts and tags.
  var text: String {
    var body = page
    if let scripts = page.firstRange(of: "<script") { body = String(page[..<scripts.lowerBound]) }
    return body.replacing(/<style>[\s\S]*?<\/style>/, with: "").replacing(/<[^>]*>/, with: " ")
      .replacing("&gt;", with: ">").replacing("&lt;", with: "<").replacing("&amp;", with: "&")
  }

  /// The cells of every row of the tables from `heading` to the end of its figure or part.
  func rows(after heading: String) throws -> [[String]] {
    let start = try #require(page.firstRange(of: ">\(heading)<"), "\(heading)")
    let rest = page[start.upperBound...]
    let ends = ["</figure>", "</details>", "<h3>"].compactMap {
      rest.firstRange(of: $0)?.lowerBound
    }
    let part = rest[..<(ends.min() ?? rest.endIndex)]
    return part.matches(of: /<tr[^>]*>(.*?)<\/tr>/).map { row in
      row.1.matches(of: /<t[dh][^>]*>(.*?)<\/t[dh]>/).map { cell in
        String(cell.1.replacing(/<[^>]*>/, with: ""))
      }
    }
  }

  struct Spec {
    let members: [String: Any]

    var layers: [[String: Any]] { members["layer"] as? [[String: Any]] ?? [] }

    /// The rows of the picture's own data.
    var rows: [[String: Any]] { Self.values(members) }

    static func values(_ holder: [String: Any]) -> [[String: Any]] {
      ((holder["data"] as? [String: Any])?["values"] as? [[String: Any]]) ?? []
    }

    /// `field` of every row.
    func numbers(_ field: String) -> [Double] { rows.compactMap { $0[field] as? Double } }

    /// The range of a channel's scale, of the picture or of its first layer that has it.
    func scale(_ channel: String) -> [String: Any] {
      for holder in [members] + layers {
        let encoding = holder["encoding"] as? [String: Any]
        let found = encoding?[channel] as? [String: Any]
        if let scale = found?["scale"] as? [String: Any] { return scale }
      }
      return [:]
    }

    /// The titles of the axes in the order of the layers.
    func titles(_ channel: String) -> [String] {
      ([members] + layers).compactMap { holder in
        let encoding = holder["encoding"] as? [String: Any]
        return (encoding?[channel] as? [String: Any])?["title"] as? String
      }
    }
  }
}
