import Foundation
import Testing

/// `cohort models keys`, `sign` and `verify --key` as a release manager uses them.
struct ModelsSignTests {
  private static func keys(_ cohort: borrowing CohortProcess, _ name: String) throws {
    let outcome = try cohort.run("models", "keys", name)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `a pair of keys is made once, and only its owner may read the private half`() throws {
    let cohort = try CohortProcess()
    try Self.keys(cohort, "release")
    let modes = try ["release.pem", "release.pub.pem"].map { name in
      let path = cohort.folder.appending(path: name).path
      return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(modes[0] == 0o600)
    let before = try cohort.read("release.pem")
    let again = try cohort.run("models", "keys", "release")
    #expect(again.status == 8 && BadInputTests.sentence(again).contains("release.pem"))
    #expect(try cohort.read("release.pem") == before)
  }

  @Test func `a signed directory is verified, and a changed one is not`() throws {
    let cohort = try ModelsTests.prepare(1)
    try Self.keys(cohort, "release")
    try Self.keys(cohort, "other")
    let unsigned = try ModelsTests.models(
      cohort, "verify", "m1", "--key", "release.pub.pem", expecting: 6)
    #expect(BadInputTests.sentence(unsigned).contains("not signed"))
    try ModelsTests.models(cohort, "sign", "m1", "--key", "release.pem")
    try ModelsTests.models(cohort, "verify", "m1")
    let verified = try ModelsTests.models(
      cohort, "verify", "m1", "--key", "other.pub.pem", "--key", "release.pub.pem")
    #expect(verified.output.contains("signed by"))
    let stranger = try ModelsTests.models(
      cohort, "verify", "m1", "--key", "other.pub.pem", expecting: 6)
    #expect(BadInputTests.sentence(stranger).contains("not trusted"))
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    let scored = try cohort.run("score", "m1", "customers.csv", "-o", "scores.csv")
    #expect(scored.status == 0, "\(scored.errors)")
    try cohort.write("another card\n", to: "m1/card.md")
    try ModelsTests.models(cohort, "verify", "m1", "--key", "release.pub.pem", expecting: 6)
  }

  @Test func `a forged manifest is refused by its signature although it is sound`() throws {
    let cohort = try ModelsTests.prepare(2)
    try Self.keys(cohort, "release")
    try ModelsTests.models(cohort, "sign", "m1", "--key", "release.pem")
    let signature = try cohort.read("m1/model.sig")
    try cohort.write(signature, to: "m2/model.sig")
    let forged = try ModelsTests.models(
      cohort, "verify", "m2", "--key", "release.pub.pem", expecting: 6)
    #expect(BadInputTests.sentence(forged).contains("is not the file that was signed"))
    // Also without a key: a signature that does not belong there is a sign of tampering.
    try ModelsTests.models(cohort, "verify", "m2", expecting: 6)
  }

  @Test func `a model under a broken signature is not used from its directory either`() throws {
    let cohort = try ModelsTests.prepare(2)
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    let whole = try cohort.run("score", "m1", "customers.csv")
    #expect(whole.status == 0, "\(whole.errors)")
    let commands = [
      ["score", "m1", "customers.csv"], ["compare", "m1", "m2"], ["compare", "m2", "m1"],
      ["models", "export", "m1", "--to", "lightgbm", "-o", "trees.txt"],
    ]
    func expectRefusal(_ reason: String) throws {
      for command in commands {
        let started = try cohort.start(command)
        started.process.waitUntilExit()
        let outcome = try started.outcome()
        #expect(outcome.status == 6 && outcome.output.isEmpty, "\(command): \(outcome.errors)")
        #expect(BadInputTests.sentence(outcome).contains(reason), "\(command)")
      }
    }
    try cohort.write("xx\n", to: "m1/model.sig")
    try expectRefusal("its signature cannot be read")
    try Self.keys(cohort, "release")
    try ModelsTests.models(cohort, "sign", "m2", "--key", "release.pem")
    try cohort.write(try cohort.read("m2/model.sig"), to: "m1/model.sig")
    try expectRefusal("is not the file that was signed")
    // A trial is the folder that holds such a directory.
    try FileManager.default.createDirectory(
      at: cohort.folder.appending(path: "trial"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      at: cohort.folder.appending(path: "m1"), to: cohort.folder.appending(path: "trial/model"))
    #expect(try cohort.run("score", "trial", "customers.csv").status == 6)
    // Its own signature is no hindrance, whoever has made it.
    try ModelsTests.models(cohort, "sign", "m1", "--key", "release.pem")
    let signed = try cohort.run("score", "m1", "customers.csv")
    #expect(signed.status == 0 && signed.output == whole.output, "\(signed.errors)")
  }

  @Test func `a registry that asks for signatures gives none but signed versions away`() throws {
    let cohort = try ModelsTests.prepare(1)
    try Self.keys(cohort, "release")
    try ModelsTests.register(cohort, "m1")
    let policy =
      #"{"verify":"signed","keys":[{"file":"../release.pub.pem","not_after":"2999-12-31"}]}"#
    try cohort.write(policy, to: "store/policy.json")
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    func score() throws -> Int32 {
      try cohort.run("score", "bank/1", "customers.csv", "--store", "store", "-o", "s.csv").status
    }
    #expect(try score() == 6)
    let refused = try ModelsTests.models(cohort, "promote", "bank/1", expecting: 3)
    #expect(BadInputTests.sentence(refused).contains("not signed"))
    try ModelsTests.models(cohort, "verify", expecting: 6)
    try ModelsTests.models(cohort, "sign", "bank/1", "--key", "release.pem")
    try ModelsTests.models(cohort, "promote", "bank/1")
    try ModelsTests.models(cohort, "verify")
    try ModelsTests.models(cohort, "doctor")
    #expect(try score() == 0)
    let shown = try ModelsTests.models(cohort, "show", "bank/1")
    #expect(shown.output.contains("signed by key"))
    #expect(try ModelsTests.models(cohort, "log").output.contains("sign"))
    // A key that has ended counts no more, whenever it signed.
    try cohort.write(policy.replacing("2999", with: "2020"), to: "store/policy.json")
    #expect(try score() == 6)
  }

  @Test func `an object of a registry is signed by its name, and a copy where it lies`() throws {
    let cohort = try ModelsTests.prepare(1)
    try Self.keys(cohort, "release")
    try ModelsTests.register(cohort, "m1")
    let object = try ModelsTests.object("bank/1", in: cohort)
    let link = cohort.folder.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: object)
    for path in [object, object + "/", "link"] {
      let refused = try cohort.run("models", "sign", path, "--key", "release.pem")
      #expect(refused.status == 2, "\(path): \(refused.errors)")
      let sentence = BadInputTests.sentence(refused)
      #expect(sentence.contains("say cohort models sign bank/1 --key release.pem --store /"))
    }
    #expect(!FileManager.default.fileExists(atPath: object + "/model.sig"))
    let (status, errors) = try FaultSweepTests.system(
      try #require(FaultTools.path(of: "cp")), ["-r", "--no-preserve=mode", object, "taken"],
      in: cohort)
    #expect(status == 0, "\(errors)")
    try ModelsTests.models(cohort, "sign", "taken", "--key", "release.pem")
    try ModelsTests.models(cohort, "verify", "taken", "--key", "release.pub.pem")
    let taken = cohort.folder.appending(path: "taken").path
    let mode = try FileManager.default.attributesOfItem(atPath: taken)[.posixPermissions] as? Int
    #expect(try #require(mode) & 0o200 != 0)
    try ModelsTests.models(cohort, "sign", "bank/1", "--key", "release.pem")
  }

  @Test func `a key that cannot be used is named`() throws {
    let cohort = try ModelsTests.prepare(1)
    try Self.keys(cohort, "release")
    try cohort.write("no key\n", to: "empty.pem")
    for key in ["release.pub.pem", "empty.pem", "absent.pem"] {
      let outcome = try ModelsTests.models(cohort, "sign", "m1", "--key", key, expecting: 2)
      #expect(BadInputTests.sentence(outcome).contains(key))
    }
    let outcome = try ModelsTests.models(
      cohort, "verify", "m1", "--key", "release.pem", expecting: 2)
    #expect(BadInputTests.sentence(outcome).contains("other half"))
  }
}
