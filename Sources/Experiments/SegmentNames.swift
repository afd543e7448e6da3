internal import Artifacts
package import Evaluation

/// What segments are called, and why that is true of them.
///
/// With a value column segments are named in the order of their mean value. Where the table also tells
/// how long ago customers were last there, the names are those of recency and value (Champions … Lost),
/// each given only where its claim holds; without it, Champions and three bands of value. Without a value
/// they are named after what sets them apart. A study's own names come first.
package struct SegmentNames {
  static let unassigned = SegmentDefinition.unassignedName

  /// One per segment, all different.
  package let names: [String]
  /// Names of the study that fit no segment, or claim what does not hold.
  package let warnings: [String]

  static func isReserved(_ name: String) -> Bool { name.lowercased() == unassigned.lowercased() }

  /// - Parameters:
  ///   - profile: of the features.
  ///   - value: the study's value column and what segments explain of it.
  package init(
    sizes: [Int], profile: [ClusteringEvidence.FeatureProfile], value: (String, ValueSpread)?,
    asked: Study.Clustering?
  ) {
    let facts = SegmentFacts(sizes: sizes, profile: profile, value: value)
    var names = [String?](repeating: nil, count: sizes.count)
    var warnings: [String] = []
    let known = "there are \(sizes.count) segments, numbered from 0"
    for entry in asked?.names ?? [] {
      if names.indices.contains(entry.segment) {
        names[entry.segment] = entry.name
      } else {
        warnings.append("segment_names names segment \(entry.segment), but \(known)")
      }
    }
    let ordered = asked?.namesByValue ?? []
    if ordered.count > facts.order.count {
      warnings.append("segment_names has \(ordered.count) names, but \(known)")
    }
    for (segment, name) in zip(facts.order, ordered) { names[segment] = name }
    for (segment, name) in names.enumerated() {
      if let name, let doubt = facts.doubt(name, of: segment) { warnings.append(doubt) }
    }
    var taken = Set(names.compactMap { $0 })
    for segment in facts.order + sizes.indices.filter({ !facts.order.contains($0) })
    where names[segment] == nil {
      let name = facts.candidates(for: segment, taken: taken).first { !taken.contains($0) }
      names[segment] = name ?? SegmentNames.fallback(segment, taken: taken)
      taken.insert(names[segment] ?? "")
    }
    self.names = names.map { $0 ?? "" }
    self.warnings = warnings
  }

  /// A name by number that nobody has.
  private static func fallback(_ segment: Int, taken: Set<String>) -> String {
    var name = "Segment \(segment)"
    while taken.contains(name) { name += "'" }
    return name
  }
}

/// What is known of segments that a name may claim.
private struct SegmentFacts {
  private let sizes: [Int]
  private let profile: [ClusteringEvidence.FeatureProfile]
  private let valueName: String?
  /// Differences of mean values from the overall one in overall deviations, where there is a value.
  private let worth: [Double?]
  private let sinceLast: ClusteringEvidence.FeatureProfile?
  private let tenure: ClusteringEvidence.FeatureProfile?
  /// Segments with rows: by value, greatest first, or by size where there is none.
  let order: [Int]

  /// A value within this many deviations of the overall one is in the middle.
  private static let middle = 0.1

  init(
    sizes: [Int], profile: [ClusteringEvidence.FeatureProfile], value: (String, ValueSpread)?
  ) {
    self.sizes = sizes
    self.profile = profile
    func first(_ belongs: ([Substring]) -> Bool) -> ClusteringEvidence.FeatureProfile? {
      profile.first { !$0.isShare && belongs(Self.words($0.feature)) }
    }
    sinceLast = first { $0.contains("since") && $0.contains("last") }
    tenure = first { $0.contains("tenure") || $0.contains("since") && $0.contains("first") }
    let spending = first { words in
      words.contains { ["monetary", "spend", "revenue", "sales", "ltv", "clv"].contains($0) }
    }
    valueName = value?.0 ?? spending?.feature
    if let spread = value?.1 {
      worth = sizes.indices.map { segment in
        spread.means[segment].flatMap {
          spread.deviation > 0 ? ($0 - spread.mean) / spread.deviation : nil
        }
      }
    } else {
      worth = sizes.indices.map { spending?.difference(in: $0) }
    }
    let worth = worth
    order = sizes.indices.filter { sizes[$0] > 0 }.sorted { a, b in
      let keys = (worth[a] ?? -.infinity, worth[b] ?? -.infinity)
      return keys.0 != keys.1 ? keys.0 > keys.1 : (sizes[b], a) < (sizes[a], b)
    }
  }

  private static func words(_ name: String) -> [Substring] {
    name.lowercased().split { !$0.isLetter && !$0.isNumber }
  }

  /// A name and what must hold for it; nil asks nothing.
  private struct Claim {
    let name: String
    var place: Place?
    var value: Side?
    /// Of the time since customers were last there.
    var absence: Side?
    var isNew = false

    enum Place { case first, last }
  }

  /// Where a mean stands beside the overall one.
  private enum Side {
    case high, notHigh, middle, low

    func holds(_ difference: Double) -> Bool {
      switch self {
      case .high: difference > SegmentFacts.middle
      case .notHigh: difference <= SegmentFacts.middle
      case .middle: abs(difference) <= SegmentFacts.middle
      case .low: difference < -SegmentFacts.middle
      }
    }
  }

  private static let ladder = [
    Claim(name: "Champions", place: .first, value: .high, absence: .notHigh),
    Claim(name: "Loyal", value: .high, absence: .notHigh),
    Claim(name: "Potential Loyalists", value: .high, absence: .low),
    Claim(name: "Can't Lose", value: .high, absence: .high),
    Claim(name: "New", absence: .low, isNew: true),
    Claim(name: "Promising", value: .notHigh, absence: .low),
    Claim(name: "Need Attention", value: .middle, absence: .high),
    Claim(name: "Lost", place: .last, value: .low, absence: .high),
    Claim(name: "At Risk", absence: .high),
    Claim(name: "About To Sleep", value: .notHigh, absence: .high),
  ]

  /// Whether a claim holds; what is not known is taken as `unknown`.
  private func holds(_ claim: Claim, _ segment: Int, unknown: Bool) -> Bool {
    func agrees(_ side: Side?, _ difference: Double?) -> Bool {
      guard let side else { return true }
      return difference.map(side.holds) ?? unknown
    }
    if let place = claim.place {
      let worths = worth.compactMap { $0 }
      guard let own = worth[segment], let limit = place == .first ? worths.max() : worths.min()
      else { return unknown }
      if own != limit { return false }
    }
    return agrees(claim.value, worth[segment])
      && agrees(claim.absence, sinceLast?.difference(in: segment))
      && agrees(claim.isNew ? .low : nil, tenure?.difference(in: segment))
  }

  /// A sentence if what the name claims of the segment does not hold; nil if it does or claims nothing.
  func doubt(_ name: String, of segment: Int) -> String? {
    guard let claim = Self.ladder.first(where: { $0.name.lowercased() == name.lowercased() }),
      !holds(claim, segment, unknown: true)
    else { return nil }
    let columns = [valueName, sinceLast?.feature, tenure?.feature].compactMap { $0 }
    return "the study calls segment \(segment) \(name), which its means of "
      + "\(columns.joined(separator: ", ")) contradict"
  }

  /// Names that hold, the best first.
  func candidates(for segment: Int, taken: Set<String>) -> [String] {
    guard sizes[segment] >= ClusteringEvidence.SegmentCard.leastRows else { return [] }
    let traits = traits(of: segment)
    let number = "segment \(segment)"
    guard let worth = worth[segment] else {
      let phrases = traits.isEmpty ? ["average"] : traits
      let heads = [phrases.prefix(2), phrases.prefix(3), phrases.prefix(2) + [number]]
      return heads.map { words in
        let name = words.joined(separator: ", ")
        return name.prefix(1).uppercased() + name.dropFirst()
      }
    }
    // Without a column of absence only the best are known to be what their name says.
    let claims = sinceLast == nil ? Array(Self.ladder.prefix(1)) : Self.ladder
    let band = abs(worth) <= Self.middle ? "Middle" : worth > 0 ? "High" : "Low"
    let bases =
      claims.filter { holds($0, segment, unknown: sinceLast == nil) }.map(\.name)
      + ["\(band) Value"]
    let longer = [traits.prefix(1), traits.prefix(2), [number]].filter { !$0.isEmpty }
    return bases + longer.map { "\(band) Value: \($0.joined(separator: ", "))" }
  }

  /// What sets a segment apart in three phrases, those of what there is more of first.
  private func traits(of segment: Int) -> [String] {
    let drivers = profile.drivers(of: segment).prefix(6)
    func isSeldom(_ driver: ClusteringEvidence.FeatureProfile) -> Bool {
      driver.isShare && driver.difference(in: segment) ?? 0 < 0
    }
    let ordered = drivers.filter { !isSeldom($0) } + drivers.filter(isSeldom)
    return ordered.prefix(3).compactMap { phrase($0, in: segment) }
  }

  /// A driver in a few words that its figures bear out.
  private func phrase(
    _ driver: ClusteringEvidence.FeatureProfile, in segment: Int
  ) -> String? {
    guard let difference = driver.difference(in: segment) else { return nil }
    let column = Self.short(driver.column.replacing("_", with: " "))
    guard driver.isShare else {
      if Self.words(driver.feature) == ["age"] { return difference > 0 ? "older" : "younger" }
      return (difference > 0 ? "high " : "low ") + column
    }
    let what = driver.level.map { "\(column) \(Self.short($0))" } ?? column
    let share = driver.segments[segment]
    if difference > 0 { return (share >= 0.5 ? "mostly " : "often ") + what }
    return (share <= 0.1 ? "rarely " : "less often ") + what
  }

  private static func short(_ text: String) -> String {
    let plain = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    return plain.count > 24 ? plain.prefix(23) + "…" : plain
  }
}
