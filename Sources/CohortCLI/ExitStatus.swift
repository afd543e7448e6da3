import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Learning
import Numerical
import Tabular

/// The exit codes of the contract, and which error leads to which.
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case usage = 2
  case gate = 3
  case data = 4
  case noResult = 5
  case artifact = 6
  case resources = 7
  case conflict = 8
  case bug = 70
  case interrupted = 130
  case terminated = 143
}

/// A failure that the command line itself finds, as one sentence with the code it leads to.
struct CommandError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}
