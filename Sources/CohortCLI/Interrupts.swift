internal import CLibrary
import Synchronization

/// The number of the first signal received, 0 before.
private let received = Atomic<Int32>(0)

/// Ctrl-C and termination requests, turned into a flag that running work looks at.
///
/// The first signal asks the work to stop and keep what is done; a second one of any kind ends the
/// program at once, and so do two seconds: whatever is written under a temporary name may be left at any time. A closed pipe never ends it.
enum Interrupts {
  /// Lets writes to a closed pipe and beyond a size limit fail instead of ending the program, and the ends of
  /// started processes be waited for, whatever the starter of this one has left to it.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGCHLD, SIG_DFL)
  }

  /// For commands that can stop and keep what is done; others end at the first signal.
  static func catchStopRequests() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { arrived in
        let first = received.compareExchange(
          expected: 0, desired: arrived, ordering: .sequentiallyConsistent)
        if !first.exchanged { _exit(128 + arrived) }
        alarm(2)
      }
    }
    // Whoever has started this program may have left them blocked.
    var stops = sigset_t()
    sigemptyset(&stops)
    for number in [SIGINT, SIGTERM, SIGALRM] { sigaddset(&stops, number) }
    pthread_sigmask(SIG_UNBLOCK, &stops, nil)
    signal(SIGALRM) { _ in _exit(128 + received.load(ordering: .relaxed)) }
  }

  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// The exit code of the signal that asked to stop, if one did.
  static var status: ExitStatus? {
    switch received.load(ordering: .relaxed) {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    default: nil
    }
  }
}
