/// What may be said of groups of customers without telling of one of them.
public enum Disclosure {
  /// Levels, ends of ranges and figures of fewer rows stay out of artifacts, profiles and reports.
  public static let leastRows = 20
}
