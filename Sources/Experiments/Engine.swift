/// This program, as results name it.
public enum Engine {
  /// Part of every key: a new version computes everything anew.
  public static let version = "0.1.0"
}
