import Foundation

/// The Vega bundle that report pages carry, made once from a pinned Python package.
///
/// The package renders Vega-Lite and can print the JavaScript it renders with; nothing else of it is
/// used, and neither Python nor a network is needed once the file is there.
struct ChartBundle {
  let folder: ApplicationFolder

  /// Wheels of vl-convert-python 1.9.0.post1 for Linux (x86-64, arm64) and macOS (arm64).
  private static let requirement = """
    vl-convert-python==1.9.0.post1 \
    --hash=sha256:3c1558fa0055e88c465bd3d71760cde9fa2c94a95f776a0ef9178252fd820b1f \
    --hash=sha256:e6ecfe4b7e2ea9e8c30fd6d6eaea3ef85475be1ad249407d9796dce4ecdb5b32 \
    --hash=sha256:b0e7a3245f32addec7e7abeb1badf72b1513ed71ba1dba7aca853901217b3f4e

    """

  /// The bundle's text, or nil if it has not been made or is not one.
  func load() -> String? {
    guard let data = FileManager.default.contents(atPath: folder.chartBundle.path),
      let text = String(data: data, encoding: .utf8), text.contains("vegaEmbed")
    else { return nil }
    return text
  }

  /// Makes the bundle; `say` is told what happens.
  func make(say: (String) -> Void) throws {
    do {
      try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        .resources,
        "cannot make the folder \(folder.url.path); set XDG_DATA_HOME to one that can be")
    }
    let python = folder.pythonEnvironment.appending(path: "bin/python").path
    if !FileManager.default.isExecutableFile(atPath: python) {
      say("making a private Python environment in \(folder.pythonEnvironment.path)")
      try run(["/usr/bin/env", "python3", "-m", "venv", folder.pythonEnvironment.path])
    }
    say("fetching the chart library")
    let pin = folder.url.appending(path: "requirements.txt")
    try Data(Self.requirement.utf8).write(to: pin)
    try run([
      python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
      "--only-binary=:all:", "--require-hashes", "-r", pin.path,
    ])
    let partial = folder.chartBundle.appendingPathExtension("partial")
    let script =
      "import sys, vl_convert; "
      + "open(sys.argv[1], 'w', encoding='utf-8').write(vl_convert.javascript_bundle())"
    try run([python, "-c", script, partial.path])
    try? FileManager.default.removeItem(at: folder.chartBundle)
    try FileManager.default.moveItem(at: partial, to: folder.chartBundle)
    guard load() != nil else {
      throw CommandError(
        .failed, "the chart bundle came out empty; remove \(folder.url.path), try again")
    }
  }

  private func run(_ command: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let output = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
      throw CommandError(
        .failed,
        "cannot make the chart bundle; \(lines.last ?? "python3 ended without a message"); "
          + "install python3-venv, check the network, then run cohort setup")
    }
  }
}
