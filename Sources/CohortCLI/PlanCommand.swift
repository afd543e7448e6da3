import ArgumentParser
import Experiments
import Reporting

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Print the trials of a study, what they share and what they will cost; run nothing.",
    discussion: """
      Steps that earlier runs in --runs have timed on the same table cost what they did; others are judged by \
      small samples of the table, in a few seconds. Trials that have ended are not counted.

      EXAMPLES
        cohort plan experiments/bank-segments.yaml -S seed=7
        cohort plan study.yaml --budget 10m

      EXIT CODES
        0 done, 2 invalid study, 4 the data broke its contract
      """)

  @OptionGroup var study: StudyOptions
  @OptionGroup var runs: RunsOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Say which trials end in this time, such as 90s, 10m or 2h (default: limits.time_limit).",
      valueName: "time"))
  var budget: String?

  @Option(help: "Trials to compute side by side (default: what suits the study).")
  var jobs: Int?

  func validate() throws {
    if let budget, TimeSpan(budget) == nil {
      throw ValidationError("--budget must be \(TimeSpan.domain), found \(budget)")
    }
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs must be from 1 to 1024, found \(jobs)")
    }
  }

  func run() throws {
    let file = try study.read()
    let pool = try compute.makePool()
    let input = try StudyInput(file, on: pool)
    let start = SuspendingClock.now
    let forecast = input.forecast(
      of: file.study, runs: runs.runs, jobs: jobs,
      budget: budget.flatMap(TimeSpan.init)?.seconds, on: pool
    ) {
      start.duration(to: .now) / .seconds(1)
    }
    if output.json {
      try JSONOutput.write(PlanResult(plan: input.plan, forecast: forecast))
    } else {
      try Console.write(input.plan.text + "\n" + ForecastReport.text(forecast))
      output.say("next: cohort run \(study.study)")
    }
  }
}

/// What `cohort plan --json` prints: the plan with its forecast among its members.
private struct PlanResult: Encodable {
  let plan: Plan
  let forecast: PlanForecast

  private enum CodingKeys: String, CodingKey { case forecast }

  func encode(to encoder: any Encoder) throws {
    try plan.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(forecast, forKey: .forecast)
  }
}
