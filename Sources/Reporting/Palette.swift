/// Colours that stay apart for readers with colour-blindness, on white and on dark pages.
///
/// Adapted from Paul Tol's "bright" and "vibrant" qualitative schemes (technical note SRON/EPS/TN/09-002).
enum Palette {
  static let segments = [
    "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#EE7733", "#009988",
    "#999933", "#8866BB",
  ]
  /// Noise, and what stands in the background.
  static let neutral = "#8A8F98"
  /// Below, near and above the overall value; red and blue differ for every kind of colour vision.
  static let diverging = ["#2166AC", "#92C5DE", "#F7F7F7", "#F4A582", "#B2182B"]
  /// What a classifier's scores draw, and the two outcomes.
  static let scores = "#4477AA"
  static let positives = "#EE7733"
  static let negatives = "#4477AA"
  /// Crowded places of the map, fainter where there are fewer rows.
  static let density = "#3A87C8"

  /// The colour of a segment; numbers beyond the palette start over, noise is grey.
  static func color(ofSegment segment: Int) -> String {
    segment < 0 ? neutral : segments[segment % segments.count]
  }

  /// Shapes as Vega names them beside the glyph that shows them in a legend.
  static let shapes = [
    (name: "circle", glyph: "●"), (name: "square", glyph: "■"), (name: "triangle-up", glyph: "▲"),
    (name: "diamond", glyph: "◆"), (name: "triangle-down", glyph: "▼"), (name: "cross", glyph: "✚"),
  ]
}
