import Foundation

/// One segment as `segments.yaml` tells it.
public struct SegmentDefinition: Hashable, Sendable {
  /// What rows outside every segment are called, and their number in data.
  public static let unassignedName = "Unassigned"
  public static let unassigned = -1

  /// The number that scoring writes: 0 ..< segment count.
  public let id: Int
  public let name: String
  /// Place by size from 1; ties go to the smaller number.
  public let order: Int
  /// Training rows in the segment.
  public let size: Int
  /// `size` as a fraction of all training rows, the unassigned among them.
  public let share: Double

  /// Segments by number, and named so where `names` has none.
  static func numbered(
    sizes: [Int], names: [String]?, unassigned: Int
  ) -> [SegmentDefinition] {
    let total = sizes.reduce(unassigned, +)
    let ranked = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    var order = [Int](repeating: 0, count: sizes.count)
    for (place, id) in ranked.enumerated() { order[id] = place + 1 }
    return sizes.indices.map { id in
      SegmentDefinition(
        id: id, name: names.flatMap { $0.indices.contains(id) ? $0[id] : nil } ?? "Segment \(id)",
        order: order[id], size: sizes[id],
        share: total > 0 ? Double(sizes[id]) / Double(total) : 0)
    }
  }
}

/// The text of `segments.yaml`: a list of segments whose scalars are JSON.
///
/// That is YAML every reader understands, and little enough that ours can be strict: five keys per
/// segment in a fixed order.
enum SegmentFile {
  private static let heading = "segments:"
  private static let keys = ["- id", "  name", "  order", "  size", "  share"]

  static func encode(_ segments: [SegmentDefinition]) -> Data {
    var bytes = Array(
      "# id: the number in data; order: place by size; share: fraction of rows\n".utf8)
    bytes += "\(heading)\(segments.isEmpty ? " []" : "")\n".utf8
    for segment in segments {
      bytes += "  - id: \(segment.id)\n    name: ".utf8
      CanonicalJSON.appendQuoted(segment.name, to: &bytes)
      bytes += "\n    order: \(segment.order)\n    size: \(segment.size)\n".utf8
      bytes += "    share: \(segment.share)\n".utf8
    }
    return Data(bytes)
  }

  /// - Throws: `.segmentsFile` with the first line that is not as `encode` writes it.
  static func decode(_ data: Data) throws(ArtifactError) -> [SegmentDefinition] {
    let lines = String(decoding: data, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[0].hasPrefix("#"), lines[1] == heading, lines.last == "",
      (lines.count - 3) % keys.count == 0
    else { throw .segmentsFile(line: min(2, lines.count)) }
    var segments: [SegmentDefinition] = []
    for start in stride(from: 2, to: lines.count - 1, by: keys.count) {
      segments.append(try segment(Array(lines[start..<start + keys.count]), firstLine: start + 1))
    }
    return segments
  }

  private static func segment(
    _ lines: [Substring], firstLine: Int
  ) throws(ArtifactError) -> SegmentDefinition {
    var values: [JSONValue] = []
    for (index, line) in lines.enumerated() {
      let prefix = "  \(keys[index]): "
      guard line.hasPrefix(prefix),
        let value = try? CanonicalJSON.parse(Data(line.dropFirst(prefix.count).utf8))
      else { throw .segmentsFile(line: firstLine + index) }
      values.append(value)
    }
    guard case .integer(let id) = values[0], case .text(let name) = values[1],
      case .integer(let order) = values[2], case .integer(let size) = values[3],
      case .real(let share) = values[4]
    else { throw .segmentsFile(line: firstLine) }
    // More rows than a double counts: sums of sizes stay numbers.
    guard (0...1 << 53).contains(size), (0...1).contains(share) else {
      throw .segmentsFile(line: firstLine + (share >= 0 && share <= 1 ? 3 : 4))
    }
    return SegmentDefinition(
      id: Int(id), name: name, order: Int(order), size: Int(size), share: share)
  }
}
