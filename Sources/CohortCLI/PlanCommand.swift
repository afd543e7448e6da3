import ArgumentParser
import Experiments

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Print the trials of a study and what they share; run nothing.",
    discussion: """
      EXAMPLE
        cohort plan experiments/bank-segments.yaml -S seed=7
      """)

  @OptionGroup var study: StudyOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let file = try study.read()
    let input = try StudyInput(file, on: compute.makePool())
    if output.json {
      try JSONOutput.write(input.plan)
    } else {
      try Console.write(input.plan.text)
      output.say(input.sharing.sentence("saves"))
      output.say("next: cohort run \(study.study)")
    }
  }
}
