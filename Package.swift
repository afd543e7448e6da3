// swift-tools-version: 6.2
import PackageDescription

// One build serves x86-64-v3 (AVX2, FMA); the program checks the CPU at start. arm64 has its
// vector unit in the baseline and needs no flag.
#if arch(x86_64)
  let vectorSwift: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
  let vectorC: [CSetting] = [.unsafeFlags(["-march=x86-64-v3"])]
#else
  let vectorSwift: [SwiftSetting] = []
  let vectorC: [CSetting] = []
#endif

let strict: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ] + vectorSwift

// The program carries Swift's runtime: it starts sooner (33 ms to a first score instead of 46) and
// runs where Swift is not installed. lld, because gold repeats a warning about C functions not called.
#if os(Linux)
  let staticRuntime: [LinkerSetting] =
    [.unsafeFlags(["-static-stdlib", "-use-ld=lld"])]
    + [
      "CoreFoundation", "_FoundationICU", "_FoundationCShims", "_FoundationCollections", "stdc++",
      "m",
    ].map { .linkedLibrary($0) }
#else
  let staticRuntime: [LinkerSetting] = []
#endif

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil)
  -> Target
{
  .target(
    name: name, dependencies: dependencies + ["CLibrary"], resources: resources,
    swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport", "CLibrary"], swiftSettings: strict)
}

let package = Package(
  name: "cohort",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "cohort", targets: ["CohortCLI"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "CLibrary", swiftSettings: strict),
    .target(name: "CIntrinsics", cSettings: vectorC),
    library("Numerical", ["COpenBLAS", "CIntrinsics"]),
    library("Tabular", ["Numerical", "CIntrinsics", crypto]),
    library("Learning", ["Numerical", "CIntrinsics"]),
    library("Evaluation", ["Numerical", "CIntrinsics"]),
    library("Artifacts", ["Learning", "Tabular", "Numerical", crypto]),
    library(
      "Experiments",
      ["Artifacts", "Tabular", "Learning", "Evaluation", "Numerical", yams, crypto]),
    library(
      "Reporting", ["Experiments", "Artifacts", "Evaluation", "Learning", "Tabular", mustache],
      resources: [.embedInCode("Templates")]),
    library("History", ["Experiments", "Numerical", grdb]),
    library("DurableSQLite", ["Artifacts", grdb]),
    library("Registry", ["DurableSQLite", "Artifacts", "Tabular", grdb]),
    library("Exports", ["Artifacts", "Tabular", "Learning", "Numerical"]),
    library("ScoreHistory", ["DurableSQLite", "Artifacts", "Tabular", "CPostgres", grdb]),
    .executableTarget(
      name: "CohortCLI",
      dependencies: [
        "Reporting", "History", "Registry", "Exports", "ScoreHistory", "Experiments", "Artifacts",
        "Tabular", "Learning", "Evaluation", "Numerical", "CIntrinsics", "CLibrary", argumentParser,
      ],
      swiftSettings: strict, linkerSettings: staticRuntime),

    .target(
      name: "TestSupport", dependencies: ["Numerical"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("NumericalTests", ["Numerical"]),
    tests("TabularTests", ["Tabular", "Numerical"]),
    tests("LearningTests", ["Learning", "Numerical"]),
    tests("EvaluationTests", ["Evaluation", "Numerical"]),
    tests("ArtifactsTests", ["Artifacts", "Learning", "Tabular", "Numerical"]),
    tests(
      "ExperimentsTests",
      ["Experiments", "Artifacts", "Tabular", "Learning", "Evaluation", "Numerical"]),
    tests(
      "ReportingTests",
      ["Reporting", "Experiments", "Artifacts", "Tabular", "Learning", "Evaluation", "Numerical"]),
    tests("HistoryTests", ["History", "Experiments", "Numerical"]),
    tests("RegistryTests", ["Registry", "Artifacts", "Learning", "Tabular", "Numerical", grdb]),
    tests("ExportsTests", ["Exports", "Artifacts", "Tabular", "Learning", "Numerical", grdb]),
    tests("ScoreHistoryTests", ["ScoreHistory", "Artifacts", "Tabular", "Numerical", grdb]),
    tests("ContractTests", ["Learning", "Numerical"]),
    tests(
      "CommandLineTests",
      ["Registry", "ScoreHistory", "Artifacts", "Tabular", "Learning", "Numerical"]),
    tests("ArchitectureTests", []),
  ]
)
