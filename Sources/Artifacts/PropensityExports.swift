import Foundation
import Learning

extension PropensityArtifact {
  /// The model in forms that other programs read.
  func exports() -> [DurableDirectory.File] {
    guard let boosting = pipeline.classifier.model as? GradientBoostingModel else { return [] }
    return [.init(path: Self.lightGBMFile, bytes: Data(boosting.lightGBMText.utf8))]
  }

  static let lightGBMFile = "exports/lightgbm/model.txt"
}
