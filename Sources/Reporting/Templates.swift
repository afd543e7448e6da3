internal import Mustache

/// The templates of pages, which are part of the program.
enum Templates {
  private static let sources: [(name: String, bytes: [UInt8])] = [
    ("page", PackageResources.page_mustache),
    ("comparison", PackageResources.comparison_mustache),
    ("head", PackageResources.head_mustache),
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

  static func render(_ page: Page) -> String { render(page, with: "page") }

  static func render(_ page: ComparisonPage) -> String { render(page, with: "comparison") }

  private static func render(_ page: some Any, with template: String) -> String {
    var library = MustacheLibrary()
    for source in sources {
      let text = String(decoding: source.bytes, as: UTF8.self)
      do {
        try library.register(text, named: source.name)
      } catch {
        preconditionFailure("template \(source.name) does not parse: \(error)")
      }
    }
    guard let text = library.render(page, withTemplate: template) else {
      preconditionFailure("there is no template \(template)")
    }
    return text
  }
}
