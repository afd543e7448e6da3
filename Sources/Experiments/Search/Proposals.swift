internal import Learning
internal import Numerical

/// The search of an experiment: proposes configurations, batch after batch, each given the results of those
/// before.
///
/// Methods differ in nothing else. All but `tpe` propose everything at once. What a batch holds follows from the
/// study and from the results of earlier batches, never from who computed them or in which order, and the first n
/// configurations are the same for every greater number of them (but for `latin-hypercube`).
struct Proposals {
  private(set) var grid: Grid
  /// Sentences on what was taken of the axes.
  private(set) var notes: [String] = []

  private let experiment: String
  /// Models that were added to be beaten, which come on top of what a search is to take.
  private let baselines: [String]
  private let search: Study.Search
  private let seed: Seed
  private var draws: Draws
  private var hasBegun = false
  /// Whether nothing new was found.
  private var isUsedUp = false

  /// - Parameter seed: of the study, for a search without its own.
  init(_ experiment: Study.Experiment, seed: UInt64, catalog: Catalog) {
    grid = Grid(experiment, catalog: catalog)
    self.experiment = experiment.id
    baselines = experiment.classification?.baselines ?? []
    search = experiment.search ?? .all
    self.seed = Seed(search.seed ?? seed)
    draws = Draws(grid.spaces, seed: self.seed)
  }

  /// Whether later batches may follow, which depend on results.
  var isAdaptive: Bool {
    search.method == .tpe && !isUsedUp && grid.configurations.count < limit
  }

  private var limit: Int { search.limit + baselines.count }

  /// The most configurations there may be.
  var bound: Int { isAdaptive ? limit : grid.configurations.count }

  /// The next configurations; none at the end.
  ///
  /// - Parameter ranked: places of all configurations so far, best first.
  /// - Throws: `StudyError` where a combination means nothing, or there is none at all.
  mutating func next(ranked: [Int] = []) throws(StudyError) -> [Grid.Configuration] {
    let before = grid.configurations.count
    if !hasBegun {
      hasBegun = true
      try begin()
    } else if isAdaptive {
      let places = ranked.map { grid.configurations[$0].place }
      let end = min(before + (search.batch ?? Study.Search.batch), limit)
      while grid.configurations.count < end, !isUsedUp {
        try propose(after: places, pending: grid.configurations[before...].map(\.place))
      }
    }
    return Array(grid.configurations[before...])
  }

  private mutating func begin() throws(StudyError) {
    switch search.method {
    case .grid: try takeAll()
    case .random: try draws.fill(&grid, to: limit)
    case .latinHypercube:
      try draws.takeFixed(&grid, upTo: limit)
      try draws.fillEvenly(&grid, with: limit - grid.configurations.count)
      // Points that fell together leave places free.
      try draws.fill(&grid, to: limit)
    case .tpe:
      let startup = (search.startup ?? Study.Search.startup) + baselines.count
      try draws.fill(&grid, to: min(startup, limit))
    }
    guard !grid.configurations.isEmpty else {
      throw StudyError(.noTrials(experiment: experiment, block: 1))
    }
    if search.method != .grid { notes.append(drawnNote) }
  }

  private mutating func takeAll() throws(StudyError) {
    let repeated = try grid.expand()
    if repeated > 0 {
      notes.append(
        "\(repeated) \(repeated == 1 ? "combination" : "combinations") of \(experiment) "
          + "mean the same as an earlier trial and \(repeated == 1 ? "is" : "are") not repeated")
    }
    let count = grid.configurations.count - baselines.count
    if search.limit < count {
      var left = search.limit
      grid.keep { [baselines] configuration in
        if baselines.contains(configuration.stages.last?.name ?? "") { return true }
        left -= 1
        return left >= 0
      }
      notes.append("\(experiment) takes the first \(search.limit) of \(count) combinations")
    }
  }

  /// Adds the best place that is new, or draws one where none is.
  private mutating func propose(
    after ranked: [Grid.Place], pending: [Grid.Place]
  ) throws(StudyError) {
    let count = grid.configurations.count
    var random = RandomSource(seed: seed.derived("search proposal", count))
    let estimator = TreeParzen(
      grid.spaces, open: draws.open, ranked: ranked, pending: pending)
    for place in estimator?.proposals(&random) ?? [] {
      if try grid.add(place) == .new { return }
    }
    try draws.fill(&grid, to: count + 1)
    isUsedUp = grid.configurations.count == count
  }

  private var drawnNote: String {
    var total: Int? = -baselines.count
    for space in grid.spaces {
      total = total.flatMap { sum in space.count(upTo: Int(Int32.max)).map { sum + $0 } }
    }
    let whole = total.map { "\($0) combinations" } ?? "ranges without end"
    let found = grid.configurations.count - baselines.count
    let method = "\(experiment) is searched (\(search.method.rawValue))"
    if isAdaptive {
      return "\(method): at most \(search.limit) of \(whole); the first \(found) are known, "
        + "the others follow from results"
    }
    let short = found < search.limit ? "; more are not to be found" : ""
    return "\(method): \(found) of \(whole)\(short)"
  }
}
