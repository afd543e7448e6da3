import Artifacts
import Foundation
import Numerical
import Testing

/// Models that must not be taken although every hash is right, by name of what is wrong with them.
struct ForgedModelTests {
  struct Forgery: Sendable, CustomTestStringConvertible {
    let algorithm: String
    let name: String
    let change: @Sendable (inout ForgedForm) throws -> Void

    init(
      _ algorithm: String, _ name: String,
      _ change: @escaping @Sendable (inout ForgedForm) throws -> Void
    ) {
      self.algorithm = algorithm
      self.name = name
      self.change = change
    }

    var testDescription: String { "\(algorithm): \(name)" }
  }

  private func expectRefusal(of forgery: Forgery) throws {
    var form = try ForgedForm(CatalogSample.files(forgery.algorithm))
    try forgery.change(&form)
    let changed = form
    // Refused for what it is; the self-test would find most of these only by luck.
    #expect {
      try changed.load()
    } throws: { error in
      if case ArtifactError.golden = error { return false }
      return error is ArtifactError
    }
  }

  /// Columns of a stored node.
  private enum Node {
    static let feature = 0, left = 1, right = 2, missing = 3, side = 4, isCategorical = 5
    static let categorySet = 6, count = 11
  }

  private static let trees: [Forgery] = [
    "decision-tree", "random-forest", "extra-trees", "gradient-boosting",
  ].flatMap { nodes(of: $0) + tables(of: $0) }

  private static func nodes(of algorithm: String) -> [Forgery] {
    [
      Forgery(algorithm, "a child beyond the nodes") {
        try $0.edit("trees.nodes") { $0[0][Node.left] = 99 }
      },
      Forgery(algorithm, "a leaf beyond the leaves") {
        try $0.edit("trees.nodes") { $0[0][Node.left] = -99 }
      },
      Forgery(algorithm, "a node that is its own child") {
        try $0.edit("trees.nodes") { $0[0][Node.left] = 0 }
      },
      Forgery(algorithm, "two parents of one child") {
        try $0.edit("trees.nodes") { $0[0][Node.right] = $0[0][Node.left] }
      },
      Forgery(algorithm, "half a child") {
        try $0.edit("trees.nodes") { $0[0][Node.left] = 0.5 }
      },
      Forgery(algorithm, "a child of 2³¹") {
        try $0.edit("trees.nodes") { $0[0][Node.left] = 0x1p31 }
      },
      Forgery(algorithm, "a feature beyond the columns") {
        try $0.edit("trees.nodes") { $0[0][Node.feature] = 99 }
      },
      Forgery(algorithm, "a negative feature") {
        try $0.edit("trees.nodes") { $0[0][Node.feature] = -1 }
      },
      Forgery(algorithm, "an unknown handling of missing values") {
        try $0.edit("trees.nodes") { $0[0][Node.missing] = 9 }
      },
      Forgery(algorithm, "a side that is neither") {
        try $0.edit("trees.nodes") { $0[0][Node.side] = 2 }
      },
      Forgery(algorithm, "a node of the other kind than its column") {
        try $0.edit("trees.nodes") {
          $0[0][Node.isCategorical] = 1 - $0[0][Node.isCategorical]
        }
      },
      Forgery(algorithm, "fewer rows than none") {
        try $0.edit("trees.nodes") { $0[0][Node.count] = -1 }
      },
    ]
  }

  private static func tables(of algorithm: String) -> [Forgery] {
    [
      Forgery(algorithm, "a node that nothing reaches") {
        try $0.edit("trees.nodes") { $0.append($0[0]) }
        try $0.edit("trees.sizes") { $0[$0.count - 1][0] += 1 }
      },
      Forgery(algorithm, "sizes beyond the tables") {
        try $0.edit("trees.sizes") { $0[0] = [0x1p31, 0x1p31, 0x1p31] }
      },
      Forgery(algorithm, "no trees") { form in
        for table in ["sizes", "shrinkage"] {
          try form.edit("trees.\(table)") { $0.removeAll() }
        }
      },
      Forgery(algorithm, "a leaf that is no number") {
        try $0.edit("trees.leaves") { $0[0][0] = .nan }
      },
      Forgery(algorithm, "a chain that takes the cube of its length to explain") { form in
        let length = 40_000
        try form.edit("trees.nodes") { nodes in
          var node = nodes[0]
          node[Node.isCategorical] = 0
          nodes = (0..<length).map { index in
            node[Node.left] = Double(~index)
            node[Node.right] = index + 1 < length ? Double(index + 1) : Double(~length)
            return node
          }
        }
        try form.edit("trees.leaves") { leaves in
          leaves = (0...length).map { _ in [0.5, 1, 1] }
        }
        try form.edit("trees.sizes") { $0 = [[Double(length), Double(length + 1), 0]] }
        try form.edit("trees.shrinkage") { $0 = [[1]] }
        try form.edit("trees.categories") { $0 = [] }
      },
    ]
  }

  private static let others: [Forgery] = [
    Forgery("random-forest", "a leaf whose share is above 1") {
      try $0.edit("trees.leaves") { $0[0][0] = 1.5 }
    },
    Forgery("gradient-boosting", "a factor of odds that is none") {
      try $0.replace(#""oddsFactor":1.0"#, with: #""oddsFactor":-1.0"#)
    },
    Forgery("k-means", "no centres") { try $0.edit("model.centers") { $0.removeAll() } },
    Forgery("k-means", "a centre without a spread") {
      try $0.edit("model.spreads") { $0.removeLast() }
    },
    Forgery("k-means", "a negative spread") { try $0.edit("model.spreads") { $0[0] = [-1] } },
    Forgery("k-means", "centres too wide") {
      try $0.edit("model.centers") { rows in rows = rows.map { $0 + [0] } }
    },
    Forgery("k-means", "a scale of 0") { try $0.edit("model.scales") { $0[0] = [0] } },
    Forgery("k-means", "a component without a variance") {
      try $0.edit("model.explainedVariance") { $0.removeLast() }
    },
    Forgery("gaussian-mixture", "a covariance that is not positive definite") {
      try $0.edit("model.covariances") { $0[0][0] = -1 }
    },
    Forgery("gaussian-mixture", "a variance of 10³⁰⁸") {
      try $0.edit("model.covariances") { $0[0][0] = 1e308 }
    },
    Forgery("gaussian-mixture", "a variance of −10³⁰⁸") {
      try $0.edit("model.covariances") { $0[1][1] = -1e308 }
    },
    Forgery("gaussian-mixture", "a covariance of 10³⁰⁸") {
      try $0.edit("model.covariances") { $0[1][0] = 1e308 }
    },
    Forgery("gaussian-mixture", "a covariance of −10³⁰⁸") {
      try $0.edit("model.covariances") { $0[$0[0].count - 1][0] = -1e308 }
    },
    Forgery("gaussian-mixture", "a covariance whose factor is beyond all doubles") {
      try $0.edit("model.covariances") {
        $0[0][0] = 1e-300
        $0[$0[0].count - 1][0] = 1e200
      }
    },
    Forgery("gaussian-mixture", "weights that do not sum to 1") {
      try $0.edit("model.weights") { $0[0] = [0.9999] }
    },
    Forgery("gaussian-mixture", "covariances of another sort") {
      try $0.replace(#""covariance":"full""#, with: #""covariance":"diagonal""#)
    },
    Forgery("dbscan", "a core row of no cluster") {
      try $0.edit("model.core_labels") { $0[0] = [99] }
    },
    Forgery("dbscan", "a cluster without a core row") {
      try $0.edit("model.core_labels") { rows in rows = rows.map { _ in [0] } }
    },
    Forgery("dbscan", "a negative radius") { try $0.replace(#""eps":1.5"#, with: #""eps":-1.5"#) },
    Forgery("hdbscan", "a cluster that is its own parent") {
      try $0.edit("model.clusterParents") { $0[0] = [1] }
    },
    Forgery("hdbscan", "a row that falls off no cluster") {
      try $0.edit("model.rowClusters") { $0[0] = [99] }
    },
    Forgery("hdbscan", "a label beyond the clusters") {
      try $0.edit("model.clusterLabels") { $0[0] = [99] }
    },
    Forgery("hdbscan", "a negative core distance") {
      try $0.edit("model.coreDistances") { $0[0] = [-1] }
    },
    Forgery("hierarchical", "a training row of no segment") {
      try $0.edit("model.labels") { $0[0] = [2] }
    },
    Forgery("hierarchical", "half a label") { try $0.edit("model.labels") { $0[0] = [0.5] } },
    Forgery("logistic-regression", "a coefficient too many") { form in
      for name in ["coefficients", "means", "deviations"] {
        try form.edit("model.\(name)") { $0.append([0]) }
      }
    },
    Forgery("logistic-regression", "a coefficient without its column's mean") {
      try $0.edit("model.means") { $0.removeLast() }
    },
    Forgery("k-means", "a level that stands twice") {
      try $0.replace(#""basic","premium""#, with: #""basic","basic""#)
    },
    Forgery("k-means", "levels out of order") {
      try $0.replace(#""basic","premium""#, with: #""premium","basic""#)
    },
    Forgery("k-means", "two columns of one name") {
      try $0.replace(#""name":"spend""#, with: #""name":"visits""#)
    },
    Forgery("k-means", "a fill that is no level") {
      try $0.replace(#""hasMissingLevel":"#, with: #""fill":99,"hasMissingLevel":"#)
    },
    Forgery("decision-tree", "probabilities that fall") {
      try $0.edit("map.probabilities") { $0[0] = [1] }
    },
    Forgery("prior", "a key that says more") {
      try $0.replace(#""logOdds":"#, with: #""note":1,"logOdds":"#)
    },
    Forgery("k-means", "a segment of fewer customers than none") {
      try $0.replace("\n    size: ", with: "\n    size: -", in: "segments.yaml")
    },
  ]

  @Test(arguments: trees) func `a forged tree is refused`(forgery: Forgery) throws {
    try expectRefusal(of: forgery)
  }

  @Test(arguments: others) func `a forged model is refused`(forgery: Forgery) throws {
    try expectRefusal(of: forgery)
  }

  @Test func `a tensor of 2⁶² rows and as many columns takes no memory`() throws {
    for shape in ["4611686018427387904,4611686018427387904", "9223372036854775807", "0,-1"] {
      var form = try ForgedForm(CatalogSample.files("k-means"))
      var header = Array(
        #"{"steps.3.model.centers":{"dtype":"F64","shape":[\#(shape)],"data_offsets":[0,0]}}"#.utf8)
      header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
      form[bytes: ForgedForm.tensorFile] = length + header
      let changed = form
      #expect {
        try changed.load()
      } throws: {
        if case ArtifactError.tensors = $0 { true } else { false }
      }
    }
  }
}
