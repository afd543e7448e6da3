import Experiments
import Foundation
import Learning
import Numerical
import Testing

/// A temporary folder with a table of customers who responded or not, for runs.
final class PropensityFolder {
  let path: String

  struct Customer {
    var age: Double
    var channel: String
    var visits: Double?
    var responded: Bool
    var after: Double
  }

  /// Customers whose chance of responding rises with age and is higher on the phone.
  static func customers(_ count: Int = 240) -> [Customer] {
    var random = RandomSource(seed: Seed(3).derived("customers"))
    return (0..<count).map { row in
      let age = 20 + 60 * random.uniform()
      let channel = ["web", "shop", "phone"][row % 3]
      let chance = (age - 20) / 80 + (channel == "phone" ? 0.2 : 0)
      let responded = random.uniform() < chance
      return Customer(
        age: age, channel: channel, visits: row % 9 == 0 ? nil : 10 * random.uniform(),
        responded: responded, after: (responded ? 5 : 0) + random.uniform())
    }
  }

  init(_ customers: [Customer] = PropensityFolder.customers()) throws {
    path = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(customers)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ customers: [Customer]) throws {
    var table = "customer,age,channel,visits,after,responded,household,day\n"
    for (row, customer) in customers.enumerated() {
      let visits = customer.visits.map { "\($0)" } ?? ""
      table +=
        "cust-\(1000 + row),\(customer.age),\(customer.channel),\(visits),\(customer.after),"
        + "\(customer.responded ? "yes" : "no"),\(row / 4),\(row / 2)\n"
    }
    try write(table: table)
  }

  func write(table: String) throws {
    try Data(table.utf8).write(to: URL(filePath: path + "/table.csv"))
  }

  static let roles = "id: customer, target: responded, ignore: [after, household, day]"
  /// The roles with those that a split goes by.
  static func roles(for split: String) -> String {
    if split.contains("group") {
      return "id: customer, target: responded, group: household, ignore: [after, day]"
    }
    if split.contains("forward-time") {
      return "id: customer, target: responded, time: day, ignore: [after, household]"
    }
    return roles
  }

  static let boosting = "{model: gradient-boosting, num_iterations: 10, num_leaves: 4}"

  func study(
    roles: String = PropensityFolder.roles, grid: String = "[\(PropensityFolder.boosting)]",
    baselines: Bool = false, experiment: String = "", tail: String = ""
  ) throws -> StudyFile {
    let text = """
      name: demo
      seed: 7
      data: {source: table.csv, roles: {\(roles)}}
      experiments:
        - id: response
          task: classify
          baselines: \(baselines)
          grid: \(grid)
          \(experiment)
      \(tail)
      """
    return try StudyReader().read(text: text, path: path + "/study.yaml")
  }

  func run(
    _ study: StudyFile, in runs: String = "runs", threads: Int = 1, cache: StageCache? = nil
  ) throws -> RunSummary {
    let ticks = Ticks()
    var environment = RunEnvironment(
      pool: WorkerPool(threadCount: threads),
      machine: MachineRecord(
        system: "test", architecture: "test", host: "test", threads: threads),
      // What is measured differs from run to run and must not reach a result.
      clock: ContinuousClock(), now: { Double(ticks.next()) })
    environment.cache = cache
    return try Runner(environment).run(study, in: path + "/" + runs)
  }

  struct Prediction {
    /// In the source, from 1.
    let row: Int
    let fold: Int
    let raw: Double
    let calibrated: Double
  }

  func predictions(of summary: RunSummary) throws -> [Prediction] {
    let chosen = try #require(summary.record.experiments[0].chosen)
    let file = "\(summary.directory.path)/trials/\(chosen.trial.id)/predictions.csv"
    let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    return try text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      return Prediction(
        row: try #require(Int(fields[0])), fold: try #require(Int(fields[1])),
        raw: try #require(Double(fields[2])), calibrated: try #require(Double(fields[3])))
    }
  }
}
