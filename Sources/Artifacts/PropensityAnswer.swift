import Learning
import Numerical
import Tabular

/// What a propensity model answers to a row of its self-test.
public struct PropensityAnswer: GoldenAnswer {
  public let raw: Double
  public let calibrated: Double
  /// What every input adds to the row's score, in the order of the inputs: reasons are the greatest.
  public let contributions: [Double]

  public func difference(from expected: Self, within tolerance: GoldenTolerance) -> String? {
    guard tolerance.agree(raw, expected.raw) else { return "raw" }
    guard tolerance.agree(calibrated, expected.calibrated) else { return "calibrated" }
    guard contributions.count == expected.contributions.count,
      zip(contributions, expected.contributions).allSatisfy({ tolerance.agree($0, $1) })
    else { return "contributions" }
    return nil
  }
}

extension PropensityPipeline: StoredPipeline {
  /// Also refuses an encoder that was fitted for the other form of classifier, and transformers before
  /// a classifier of tables.
  func checkWidths() throws(ArtifactError) {
    let form = type(of: classifier.model).form
    guard encoder.form == form else {
      throw .content(file: Self.file, place: "encoder", .value)
    }
    guard form == .matrix || transformers.isEmpty else {
      throw .content(file: Self.file, place: "steps", .value)
    }
    let row = form == .matrix ? Features.matrix(try transformedZeros()) : .table(emptyRow)
    do throws(LearningError) {
      _ = try classifier.model.logOdds(of: row, on: .serial)
    } catch {
      throw .step(classifier.algorithm, error)
    }
  }

  /// A row of missing values as a classifier of tables takes it.
  private var emptyRow: FeatureTable {
    FeatureTable(
      rowCount: 1,
      columns: encoder.inputs.map { input in
        switch input.coding {
        case .number: FeatureColumn(input.name, .numbers([.nan]))
        case .category(let coding):
          FeatureColumn(
            input.name, .categories(Categories(codes: [-1], levels: coding.positionNames)))
        }
      })
  }

  func answers(to table: Table) throws(ArtifactError) -> [PropensityAnswer] {
    do throws(ScoringError) {
      let rows = try prepare(table, keepingSteps: true, on: .serial)
      let (raw, calibrated) = try probabilities(of: rows.features, on: .serial)
      let added = try contributions(to: rows, by: nil, on: .serial).values
      guard added.columnCount == encoder.inputs.count else {
        throw .model(.width(expected: encoder.inputs.count, found: added.columnCount))
      }
      return raw.indices.map { row in
        PropensityAnswer(
          raw: raw[row], calibrated: calibrated[row],
          contributions: (0..<added.columnCount).map { added[row, $0] })
      }
    } catch {
      switch error {
      case .table(let error): throw .encoding(error)
      case .model(let error): throw .step(classifier.algorithm, error)
      }
    }
  }
}

extension TableEncoder {
  /// The form of classifier that the encoder was fitted for; nil for a mixture of both.
  var form: FeatureForm? {
    let keeps = inputs.map { input in
      switch input.coding {
      case .number(let number): number.keepsMissing && !number.hasIndicator
      case .category(let category): category.keepsMissing
      }
    }
    if keeps.allSatisfy({ $0 }) { return .table }
    return keeps.contains(true) ? nil : .matrix
  }
}
