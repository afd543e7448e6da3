internal import Learning
internal import Tabular

/// A preprocessing step that every pipeline passes, in a fixed order, before its model.
struct PipelineStage: Sendable {
  /// How grids and records call the step that clusters.
  static let model = "model"

  let description: SchemaDescription
  let resolve: @Sendable (Parameters) throws(ParameterError) -> Parameters
  /// The parameter whose value `none` leaves the step out; nil for a step that is always there.
  let switchParameter: String?
  /// Whether the step is left out unless a study mentions it.
  let isOptional: Bool
  /// Pipelines of models that take this form pass the step.
  let form: FeatureForm

  var name: String { description.name }

  /// encode → power → standardize → pca, as far as the catalogue has them, for models of matrices;
  /// columns for models of tables.
  static func all(in catalog: Catalog) -> [PipelineStage] {
    let encode = PipelineStage(
      description: EncodingOptions.schema.description,
      resolve: { (given) throws(ParameterError) in try EncodingOptions(given).parameters },
      switchParameter: nil, isOptional: false, form: .matrix)
    let columns = PipelineStage(
      description: ColumnOptions.schema.description,
      resolve: { (given) throws(ParameterError) in try ColumnOptions(given).parameters },
      switchParameter: nil, isOptional: false, form: .table)
    return [
      encode,
      PipelineStage("power", in: catalog, switchParameter: "method", isOptional: true),
      PipelineStage("standardize", in: catalog, switchParameter: "method", isOptional: false),
      PipelineStage("pca", in: catalog, switchParameter: "components", isOptional: true),
      columns,
    ].compactMap { $0 }
  }

  private init(
    description: SchemaDescription,
    resolve: @escaping @Sendable (Parameters) throws(ParameterError) -> Parameters,
    switchParameter: String?, isOptional: Bool, form: FeatureForm
  ) {
    self.form = form
    self.description = description
    self.resolve = resolve
    self.switchParameter = switchParameter
    self.isOptional = isOptional
  }

  private init?(_ name: String, in catalog: Catalog, switchParameter: String, isOptional: Bool) {
    guard let entry = catalog[name], entry.isTransformer else { return nil }
    self.init(
      description: entry.description, resolve: entry.resolve, switchParameter: switchParameter,
      isOptional: isOptional, form: .matrix)
  }

  /// The step with every parameter filled in, or with its switch alone where it is left out.
  ///
  /// - Parameter given: what the study says of the step; nil if nothing.
  func record(_ given: Parameters?) throws(ParameterError) -> StageRecord {
    guard let switchParameter else {
      return StageRecord(name: name, parameters: try resolve(given ?? Parameters()))
    }
    let off = StageRecord(name: name, parameters: Parameters([(switchParameter, .none)]))
    guard given != nil || !isOptional else { return off }
    if let value = given?[switchParameter], value.description == "none" { return off }
    return StageRecord(name: name, parameters: try resolve(given ?? Parameters()))
  }

  /// Whether a record made by `record(_:)` is of a step that is left out.
  func isOff(_ record: StageRecord) -> Bool {
    guard let switchParameter else { return false }
    return record.parameters[switchParameter]?.description == "none"
  }
}
