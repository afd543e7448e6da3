public import Learning

/// Why a study was refused, before any work.
public struct StudyError: Error, Hashable, Sendable, CustomStringConvertible {
  public let problem: Problem
  public let place: SourcePlace?

  public init(_ problem: Problem, at place: SourcePlace? = nil) {
    self.problem = problem
    self.place = place
  }

  public enum Problem: Hashable, Sendable {
    case unreadable(path: String, reason: String)
    case tooLarge(byteLimit: Int)
    case notYAML(problem: String)
    case tooManyNodes(limit: Int)
    case tooDeep(limit: Int)
    case duplicateKey(String)
    case unknownKey(String, section: String, known: [String], nearest: String?)
    case missingKey(String, section: String)
    case wrongValue(key: String, expected: String, found: String)
    /// A part of the contract that this version does not have.
    case notAvailable(String)
    case unknownName(String, kind: Kind, known: [String], nearest: String?)
    case parameter(ParameterError, stage: String)
    case duplicateExperiment(String)
    case wrongGoal(metric: String, goal: String)
    case unevenZip(counts: [Int])
    case noTrials(experiment: String, block: Int)
    case tooManyTrials(experiment: String, limit: Int)
    case notAnOverride
    case noSuchPath(path: String, missing: String, known: [String])
  }

  /// What a name was expected to be one of.
  public enum Kind: String, Hashable, Sendable {
    case model, metric, stage, experiment
  }

  public var description: String {
    let (what, remedy) = sentence
    return [what, place?.description, remedy].compactMap { $0 }.joined(separator: "; ")
  }

  private var sentence: (what: String, remedy: String?) {
    switch problem {
    case .unreadable(let path, let reason):
      ("cannot read the study \(path)", reason)
    case .tooLarge(let limit):
      ("the study is larger than \(limit) bytes", "a study holds settings, not data")
    case .notYAML(let problem):
      ("the study is not valid YAML: \(problem)", nil)
    case .tooManyNodes(let limit):
      (
        "the study holds more than \(limit) values once its aliases are expanded",
        "use fewer aliases"
      )
    case .tooDeep(let limit):
      ("the study is nested more than \(limit) levels deep", nil)
    case .duplicateKey(let key):
      ("\(key) is given twice", "remove one")
    case .missingKey(let key, let section):
      ("\(section) has no \(key)", "add it")
    case .wrongValue(let key, let expected, let found):
      ("\(key) must be \(expected), found \(found)", nil)
    case .notAvailable(let what):
      ("\(what) is not available in this version", "remove it")
    case .parameter(let error, let stage):
      ("\(stage): \(error)", nil)
    default:
      namesSentence
    }
  }

  private var namesSentence: (what: String, remedy: String?) {
    switch problem {
    case .unknownKey(let key, let section, let known, let nearest):
      ("\(section) has no key \(key)", Self.suggestion(nearest, known))
    case .unknownName(let name, let kind, let known, let nearest):
      ("there is no \(kind.rawValue) \(name)", Self.suggestion(nearest, known))
    case .duplicateExperiment(let id):
      ("two experiments have the id \(id)", "rename one")
    case .wrongGoal(let metric, let goal):
      (
        "\(metric) is better when it is \(goal == "max" ? "larger" : "smaller")",
        "write goal: \(goal)"
      )
    case .unevenZip(let counts):
      (
        "the lists of a zip have \(counts.map(String.init).joined(separator: ", ")) values",
        "give all of them the same number"
      )
    case .noTrials(let experiment, let block):
      ("block \(block) of experiment \(experiment) has no trial", "loosen its when or exclude")
    case .tooManyTrials(let experiment, let limit):
      ("experiment \(experiment) has more than \(limit) trials", "shorten an axis")
    case .notAnOverride:
      ("an override is written key=value", nil)
    case .noSuchPath(let path, let missing, let known):
      ("\(path) does not exist: there is no \(missing)", Self.suggestion(nil, known))
    default:
      ("the study is not valid", nil)
    }
  }

  private static func suggestion(_ nearest: String?, _ known: [String]) -> String? {
    if let nearest { return "did you mean \(nearest)?" }
    return known.isEmpty ? nil : "it can be \(known.joined(separator: ", "))"
  }
}
