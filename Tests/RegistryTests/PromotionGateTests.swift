import Artifacts
import Foundation
import Registry
import Testing

/// What a version must show before it may be champion.
struct PromotionGateTests {
  /// The gates that are missed.
  private func missed(
    _ shop: Shop, _ reference: String, to alias: String = "champion",
    _ policy: PromotionPolicy = PromotionPolicy(), by author: Author = Shop.author()
  ) throws -> [PromotionGate] {
    try shop.registry().review(ModelReference(reference), for: alias, under: policy, by: author)
      .missed.map(\.gate)
  }

  @Test func `a first champion needs a sound artifact and a card`() throws {
    let shop = try Shop()
    try shop.register("shop", silhouette: 0.5, Registration())
    #expect(try missed(shop, "shop/1") == [.card])
    #expect(try missed(shop, "shop/1", to: "candidate") == [])
    _ = try shop.registry().describe(ModelReference("shop/1"), Shop.card, by: Shop.author())
    #expect(try missed(shop, "shop/1") == [])
  }

  @Test func `a card whose review is overdue is not enough`() throws {
    let shop = try Shop()
    try shop.register()
    #expect(try missed(shop, "shop/1", by: Shop.author(day: 2000)) == [.card])
  }

  @Test func `a new column, a changed kind and a lost answer break callers`() throws {
    let shop = try Shop()
    try shop.register(features: ["spend"])
    _ = try shop.promote("shop/1")
    try shop.register(features: ["spend", "visits"])
    try shop.register(features: ["spend"], isWhole: true)
    #expect(try missed(shop, "shop/2") == [.inputs])
    #expect(try missed(shop, "shop/3") == [.inputs])
    // The other way round callers send more than is needed.
    _ = try shop.promote("shop/2", overriding: true, reason: "callers were told")
    #expect(try missed(shop, "shop/1") == [])
  }

  @Test(arguments: [(0.4951, true), (0.4949, false), (0.6, true)])
  func `a metric may be worse by one percent`(silhouette: Double, passes: Bool) throws {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    _ = try shop.promote("shop/1")
    try shop.register(silhouette: silhouette)
    #expect(try missed(shop, "shop/2") == (passes ? [] : [.metrics]))
  }

  @Test func `by interval even the worse end has to hold`() throws {
    let shop = try Shop()
    let registry = try shop.registry()
    // Half widths 0.03 and 0.04: the change of 0.1 lies within 0.1 ± 0.05.
    for (value, half) in [(0.5, 0.03), (0.6, 0.04)] {
      let model = try shop.publish(
        silhouette: value, interval: .init(lower: value - half, upper: value + half))
      _ = try registry.register(
        model, as: "shop", Registration(card: Shop.card), by: Shop.author())
    }
    _ = try shop.promote("shop/2")
    var policy = PromotionPolicy()
    policy.by = .interval
    // 0.1 worse, at worst 0.15; shares of 0.6.
    policy.margin = 0.151 / 0.6
    #expect(try missed(shop, "shop/1", policy) == [])
    policy.margin = 0.149 / 0.6
    #expect(try missed(shop, "shop/1", policy) == [.metrics])
    policy.by = .value
    #expect(try missed(shop, "shop/1", policy) == [])
  }

  @Test func `nothing in common to compare is no proof`() throws {
    let shop = try Shop()
    try shop.register(silhouette: 0.5)
    _ = try shop.promote("shop/1")
    try shop.register(silhouette: 0.6)
    var policy = PromotionPolicy()
    policy.metrics = ["roc_auc"]
    #expect(try missed(shop, "shop/2", policy) == [.metrics])
  }

  @Test func `a sensitive column needs a report on it`() throws {
    let shop = try Shop()
    let bare = Registration(card: Shop.card, sensitive: ["spend"])
    try shop.register(silhouette: 0.5, bare)
    #expect(try missed(shop, "shop/1") == [.fairness])
    var reported = bare
    reported.fairness = Shop.report(["spend"])
    try shop.register(silhouette: 0.6, reported)
    #expect(try missed(shop, "shop/2") == [])
  }

  @Test func `a report that leaves out a sensitive column, or compares nothing, is refused`() throws
  {
    let shop = try Shop()
    let reports = [
      FairnessEvidence(), Shop.report(["visits"]), Shop.report(["spend"], groups: ["all"]),
      FairnessEvidence(composed: [
        .init(column: "spend", split: "all", groups: ["a", "b"], shares: [1], segments: [])
      ]),
    ]
    for report in reports {
      #expect(throws: RegistryError.uncovered(column: "spend")) {
        try shop.register(
          Registration(card: Shop.card, sensitive: ["spend"], fairness: report))
      }
    }
    #expect(try shop.registry().models().isEmpty)
  }

  @Test func `a column that the model does not know is sensitive with a report on it alone`() throws
  {
    let shop = try Shop()
    func register(_ column: String, _ report: FairnessEvidence? = nil) throws {
      try shop.register(
        Registration(card: Shop.card, sensitive: [column], fairness: report))
    }
    #expect(throws: RegistryError.unknownSensitive(column: "spent", nearest: "spend")) {
      try register("spent")
    }
    #expect(throws: RegistryError.unknownSensitive(column: "gender", nearest: nil)) {
      try register("gender")
    }
    #expect(throws: RegistryError.uncovered(column: "gender")) {
      try register("gender", Shop.report(["spend"]))
    }
    try register("gender", Shop.report(["gender"]))
    #expect(try missed(shop, "shop/1") == [])
  }

  @Test func `a sensitive column of the artifact cannot be left out`() throws {
    let shop = try Shop()
    let model = try shop.publish(sensitive: ["gender"])
    let version = try shop.registry().register(
      model, as: "shop", Registration(card: Shop.card, sensitive: ["spend", "gender"]),
      by: Shop.author()
    ).version
    #expect(version.sensitive == ["gender", "spend"])
    let other = try shop.publish(silhouette: 0.6, sensitive: ["gender"])
    _ = try shop.registry().register(
      other, as: "shop", Registration(card: Shop.card), by: Shop.author())
    #expect(try missed(shop, "shop/2") == [.fairness])
  }

  @Test func `the report of the artifact counts for the columns it compares`() throws {
    let shop = try Shop()
    let model = try shop.publish(
      sensitive: ["gender", "age"], fairness: Shop.report(["gender"]))
    let registry = try shop.registry()
    var registration = Registration(card: Shop.card)
    _ = try registry.register(model, as: "shop", registration, by: Shop.author())
    #expect(try missed(shop, "shop/1") == [.fairness])
    registration.fairness = Shop.report(["age"])
    _ = try registry.register(model, as: "other", registration, by: Shop.author())
    #expect(try missed(shop, "other/1") == [])
  }

  @Test func `a second person is asked for where the policy says so`() throws {
    let shop = try Shop()
    try shop.register()
    var policy = PromotionPolicy()
    policy.gates.append(.approval)
    #expect(try missed(shop, "shop/1", policy, by: Shop.author("ana")) == [.approval])
    #expect(try missed(shop, "shop/1", policy, by: Shop.author("ben")) == [])
  }

  @Test func `a gate is overruled with a reason, and the log says so`() throws {
    let shop = try Shop()
    try shop.register("shop", Registration())
    #expect(throws: RegistryError.self) { try shop.promote("shop/1") }
    #expect(throws: RegistryError.reasonNeeded(action: "overriding a gate")) {
      try shop.promote("shop/1", overriding: true)
    }
    _ = try shop.promote("shop/1", overriding: true, reason: "a drill")
    let entry = try #require(try shop.registry().log().entries.last)
    #expect(entry.action == .promote && entry.reason == "a drill")
    guard case .object(let detail)? = entry.detail else { throw CocoaError(.coderReadCorrupt) }
    #expect(detail["overridden"] == .boolean(true))
  }

  @Test func `nobody overrules damage`() throws {
    let shop = try Shop()
    try shop.damage(try shop.register())
    #expect(try missed(shop, "shop/1") == [.digest])
    #expect(throws: RegistryError.self) {
      try shop.promote("shop/1", overriding: true, reason: "it must")
    }
    #expect(throws: RegistryError.unknownAlias(name: "shop", alias: "champion")) {
      try shop.number(of: "shop")
    }
  }

  @Test func `a champion that is damaged cannot be compared with`() throws {
    let shop = try Shop()
    let first = try shop.register(silhouette: 0.5)
    _ = try shop.promote("shop/1")
    try shop.register(silhouette: 0.6)
    try shop.damage(first)
    #expect(try missed(shop, "shop/2") == [.inputs, .metrics])
  }

  @Test func `a policy file says what is asked`() throws {
    let shop = try Shop()
    try shop.register("shop", Registration())
    let file = URL(filePath: shop.store + "/policy.json")
    try Data(#"{"gates": ["metrics"], "margin": 0.5, "by": "interval"}"#.utf8).write(to: file)
    let policy = try PromotionPolicy(in: shop.store)
    #expect(policy.gates == [.metrics] && policy.margin == 0.5 && policy.by == .interval)
    #expect(policy.aliases == ["champion"])
    #expect(try missed(shop, "shop/1", policy) == [])
  }

  @Test(arguments: [
    (#"{"gate": []}"#, "gate"), (#"{"gates": ["nice"]}"#, "gates"), (#"{"margin": -1}"#, "margin"),
    (#"{"margin": "1"}"#, "margin"), ("{", "byte"), (#"{"aliases": ["Champion"]}"#, "aliases"),
  ])
  func `a policy that cannot be read names the place`(text: String, place: String) throws {
    let shop = try Shop()
    try FileManager.default.createDirectory(
      atPath: shop.store, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: shop.store + "/policy.json"))
    let error = #expect(throws: RegistryError.self) { try PromotionPolicy(in: shop.store) }
    #expect(error.map { "\($0)".contains(place) } == true)
  }

  @Test func `a policy behind a link that leads nowhere is no empty policy`() throws {
    let shop = try Shop()
    try FileManager.default.createDirectory(
      atPath: shop.store, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: shop.store + "/policy.json", withDestinationPath: shop.path + "/nowhere.json")
    let error = #expect(throws: RegistryError.self) { try PromotionPolicy(in: shop.store) }
    guard case .storage(let problem)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.path == shop.store + "/policy.json")
  }

  @Test func `what nobody overrules is not offered to be overruled`() throws {
    let shop = try Shop()
    try shop.damage(try shop.register())
    let damaged = #expect(throws: RegistryError.self) { try shop.promote("shop/1") }
    #expect(damaged.map { "\($0)".contains("nobody can overrule that") } == true)
    try shop.register("bare", Registration())
    let bare = #expect(throws: RegistryError.self) { try shop.promote("bare/1") }
    #expect(bare.map { "\($0)".contains("--override --reason") } == true)
  }
}
