extension GradientBoostingModel {
  /// Reads a model that LightGBM (or `lightGBMText`) wrote.
  ///
  /// Categorical columns get the decimal codes as their levels. Regression by absolute, Huber, fair or
  /// quantile loss is read as `regression`, gamma and Tweedie as `poisson`: their scores mean the same.
  ///
  /// - Throws: `LearningError.modelText` for what is not such a text, and for several classes, random
  ///   forests and linear leaves.
  public init(lightGBMText text: String) throws(LearningError) {
    var reader = LightGBMReader(text)
    self = try reader.model()
  }
}

/// Reads the text line by line.
struct LightGBMReader {
  private let lines: [Substring]
  private var next = 0

  /// More levels than any table has codes for.
  private static let levelLimit = 1 << 20

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasSuffix("\r") ? $0.dropLast() : $0
    }
  }

  mutating func model() throws(LearningError) -> GradientBoostingModel {
    let header = block()
    guard lines.first == "tree" else { throw .modelText(line: 1, .missing(key: "tree")) }
    try requireSingle(header)
    let names = try header.words("feature_names")
    let infos = try header.words("feature_infos")
    guard infos.count == names.count else {
      throw header.error(
        "feature_infos", .count(key: "feature_infos", needed: names.count, found: infos.count))
    }
    var features: [BoostingFeature] = []
    for (name, info) in zip(names, infos) {
      features.append(try feature(String(name), info, header))
    }
    let objective = try objective(header)
    var trees: [Tree] = []
    while next < lines.count, lines[next].hasPrefix("Tree=") {
      let fields = block()
      let tree = try LightGBMTreeReader(fields).tree()
      guard tree.isSound(features: features) else {
        throw fields.error("left_child", .structure(key: "left_child"))
      }
      trees.append(tree)
    }
    guard !trees.isEmpty else { throw .modelText(line: next + 1, .missing(key: "Tree")) }
    return GradientBoostingModel(
      objective: objective, features: features, trees: trees, oddsFactor: try oddsFactor())
  }

  /// The fields up to the next tree or the end of the trees.
  private mutating func block() -> LightGBMFields {
    var fields = LightGBMFields(line: next + 1)
    if next < lines.count { next += 1 }
    while next < lines.count, !lines[next].hasPrefix("Tree="), lines[next] != "end of trees" {
      fields.add(lines[next], line: next + 1)
      next += 1
    }
    return fields
  }

  /// What events counted more in training, from the parameters behind the trees; 1 if they do not say.
  private func oddsFactor() throws(LearningError) -> Double {
    let key = "[scale_pos_weight: "
    guard let place = lines[next...].firstIndex(where: { $0.hasPrefix(key) }) else { return 1 }
    guard let factor = Double(lines[place].dropFirst(key.count).dropLast()), factor > 0,
      factor.isFinite
    else { throw .modelText(line: place + 1, .malformed(key: "scale_pos_weight")) }
    return factor
  }

  private func requireSingle(_ header: LightGBMFields) throws(LearningError) {
    for key in ["num_class", "num_tree_per_iteration"] where header[key] != nil {
      let found = try header.integers(key, count: 1)
      guard found == [1] else {
        throw header.error(key, .unsupported(what: "a model of several classes"))
      }
    }
    if header["average_output"] != nil {
      throw header.error("average_output", .unsupported(what: "a random forest"))
    }
  }

  private func objective(_ header: LightGBMFields) throws(LearningError) -> BoostingObjective {
    let words = try header.words("objective")
    let options = words.dropFirst()
    switch words.first {
    case "binary", "cross_entropy":
      guard options.allSatisfy({ !$0.hasPrefix("sigmoid:") || Double($0.dropFirst(8)) == 1 })
      else { throw header.error("objective", .unsupported(what: "a sigmoid other than 1")) }
      return .binary
    case "regression", "regression_l1", "huber", "fair", "quantile", "mape":
      guard !options.contains("sqrt") else {
        throw header.error("objective", .unsupported(what: "regression of square roots"))
      }
      return .regression
    case "poisson", "gamma", "tweedie": return .poisson
    default:
      throw header.error(
        "objective", .unsupported(what: "the objective \(words.first ?? "without a name")"))
    }
  }

  private func feature(_ name: String, _ info: Substring, _ header: LightGBMFields)
    throws(LearningError) -> BoostingFeature
  {
    if info == "none" { return BoostingFeature(name: name, kind: .number(range: nil)) }
    let malformed = header.error("feature_infos", .malformed(key: "feature_infos"))
    if info.hasPrefix("["), info.hasSuffix("]") {
      let bounds = info.dropFirst().dropLast().split(separator: ":").map { Double($0) }
      guard bounds.count == 2, let low = bounds[0], let high = bounds[1], low <= high else {
        throw malformed
      }
      return BoostingFeature(name: name, kind: .number(range: low...high))
    }
    let codes = info.split(separator: ":").map { Int($0) }
    guard codes.allSatisfy({ $0 != nil }), let greatest = codes.compactMap({ $0 }).max() else {
      throw malformed
    }
    guard greatest < Self.levelLimit else {
      throw header.error(
        "feature_infos", .unsupported(what: "a category code above \(Self.levelLimit - 1)"))
    }
    return BoostingFeature(
      name: name, kind: .category(levels: (0..<max(0, greatest + 1)).map { "\($0)" }))
  }
}

/// `key=value` lines with where they stand.
struct LightGBMFields {
  private var values: [Substring: (text: Substring, line: Int)] = [:]
  private let firstLine: Int

  init(line: Int) { firstLine = line }

  mutating func add(_ line: Substring, line number: Int) {
    guard let separator = line.firstIndex(of: "=") else {
      if !line.isEmpty { values[line] = ("", number) }
      return
    }
    values[line[..<separator]] = (line[line.index(after: separator)...], number)
  }

  subscript(key: String) -> Substring? { values[key[...]]?.text }

  func error(_ key: String, _ problem: ModelTextProblem) -> LearningError {
    .modelText(line: values[key[...]]?.line ?? firstLine, problem)
  }

  func words(_ key: String) throws(LearningError) -> [Substring] {
    guard let text = self[key] else { throw error(key, .missing(key: key)) }
    return text.split(separator: " ")
  }

  func integers(_ key: String, count: Int?) throws(LearningError) -> [Int] {
    try parsed(key, count: count) { Int($0) }
  }

  func numbers(_ key: String, count: Int?) throws(LearningError) -> [Double] {
    try parsed(key, count: count) { word in Double(word).flatMap { $0.isNaN ? nil : $0 } }
  }

  private func parsed<Value>(_ key: String, count: Int?, _ parse: (Substring) -> Value?)
    throws(LearningError) -> [Value]
  {
    let words = try words(key)
    if let count, words.count != count {
      throw error(key, .count(key: key, needed: count, found: words.count))
    }
    var values: [Value] = []
    for word in words {
      guard let value = parse(word) else { throw error(key, .malformed(key: key)) }
      values.append(value)
    }
    return values
  }
}

/// One tree of the text.
struct LightGBMTreeReader {
  private let fields: LightGBMFields

  init(_ fields: LightGBMFields) { self.fields = fields }

  func tree() throws(LearningError) -> Tree {
    let leafCount = try fields.integers("num_leaves", count: 1)[0]
    guard leafCount > 0 else { throw fields.error("num_leaves", .malformed(key: "num_leaves")) }
    if fields["is_linear"] == "1" {
      throw fields.error("is_linear", .unsupported(what: "a tree with linear leaves"))
    }
    let values = try finite("leaf_value", count: leafCount)
    let weights = try optional("leaf_weight", count: leafCount)
    let counts = try optional("leaf_count", count: leafCount)
    let shrinkage = fields["shrinkage"] == nil ? 1 : try finite("shrinkage", count: 1)[0]
    var tree = Tree(leaves: [], shrinkage: shrinkage)
    for leaf in 0..<leafCount {
      tree.leaves.append(
        .init(value: values[leaf], weight: weights[leaf], count: try whole(counts[leaf])))
    }
    if leafCount > 1 {
      tree.categorySets = try categorySets()
      tree.nodes = try nodes(count: leafCount - 1, setCount: tree.categorySets.count)
    }
    return tree
  }

  private func nodes(count: Int, setCount: Int) throws(LearningError) -> [Tree.Node] {
    let features = try fields.integers("split_feature", count: count)
    let thresholds = try fields.numbers("threshold", count: count)
    let decisions = try fields.integers("decision_type", count: count)
    let left = try fields.integers("left_child", count: count)
    let right = try fields.integers("right_child", count: count)
    let gains = try optional("split_gain", count: count)
    let values = try optional("internal_value", count: count)
    let weights = try optional("internal_weight", count: count)
    let counts = try optional("internal_count", count: count)
    var nodes: [Tree.Node] = []
    for index in 0..<count {
      guard let missing = UInt8(exactly: decisions[index] >> 2).flatMap(MissingValues.init),
        let feature = Int32(exactly: features[index]), let leftChild = Int32(exactly: left[index]),
        let rightChild = Int32(exactly: right[index])
      else { throw fields.error("decision_type", .malformed(key: "decision_type")) }
      let isCategorical = decisions[index] & 1 == 1
      var set: Int32 = 0
      if isCategorical {
        guard let place = Int32(exactly: thresholds[index]), place >= 0, place < setCount else {
          throw fields.error("threshold", .structure(key: "threshold"))
        }
        set = place
      }
      let isEndless = abs(thresholds[index]) >= LightGBMTree.greatest
      nodes.append(
        Tree.Node(
          feature: feature, left: leftChild, right: rightChild, missing: missing,
          missingGoesLeft: decisions[index] & 2 == 2, isCategorical: isCategorical,
          categorySet: set,
          threshold: isCategorical
            ? 0 : isEndless ? .infinity * thresholds[index] : thresholds[index],
          gain: gains[index], value: values[index], weight: weights[index],
          count: try whole(counts[index])))
    }
    return nodes
  }

  private func categorySets() throws(LearningError) -> [[UInt32]] {
    let count = fields["num_cat"] == nil ? 0 : try fields.integers("num_cat", count: 1)[0]
    guard count > 0 else { return [] }
    guard count < 1 << 20 else { throw fields.error("num_cat", .malformed(key: "num_cat")) }
    let boundaries = try fields.integers("cat_boundaries", count: count + 1)
    let words = try fields.integers("cat_threshold", count: nil)
    guard boundaries[0] == 0, boundaries[count] == words.count,
      zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 <= $1 && $0 >= 0 })
    else { throw fields.error("cat_boundaries", .structure(key: "cat_boundaries")) }
    let sets = words.compactMap { UInt32(exactly: $0) }
    guard sets.count == words.count else {
      throw fields.error("cat_threshold", .malformed(key: "cat_threshold"))
    }
    return (0..<count).map { Array(sets[boundaries[$0]..<boundaries[$0 + 1]]) }
  }

  private func finite(_ key: String, count: Int) throws(LearningError) -> [Double] {
    let numbers = try fields.numbers(key, count: count)
    guard numbers.allSatisfy(\.isFinite) else { throw fields.error(key, .malformed(key: key)) }
    return numbers
  }

  /// Zeros where a key is missing, as in older versions.
  private func optional(_ key: String, count: Int) throws(LearningError) -> [Double] {
    guard let text = fields[key], !text.isEmpty else {
      return [Double](repeating: 0, count: count)
    }
    return try finite(key, count: count)
  }

  private func whole(_ number: Double) throws(LearningError) -> Int {
    guard let count = Int(exactly: number), count >= 0 else {
      throw fields.error("leaf_count", .malformed(key: "leaf_count"))
    }
    return count
  }
}
