internal import Artifacts
internal import Tabular

/// The parts of a study that say what columns are for, what people say of its models and where these go.
extension StudyReader {
  func roles(_ node: SourceNode?) throws(StudyError) -> Roles {
    var roles = Roles()
    guard let node else { return roles }
    let section = try Section(
      node, "roles",
      keys: [
        "id", "target", "positive", "time", "group", "consent", "pii", "sensitive", "ignore",
        "features", "weight", "after_outcome",
      ])
    roles.id = try section["id"]?.text("id")
    roles.target = try section["target"]?.text("target")
    roles.positive = try section["positive"]?.text("positive")
    roles.time = try section["time"]?.text("time")
    roles.group = try section["group"]?.text("group")
    roles.consent = try section["consent"].map(consent)
    roles.weight = try section["weight"]?.text("weight")
    roles.afterOutcome = try section["after_outcome"]?.texts("after_outcome") ?? []
    roles.pii = try section["pii"]?.texts("pii") ?? []
    roles.sensitive = try section["sensitive"]?.texts("sensitive") ?? []
    roles.features = try section["features"]?.texts("features") ?? []
    roles.ignore = try section["ignore"]?.texts("ignore") ?? []
    return roles
  }

  /// The name of a column, or a mapping with the answers that are consent.
  private func consent(_ node: SourceNode) throws(StudyError) -> ConsentRule {
    guard case .mapping = node.content else {
      return ConsentRule(column: try node.text("consent"))
    }
    let section = try Section(node, "consent", keys: ["column", "allow", "missing"])
    var rule = ConsentRule(column: try section.required("column").text("column"))
    if let node = section["allow"] {
      rule.allow = try node.texts("allow")
      guard !rule.allow.isEmpty else {
        throw node.refused("allow", expected: "the answers that are consent")
      }
    }
    if let node = section["missing"] {
      rule.missing = try node.choice("missing", of: ConsentRule.Missing.self)
    }
    return rule
  }

  func card(_ node: SourceNode?) throws(StudyError) -> CardNotes? {
    guard let node else { return nil }
    let section = try Section(
      node, "card",
      keys: ["owner", "intended_use", "out_of_scope_use", "review_by", "limitations"])
    let notes = CardNotes(
      owner: try section["owner"]?.text("owner"),
      intendedUse: try section["intended_use"]?.text("intended_use"),
      outOfScopeUse: try section["out_of_scope_use"]?.text("out_of_scope_use"),
      reviewBy: try section["review_by"]?.text("review_by"),
      limitations: try section["limitations"]?.texts("limitations"))
    if let day = notes.reviewBy, !Self.isDay(day) {
      throw (section["review_by"] ?? node).refused(
        "review_by", expected: "a day such as 2027-06-30")
    }
    return notes
  }

  private static func isDay(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 10 && bytes.withUnsafeBufferPointer { CivilDate($0) != nil }
  }

  /// Where the chosen models of experiments go, in the order of the study.
  func registrations(
    _ node: SourceNode?, experiments: [Study.Experiment]
  ) throws(StudyError) -> [Study.Registration]? {
    guard let node else { return nil }
    let section = try Section(node, "register", keys: experiments.map(\.id))
    var registrations: [Study.Registration] = []
    for entry in section.entries {
      let given = try Section(entry.value, "register.\(entry.key)", keys: ["name", "alias"])
      let registration = Study.Registration(
        experiment: entry.key, name: try given.required("name").identifier("name"),
        alias: try given["alias"]?.identifier("alias"))
      let isTaken = registrations.contains {
        $0.name == registration.name
      }
      guard !isTaken else {
        throw entry.value.refused("name", expected: "a name that no other experiment has")
      }
      registrations.append(registration)
    }
    return registrations
  }
}
