/// Which program trained a model, and on what (`environment.json`); no host, no user, no path.
///
/// Equal models come out of many machines, so this is no part of an artifact's identity.
public struct TrainingEnvironment: Hashable, Sendable, Codable, SealedRecord {
  /// SHA-256 of the program's file, in hexadecimal; nil where it could not be read.
  public let program: String?
  /// `x86_64` or `arm64`.
  public let architecture: String
  /// The operating system with its version.
  public let system: String
  /// The linear algebra library with its version, and the kernels it had chosen for the processor.
  public let arithmetic: String
  /// Threads of the process; results do not depend on it.
  public let threads: Int

  package static let file = "environment.json"

  private enum CodingKeys: String, CodingKey {
    case architecture, system, threads
    case program = "program_sha256"
    case arithmetic = "blas"
  }

  public init(
    program: String?, architecture: String, system: String, arithmetic: String, threads: Int
  ) {
    self.program = program
    self.architecture = architecture
    self.system = system
    self.arithmetic = arithmetic
    self.threads = threads
  }

  /// Names of what differs and may decide the bits of a result; the number of threads does not.
  public func differences(from other: TrainingEnvironment) -> [String] {
    let parts = [
      ("program", program == other.program), ("architecture", architecture == other.architecture),
      ("system", system == other.system), ("blas", arithmetic == other.arithmetic),
    ]
    return parts.filter { !$0.1 }.map(\.0)
  }
}
