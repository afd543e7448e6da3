public import Learning
public import Tabular

/// Why an artifact could not be written, read or trusted.
///
/// Cases carry paths, names and sizes, never cell values.
public enum ArtifactError: Error, Hashable, Sendable, CustomStringConvertible {
  case storage(StorageError)
  /// Another process is writing the same file or directory.
  case busy(path: String)
  case alreadyExists(path: String)
  /// The place of a file is taken by something that must not be replaced.
  case notRegularFile(path: String)
  case missing(path: String)
  case notAnArtifact(path: String)
  case newerFormat(found: [Int], supported: [Int])
  case unknownRequirement(String)
  case unsupportedKind(String)
  /// A sound artifact that is for something else.
  case otherKind(found: String, expected: String)
  case damaged(file: String, Damage)
  case json(file: String, JSONError)
  case tensors(file: String, SafetensorsError)
  /// Well-formed JSON that does not say what it should at a place inside it.
  case content(file: String, place: String, ContentFault)
  case unknownAlgorithm(String, known: [String])
  case segmentsFile(line: Int)
  /// A step of the pipeline cannot take what the step before it gives.
  case step(String, LearningError)
  case encoding(TableError)
  case golden(row: Int, output: String)
  case signature(SignatureError)
  /// A value that cannot be stored, by its place.
  case notStorable(place: String)

  /// How a file differs from what the manifest says.
  public enum Damage: Hashable, Sendable {
    case absent
    case unlisted
    case illegalPath
    case repeatedPath
    case link
    case notRegular
    case size(expected: Int, found: Int)
    case digest
    /// JSON that says what it should in other bytes than the one form for it.
    case form
    case limit(Int)
  }

  public enum ContentFault: Hashable, Sendable {
    case missing, type, value, unknownKey
  }
}

extension ArtifactError {
  public var description: String {
    switch self {
    case .storage(let error): "\(error)"
    case .busy(let path): "\(path) is being written by another process; wait and run again"
    case .alreadyExists(let path):
      "\(path) exists and holds something else; choose another place or remove it"
    case .notRegularFile(let path): "\(path) is not a plain file; choose another place"
    case .missing(let path): "there is no artifact at \(path); check the path"
    case .notAnArtifact(let path):
      "\(path) is not a Cohort artifact; give the directory that holds manifest.json"
    case .newerFormat(let found, let supported):
      "the artifact has format \(dotted(found)), this version reads up to \(dotted(supported)); "
        + "use a newer cohort"
    case .unknownRequirement(let name):
      "the artifact requires \(name), which this version does not know; use a newer cohort"
    case .unsupportedKind(let kind):
      "the artifact is of kind \(kind), which this version cannot use; use a newer cohort"
    case .otherKind(let found, let expected):
      "the artifact is of kind \(found), not \(expected); give another artifact"
    case .signature(let error): "the artifact cannot be trusted: \(error)"
    case .notStorable(let place): "the value at \(place) is not a number that can be stored"
    default: "the artifact is damaged or was changed: \(defect); restore or rebuild it"
    }
  }

  private func dotted(_ version: [Int]) -> String {
    version.map(String.init).joined(separator: ".")
  }

  private var defect: String {
    switch self {
    case .damaged(let file, let damage): "\(file) \(damage)"
    case .json(let file, let error): "\(file) cannot be read, \(error)"
    case .tensors(let file, let error): "\(file) cannot be read, \(error)"
    case .content(let file, let place, let fault): "\(file) at \(place): \(fault)"
    case .unknownAlgorithm(let name, let known):
      "its algorithm \(name) is not one of \(known.joined(separator: ", "))"
    case .segmentsFile(let line): "segments.yaml line \(line) is not as expected"
    case .step(let step, let error): "step \(step) does not fit, \(error)"
    case .encoding(let error): "its encoder does not fit its schema, \(error)"
    case .golden(let row, let output):
      "self-test row \(row + 1) gives another \(output) than recorded"
    default: ""
    }
  }
}

extension ArtifactError.Damage: CustomStringConvertible {
  public var description: String {
    switch self {
    case .absent: "is missing"
    case .unlisted: "is not listed in the manifest"
    case .illegalPath: "is not a path an artifact may hold"
    case .repeatedPath: "is listed twice"
    case .link: "is a link"
    case .notRegular: "is not a plain file"
    case .size(let expected, let found): "has \(found) bytes instead of \(expected)"
    case .digest: "does not match its SHA-256"
    case .form: "is not written as cohort writes it"
    case .limit(let limit): "exceeds the limit of \(limit)"
    }
  }
}

extension ArtifactError.ContentFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "a value is missing"
    case .type: "the value has another type"
    case .value: "the value is not allowed"
    case .unknownKey: "the key is not known"
    }
  }
}
