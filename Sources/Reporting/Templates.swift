internal import Mustache

/// The page's templates, which are part of the program.
enum Templates {
  private static let sources: [(name: String, bytes: [UInt8])] = [
    ("page", PackageResources.page_mustache),
    ("style", PackageResources.style_mustache),
    ("drawing", PackageResources.drawing_mustache),
    ("experiment", PackageResources.experiment_mustache),
    ("leaderboard", PackageResources.leaderboard_mustache),
    ("segments", PackageResources.segments_mustache),
    ("figure", PackageResources.figure_mustache),
    ("table", PackageResources.table_mustache),
    ("data", PackageResources.data_mustache),
    ("reproduction", PackageResources.reproduction_mustache),
    ("licences", PackageResources.licences_mustache),
  ]

  /// The text of `page`.
  static func render(_ page: Page) -> String {
    var library = MustacheLibrary()
    for source in sources {
      let text = String(decoding: source.bytes, as: UTF8.self)
      do {
        try library.register(text, named: source.name)
      } catch {
        preconditionFailure("template \(source.name) does not parse: \(error)")
      }
    }
    guard let text = library.render(page, withTemplate: "page") else {
      preconditionFailure("the templates have no page")
    }
    return text
  }
}
