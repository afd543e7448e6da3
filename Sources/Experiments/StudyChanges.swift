internal import Artifacts
internal import Foundation
internal import Learning

/// What sets a study apart from the last run of a study of its name.
public struct StudyChanges: Hashable, Sendable, Encodable {
  /// The directory of the earlier run.
  public let earlier: String
  /// Trials that both plan.
  public private(set) var keptCount = 0
  public private(set) var newCount = 0
  /// Trials that are no longer planned.
  public private(set) var goneCount = 0
  /// Keys of the study whose values differ, such as `experiments.segments.metrics`.
  public let settings: [String]
  /// Of the trials of the earlier run.
  private let keys: Set<String>

  private enum CodingKeys: String, CodingKey {
    case earlier, keptCount, newCount, goneCount, settings
  }

  /// Nil for a study that has been run before and for the first of its name.
  init?(
    to directory: RunDirectory, _ study: Study, among runs: [RunDirectory]
  ) {
    guard !RunStorage.exists(directory.file("resolved.json")),
      // What cannot be read is no run to compare with.
      let earlier = runs.filter({ $0.name.hasPrefix("\(study.name)-") })
        .compactMap({ run in run.studyDate.map { (run: run, date: $0) } })
        .max(by: { ($0.date, $0.run.path) < ($1.date, $1.run.path) })?.run,
      let old: Study = try? RunDirectory.decode(earlier.file("resolved.json")),
      old.name == study.name,
      let keys = try? earlier.plannedKeys(),
      let before = try? RunDirectory.document(earlier.file("resolved.json")),
      let data = try? CanonicalJSON.encode(study), let now = try? CanonicalJSON.parse(data)
    else { return nil }
    self.earlier = earlier.path
    self.keys = keys
    settings = SettingChange.between(before, now).map(\.path)
  }

  /// With the trials of a plan counted, which is all of them once the searches have ended.
  func counting(_ plan: Plan) -> StudyChanges {
    let planned = Set(plan.trials.map(\.key))
    var changes = self
    changes.keptCount = planned.intersection(keys).count
    changes.newCount = planned.subtracting(keys).count
    changes.goneCount = keys.subtracting(planned).count
    return changes
  }
}

extension RunDirectory {
  fileprivate var studyDate: Date? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file("resolved.json"))
    return attributes?[.modificationDate] as? Date
  }

  /// The keys of the trials in `plan.jsonl`.
  func plannedKeys() throws -> Set<String> {
    struct Line: Decodable { let key: String }
    var keys: Set<String> = []
    for line in try RunStorage.read(file("plan.jsonl")).split(separator: UInt8(ascii: "\n")) {
      keys.insert(try CanonicalJSON.decode(Line.self, from: Data(line)).key)
    }
    return keys
  }
}
