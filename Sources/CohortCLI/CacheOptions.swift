import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Numerical

/// Where the cache lies.
struct CacheFolder: ParsableArguments {
  @Option(
    name: .customLong("cache"),
    help: ArgumentHelp("The folder of what costly steps have learnt.", valueName: "dir"))
  var folder = ".cohort/cache"

  func validate() throws {
    if folder.isEmpty { throw ValidationError("--cache needs the name of a folder") }
  }
}

/// What a run may read from the cache and leave in it; results do not depend on it.
struct CacheOptions: ParsableArguments {
  @OptionGroup var place: CacheFolder

  @Option(
    help: ArgumentHelp(
      "Most that it may take, such as 500MB (default: limits.cache of the study, else 2GB).",
      valueName: "size"))
  var cacheLimit: String?

  @Flag(help: "Compute every step anew and keep nothing.")
  var noCache = false

  func validate() throws {
    if let cacheLimit, MemorySize(cacheLimit) == nil {
      throw ValidationError("--cache-limit must be \(MemorySize.domain), found \(cacheLimit)")
    }
  }

  /// Nil where nothing is to be kept.
  func cache(for study: Study) -> StageCache? {
    let limit =
      cacheLimit.flatMap(MemorySize.init)?.bytes ?? study.limits.cache ?? StageCache.usualLimit
    // A program that does not know its own build could read what another one has computed.
    guard !noCache, limit > 0, let build = ProgramBuild.identity else { return nil }
    return StageCache(place.folder, limit: limit, program: build)
  }

  /// The same for a worker.
  var arguments: [String] {
    ["--cache", place.folder] + (cacheLimit.map { ["--cache-limit", $0] } ?? [])
      + (noCache ? ["--no-cache"] : [])
  }
}

/// Which program this is, as far as results depend on it.
enum ProgramBuild {
  /// The version, the file of the program and the arithmetic it uses; nil if the file cannot be found.
  static var identity: String? {
    guard let program = Bundle.main.executablePath,
      let attributes = try? FileManager.default.attributesOfItem(atPath: program),
      let size = attributes[.size] as? Int, let date = attributes[.modificationDate] as? Date
    else { return nil }
    return "\(Engine.version) \(size) \(date.timeIntervalSince1970) \(Platform.arithmetic)"
  }

  /// SHA-256 of the program's file, in hexadecimal; nil if it cannot be read.
  ///
  /// Reading all of it takes tenths of a second, so it is done once, and only by who writes or compares models. The first
  /// place leads to the file that runs, even if another one has its name by now.
  static let digest: String? =
    ContentHash.hexadecimal(ofFileAt: "/proc/self/exe")
    ?? Bundle.main.executablePath.flatMap { ContentHash.hexadecimal(ofFileAt: $0) }
}
