internal import Evaluation
internal import Experiments

/// How the scores of two classifiers differ on the same rows.
struct ScoreBlocks {
  let scores: ScoreComparison
  let anchor: String

  init(_ scores: ScoreComparison, anchor: String) {
    self.scores = scores
    self.anchor = anchor
  }

  /// The rows behind every figure.
  var sample: String {
    "All \(counted(scores.rowCount, "training row")) with \(counted(scores.eventCount, "event")), each "
      + "scored out of fold by both."
  }

  var blocks: [ComparisonView.Block] { [agreement, movers, calibration].compactMap { $0 } }

  private var agreement: ComparisonView.Block {
    var sentences = [sample]
    let rank = scores.rankCorrelation.map {
      "The two rankings correlate with \(NumberFormat.significant($0, digits: 3)) (Spearman)."
    }
    let decile = scores.contacts.first { $0.share == ScoreComparison.decile }
    let overlap = decile?.overlap.map {
      "Of the best tenth by A, \(NumberFormat.percent($0)) are in the best tenth by B."
    }
    sentences += [rank, overlap].compactMap { $0 }
    return .init(
      heading: "Who is contacted", sentences: sentences,
      figures: [
        overlapFigure, ScoreSquares(scores).figure(id: anchor + "-scores", sample: sample),
      ],
      drawnTables: [contacts])
  }

  private static func name(_ contacts: ScoreComparison.Contacts) -> String {
    contacts.share.map { "best \(NumberFormat.significant($0 * 100))%" } ?? "at each side’s cut"
  }

  /// Rows and, in brackets, the events among them.
  private static func text(_ group: ScoreComparison.Contacts.Group) -> String {
    "\(NumberFormat.count(group.rowCount)) (\(NumberFormat.count(group.eventCount)))"
  }

  private var contacts: TableView {
    TableView(
      caption: "Rows contacted, with the events among them in brackets",
      columns: [
        .text("contacted"), .number("by both"), .number("by A only"), .number("by B only"),
        .number("by neither"), .number("A’s that B keeps"),
      ],
      rows: scores.contacts.map { contacts in
        [Self.name(contacts)]
          + [contacts.both, contacts.onlyA, contacts.onlyB, contacts.neither].map(Self.text)
          + [contacts.overlap.map(NumberFormat.percent) ?? "–"]
      })
  }

  private var overlapFigure: Figure {
    let rows: [JSONValue] = scores.contacts.enumerated().flatMap { index, contacts -> [JSONValue] in
      let groups = [
        ("both", contacts.both), ("A only", contacts.onlyA), ("B only", contacts.onlyB),
      ]
      let all = max(groups.reduce(0) { $0 + $1.1.rowCount }, 1)
      return groups.enumerated().map { place, group in
        [
          "k": .count(index), "f": .text(Self.name(contacts)), "m": .text(group.0),
          "o": .count(place), "n": .count(group.1.rowCount), "e": .count(group.1.eventCount),
          "v": .short(Double(group.1.rowCount) / Double(all)),
        ]
      }
    }
    let chart = Chart(
      id: anchor + "-overlap", label: "Rows contacted by both, by A only and by B only.",
      height: 220, rows: rows,
      body: [
        ("mark", ["type": "bar"]),
        (
          "encoding",
          [
            "y": nameAxis("f"),
            "x": channel(
              "v", "quantitative",
              [
                ("title", "share of all rows that either contacts"),
                ("axis", ["format": "~%", "tickCount": 5]), ("scale", ["domain": [0, 1]]),
              ]),
            "order": channel("o", "quantitative"),
            "color": seriesColor(
              "m",
              [
                ("both", Palette.neutral), ("A only", Palette.ofA), ("B only", Palette.ofB),
              ]),
            "tooltip": [
              channel("f", "nominal", [("title", "contacted")]),
              channel("m", "nominal", [("title", "by")]),
              channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
              channel("e", "quantitative", [("title", "events"), ("format", ",")]),
            ],
          ]
        ),
      ])
    return Figure(
      heading: "Overlap of the best scores", statement: sample,
      reading: "Grey is common to both; colour is what one alone would contact.", isWide: false,
      charts: [chart], tables: [contacts], hasOpenTable: true)
  }

  private var movers: ComparisonView.Block {
    let table = TableView(
      caption: "Rows by how far B moves them in the ranking",
      columns: [
        .text("moved by (share of all rows)"), .number("rows"), .number("share"),
        .number("events"), .number("mean by A"), .number("mean by B"),
      ],
      rows: scores.movers.map { band in
        let means = [band.meanOfA, band.meanOfB].map {
          $0.map(NumberFormat.percent) ?? "–"
        }
        return [
          Self.words(band), NumberFormat.count(band.rowCount),
          NumberFormat.percent(Double(band.rowCount) / Double(max(scores.rowCount, 1))),
          NumberFormat.count(band.eventCount),
        ] + means
      })
    return .init(
      heading: "Biggest movers", figures: [moversFigure(table)], drawnTables: [table])
  }

  private static func words(_ band: ScoreComparison.MoverBand) -> String {
    func percent(_ share: Double) -> String { NumberFormat.significant(abs(share) * 100) }
    if band.upper < 0 { return "down \(percent(band.upper)) to \(percent(band.lower))%" }
    if band.lower > 0 { return "up \(percent(band.lower)) to \(percent(band.upper))%" }
    return "at most \(percent(band.upper))% either way"
  }

  private func moversFigure(_ table: TableView) -> Figure {
    let rows: [JSONValue] = scores.movers.enumerated().map { index, band in
      [
        "k": .count(index), "f": .text(Self.words(band)), "n": .count(band.rowCount),
        "v": .short(Double(band.rowCount) / Double(max(scores.rowCount, 1))),
        "m": .text(band.upper < 0 ? "down" : band.lower > 0 ? "up" : "stays"),
      ]
    }
    let chart = Chart(
      id: anchor + "-movers", label: "Rows by how far they move in the ranking from A to B.",
      height: 260, rows: rows,
      body: [
        ("mark", ["type": "bar"]),
        (
          "encoding",
          [
            "y": nameAxis("f", labelLimit: 170),
            "x": channel(
              "v", "quantitative",
              [("title", "share of rows"), ("axis", ["format": "~%", "tickCount": 5])]),
            "color": seriesColor(
              "m",
              [("down", Palette.ofA), ("stays", Palette.neutral), ("up", Palette.ofB)]),
            "tooltip": [
              channel("f", "nominal", [("title", "moved")]),
              channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
              channel("v", "quantitative", [("title", "share"), ("format", ".1%")]),
            ],
          ]
        ),
      ])
    return Figure(
      heading: "How far rows move", statement: sample,
      reading: "Up is nearer to the best score under B than under A.", isWide: false,
      charts: [chart], tables: [table])
  }

  private var calibration: ComparisonView.Block? {
    guard let curves = scores.calibration else { return nil }
    let shift = scores.meanProbability.b - scores.meanProbability.a
    let points = [scores.meanProbability.a, scores.meanProbability.b].map(NumberFormat.percent)
    var sentences = [
      "The mean probability goes from \(points[0]) to \(points[1]); "
        + "\(NumberFormat.percent(Double(scores.eventCount) / Double(max(scores.rowCount, 1)))) of "
        + "the rows have the event."
    ]
    if scores.shifts.count == 5 {
      sentences.append(
        "Half of all rows shift by \(Self.points(scores.shifts[1])) to "
          + "\(Self.points(scores.shifts[3])), nine tenths by \(Self.points(scores.shifts[0])) to "
          + "\(Self.points(scores.shifts[4])); the mean by \(Self.points(shift)).")
    }
    return .init(
      heading: "Calibration", sentences: sentences,
      figures: [CalibrationShift(curves).figure(id: anchor + "-calibration", sample: sample)])
  }

  private static func points(_ shift: Double) -> String {
    let size = NumberFormat.significant(abs(shift) * 100, digits: 2)
    return "\(shift < 0 ? "-" : "+")\(size) points"
  }
}

extension Palette {
  /// The two sides of a comparison.
  static let ofA = "#4477AA"
  static let ofB = "#EE7733"
}
