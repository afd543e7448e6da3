public import Numerical

/// Every algorithm Cohort has, by its configuration name.
public struct Catalog: Sendable {
  public let entries: [CatalogEntry]

  public init(_ entries: [CatalogEntry]) { self.entries = entries }

  public static let standard = Catalog([
    .transformer(PowerTransform.self),
    .transformer(Standardize.self),
    .transformer(PrincipalComponents.self),
    .clusterer(KMeans.self),
  ])

  public subscript(name: String) -> CatalogEntry? { entries.first { $0.name == name } }

  public var transformers: [CatalogEntry] { entries.filter(\.isTransformer) }
  public var clusterers: [CatalogEntry] { entries.filter { !$0.isTransformer } }
}

/// An algorithm without its type: what the study reader, the runner and the artifact reader need.
public struct CatalogEntry: Sendable {
  public enum Model: Sendable {
    case transformer(any Transformer)
    case clusterer(any Clusterer)
  }

  public let description: SchemaDescription
  public let isTransformer: Bool
  /// Every parameter under its canonical name, defaults filled in, each checked.
  public let resolve: @Sendable (Parameters) throws(ParameterError) -> Parameters
  public let fit: @Sendable (Parameters, Matrix, FitContext) throws(LearningError) -> Fit<Model>
  /// Reads a stored model of this algorithm.
  public let decode: @Sendable (any Decoder) throws -> Model
  /// Values outside the domain of each parameter, for the contract tests.
  package let invalidExamples: [(parameter: String, value: ParameterValue)]

  public var name: String { description.name }

  public static func transformer<E: Estimator>(_ type: E.Type) -> Self
  where E.Input == Matrix, E.Model: Transformer {
    Self(type, isTransformer: true) { .transformer($0) }
  }

  public static func clusterer<E: Estimator>(_ type: E.Type) -> Self
  where E.Input == Matrix, E.Model: Clusterer {
    Self(type, isTransformer: false) { .clusterer($0) }
  }

  private init<E: Estimator>(
    _ type: E.Type, isTransformer: Bool, wrap: @escaping @Sendable (E.Model) -> Model
  ) where E.Input == Matrix {
    description = E.schema.description
    self.isTransformer = isTransformer
    resolve = { (given) throws(ParameterError) in try E(given).parameters }
    fit = { (given, x, context) throws(LearningError) in
      let estimator: E
      do throws(ParameterError) {
        estimator = try E(given)
      } catch {
        throw .parameter(error)
      }
      let fit = try estimator.fit(x, in: context)
      return Fit(model: wrap(fit.model), trace: fit.trace)
    }
    decode = { decoder in wrap(try E.Model(from: decoder)) }
    invalidExamples = E.schema.fields.flatMap { field in
      field.invalidExamples.map { (field.name, $0) }
    }
  }
}
