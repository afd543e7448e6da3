import Experiments
import Learning
import Testing

struct SourceOverrideTests {
  @Test func `the command line wins over the file`() throws {
    let study = try readStudy(studyText(), overrides: ["seed=11", "name=other"])
    #expect(study.seed == 11)
    #expect(study.name == "other")
    #expect(try readStudy(studyText(), overrides: ["seed=11"], seed: 12).seed == 12)
  }

  @Test func `a list is entered by index and experiments by id`() throws {
    let byIndex = try readStudy(studyText(), overrides: ["experiments.0.grid.0.k=[4, 5]"])
    let byID = try readStudy(studyText(), overrides: ["experiments.segments.grid.0.k=[4, 5]"])
    #expect(byIndex == byID)
    #expect(byID.experiments[0].grid[0].axes[0][0].values == [.integer(4), .integer(5)])
  }

  @Test func `what is missing is added, keys with a dot among it`() throws {
    let study = try readStudy(
      studyText(),
      overrides: [
        "limits.max_failure_rate=0.25", "experiments.segments.shared.pca.components=none",
      ])
    #expect(study.limits.maxFailureRate == 0.25)
    #expect(
      study.experiments[0].shared == [
        Axis(stage: "pca", parameter: "components", values: [.none])
      ])
  }

  @Test(arguments: [
    ("seed", "an override is written key=value"),
    ("=3", "an override is written key=value"),
    ("a..b=3", "an override is written key=value"),
    ("seeed=3", "did you mean seed?"),
    ("seed=many", "seed must be a whole number"),
    ("experiments.9.id=x", "there is no 9"),
    ("experiments.other.id=x", "it can be 0 to 0, segments"),
    ("name.first=x", "there is no first"),
    ("experiments.0.grid.0.k=[", "not valid YAML"),
  ])
  func `an override that is wrong is refused by its text`(text: String, phrase: String) throws {
    let message = try #require(refusal(of: studyText(), overrides: [text]))
    #expect(message.contains("in -S \(text)"), "\(message)")
    #expect(message.contains(phrase), "\(message)")
  }
}
