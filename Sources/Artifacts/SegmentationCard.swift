extension SegmentationArtifact {
  var card: String {
    let steps = pipeline.transformers.map(\.algorithm) + [pipeline.clusterer.algorithm]
    let rows = segments.map {
      "\($0.id) | \($0.name) | \($0.order) | \($0.size) | \(CardText.percent($0.share))"
    }
    return """
      # Segmentation by \(pipeline.clusterer.algorithm)

      Assigns each customer to one of \(segments.count) segments: \(steps.joined(separator: " → ")).

      ## Segments

      | number | name | order by size | training rows | share |
      |---:|---|---:|---:|---:|
      \(CardText.rows(rows))

      \(inputsSection)

      \(evidenceSection)

      \(originSection)
      """
  }
}
