import Learning

extension SegmentationArtifact {
  var card: ModelCardDocument {
    let steps = pipeline.transformers.map(\.algorithm) + [pipeline.clusterer.algorithm]
    return assembledCard(
      title: "Segmentation by \(pipeline.clusterer.algorithm)",
      summary: "Assigns each customer to one of \(segments.count) segments: "
        + "\(steps.joined(separator: " → ")).",
      details: [
        .init(
          "segments", "Segments",
          ["Customers are placed by: \(assignment.rule.placement)."],
          [
            .init(
              columns: ["number", "name", "order by size", "training rows", "share"],
              rows: segments.map {
                [
                  "\($0.id)", $0.name, "\($0.order)", "\($0.size)", CardText.percent($0.share),
                ]
              })
          ])
      ],
      training: [],
      caveats: [
        "Segments describe the training table; whether they hold elsewhere is what stability and holdout say.",
        "Rows with filled-in or unknown values say so in their status.",
      ])
  }
}
