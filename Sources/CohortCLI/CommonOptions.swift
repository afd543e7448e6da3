import ArgumentParser
import Foundation
import Numerical

/// What every command understands about its output.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Write the result as JSON to standard output.")
  var json = false

  @Flag(name: [.short, .long], help: "Only results and errors.")
  var quiet = false

  @Flag(name: [.short, .long], help: "A line of progress for every trial.")
  var verbose = false

  @Flag(help: "No colours and no animation (NO_COLOR is honoured too).")
  var noColor = false

  func say(_ line: String) {
    if !quiet { Console.say(line) }
  }
}

/// How much of the machine a command may use; results do not depend on it.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Threads to use (default: one per core).")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, found \(threads)")
    }
  }

  /// The pool all numerical work of the command runs on, after checking that the machine can.
  func makePool() throws -> WorkerPool {
    try Platform.prepare()
    return WorkerPool(threadCount: threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }
}
