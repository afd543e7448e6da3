internal import CLibrary

/// What a system call comes to once no signal interrupts it: it is made again after `EINTR`, and after nothing else.
///
/// An interrupted call has done nothing, so making it again repeats nothing. That holds of `fsync` too, unlike after
/// `EIO`, where the kernel may have dropped what it could not write.
///
/// - Parameter call: returns -1 and sets `errno` where it fails, which is left as it is.
@discardableResult
package func retryingInterrupts<Number: SignedInteger>(_ call: () -> Number) -> Number {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
