import Foundation

/// Where set-up keeps what it makes for this user: `$XDG_DATA_HOME/cohort`, else
/// `~/.local/share/cohort`.
struct ApplicationFolder {
  let url: URL

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      url = URL(filePath: data).appending(path: "cohort")
    } else {
      url = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".local/share/cohort")
    }
  }

  /// The JavaScript that draws a report's charts.
  var chartBundle: URL { url.appending(path: "vega-bundle.js") }
  var pythonEnvironment: URL { url.appending(path: "python") }
}
