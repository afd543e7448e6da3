import Experiments
import Foundation
import Learning
import Numerical

extension Toy {
  /// Cuts in two; its `bic` is a known function of its settings, least (0) at x = 0.7, y = 0.01, kind `plain`.
  struct Surface: Estimator {
    var x = 0.0
    var y = 1.0
    var kind = Kind.plain

    enum Kind: String, CaseIterable, Sendable { case plain, lifted }

    static let schema = Schema<Self>(
      "surface", "A known figure.",
      [
        .real("x", \.x, .closed(0, 1), "Best at 0.7."),
        .real("y", \.y, .closed(1e-6, 1e6), "Best at 0.01."),
        .choice("kind", \.kind, "Best plain."),
      ])

    func predictedBytes(rowCount: Int, columnCount: Int) -> Double { 0 }

    func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<CutsModel> {
      let fit = try Cuts().fit(x, in: context)
      let depth = log10(y) + 2
      let value =
        (self.x - 0.7) * (self.x - 0.7) + 0.1 * depth * depth + (kind == .lifted ? 0.5 : 0)
      return Fit(model: fit.model, trace: FitTrace(scores: [FitScore(.bic, value)]))
    }
  }
}
