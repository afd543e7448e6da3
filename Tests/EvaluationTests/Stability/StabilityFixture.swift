import TestSupport

/// `stability.json`: what R's fpc and cluster found, with the resamples they found it on.
struct StabilityFixture: Decodable {
  struct Run: Decodable {
    let rows: [Int]
    let labels: [Int]
  }

  /// A call of `clusterboot`; where it has noise, the last of its clusters is the noise.
  struct Boot: Decodable {
    let name: String
    let labels: [Int]
    let replicates: [Run]
    let similarities: [[Double]]
    let means: [Double]
    let dissolved: [Int]
    let recovered: [Int]

    var segmentCount: Int { (labels.max() ?? -1) + 1 }
  }

  /// `prediction.strength` for one k; halves in pairs.
  struct Strength: Decodable {
    struct Half: Decodable {
      let rows: [Int]
      let labels: [Int]
      let centers: [[Double]]
    }

    let k: Int
    let halves: [Half]
    let strengths: [Double]
    let mean: Double
  }

  /// `clusGap` for k = 1, 2 …; the labels begin with k = 2.
  struct Gap: Decodable {
    struct Reference: Decodable {
      let x: [[Double]]
      let labels: [[Int]]
    }

    let space: String
    let x: [[Double]]
    /// Where the first reference's rows lie between the sides of the box.
    let shares: [[Double]]
    let labels: [[Int]]
    let references: [Reference]
    let logW: [Double]
    let expected: [Double]
    let gap: [Double]
    let se: [Double]
    let first: Int
    let tibshirani: Int
  }

  struct Rule: Decodable {
    let gaps: [Double]
    let errors: [Double]
    let first: Int
    let tibshirani: Int
  }

  let iris: [[Double]]
  let made: [[Double]]
  let boots: [Boot]
  let strengths: [Strength]
  let gaps: [Gap]
  let rules: [Rule]

  static func load() throws -> Self { try Fixture.load("stability") }
}
