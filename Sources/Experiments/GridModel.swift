internal import Learning

/// A model that an experiment of some task may name.
struct GridModel {
  let description: SchemaDescription
  let form: FeatureForm
  let resolve: @Sendable (Parameters) throws(ParameterError) -> Parameters

  var name: String { description.name }
}

extension Catalog {
  func models(_ task: Study.Experiment.Task) -> [GridModel] {
    switch task {
    case .cluster:
      clusterers.map { GridModel(description: $0.description, form: .matrix, resolve: $0.resolve) }
    case .classify:
      classifiers.map { GridModel(description: $0.description, form: $0.form, resolve: $0.resolve) }
    }
  }
}
