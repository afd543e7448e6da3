import Artifacts
import Registry

/// What the registry holds, as a terminal shows it.
enum ModelsText {
  static func list(_ models: [RegisteredModel]) -> String {
    let rows = models.map { model in
      [
        model.name, model.kind, "\(model.versions.count)", model.versions.last?.registeredAt ?? "–",
        aliases(of: model),
      ]
    }
    return columns([["model", "kind", "versions", "newest (UTC)", "aliases"]] + rows)
  }

  static func versions(_ model: RegisteredModel) -> String {
    let rows = model.versions.map { version in
      [
        version.reference, version.status.rawValue, version.algorithm, version.registeredAt,
        version.registeredBy, String(version.digest.prefix(19)),
        aliases(of: model, version.version),
      ]
    }
    return columns(
      [["version", "status", "algorithm", "registered (UTC)", "by", "digest", "aliases"]] + rows)
  }

  static func version(
    _ found: ResolvedModel, _ environment: TrainingEnvironment?, of model: RegisteredModel
  ) -> String {
    let version = found.version
    let rows: [(String, String?)] = [
      ("version", version.reference), ("status", version.status.rawValue),
      ("aliases", aliases(of: model, version.version)), ("kind", version.kind),
      ("algorithm", version.algorithm), ("digest", version.digest),
      ("model digest", version.modelDigest),
      ("registered", "\(version.registeredAt) by \(version.registeredBy)"),
      ("owner", version.card.owner), ("intended use", version.card.intendedUse),
      ("not for", version.card.outOfScopeUse), ("review by", version.card.reviewBy),
      ("limitations", version.card.limitations?.joined(separator: "; ")),
      ("sensitive", version.sensitive.joined(separator: ", ")),
      ("fairness", version.fairness == nil ? nil : "a report is registered with it"),
      ("signed by key", version.signatureKey),
      ("trained by", environment.map(text)),
      ("files", found.path),
    ]
    return columns(rows.map { [$0.0, $0.1.flatMap { $0.isEmpty ? nil : $0 } ?? "–"] })
  }

  private static func text(_ environment: TrainingEnvironment) -> String {
    let program = environment.program.map { "program sha256:\($0)" } ?? "an unknown program"
    let threads = environment.threads == 1 ? "1 thread" : "\(environment.threads) threads"
    return "\(program); \(environment.architecture), \(environment.system); "
      + "\(environment.arithmetic); \(threads)"
  }

  static func log(_ entries: [LogEntry]) -> String {
    columns(
      entries.map { entry in
        let subject = entry.name.map { name in
          entry.version.map { "\(name)/\($0)" } ?? name
        }
        let move = entry.alias.map { alias in
          "\(alias) \(entry.from.map(String.init) ?? "–") → \(entry.version.map(String.init) ?? "–")"
        }
        return [
          "\(entry.sequence)", entry.at, entry.actor, entry.action.rawValue, subject ?? "–",
          move ?? "–", entry.reason ?? "",
        ]
      })
  }

  static func sentence(_ move: AliasMove) -> String {
    let before = move.from.map { ", before \(move.name)/\($0)" } ?? ""
    return "\(move.name)@\(move.alias) is \(move.name)/\(move.to) now\(before); "
      + "generation \(move.generation), log head \(move.log.hash)"
  }

  private static func aliases(of model: RegisteredModel, _ version: Int? = nil) -> String {
    let names = model.aliases.filter { version == nil || $0.version == version }
      .map { version == nil ? "\($0.alias) \($0.version)" : $0.alias }
    return names.isEmpty ? "–" : names.joined(separator: ", ")
  }

  /// Rows with their cells under each other; texts that people gave stay in one line.
  private static func columns(_ rows: [[String]]) -> String {
    let rows = rows.map { $0.map(inOneLine) }
    let widths = (0..<(rows.first?.count ?? 0)).map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      var line = cells.joined(separator: "  ")[...]
      while line.last == " " { line.removeLast() }
      return String(line) + "\n"
    }.joined()
  }

  /// Without what a terminal would take for a line's end or a command.
  private static func inOneLine(_ text: String) -> String {
    String(
      text.map { character -> Character in
        let isControl = character.unicodeScalars.contains {
          $0.properties.generalCategory == .control
        }
        return isControl || character.isNewline ? " " : character
      })
  }
}
