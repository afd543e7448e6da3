import Artifacts
import Foundation
import Testing

struct DurableFileTests {
  @Test func `a file appears with its bytes and nothing else is left`() throws {
    try withTemporaryDirectory { directory in
      try DurableFile.write(Data("one".utf8), to: directory + "/a.txt")
      try DurableFile.write(Data("two".utf8), to: directory + "/a.txt")
      #expect(try text(directory + "/a.txt") == "two")
      #expect(try names(in: directory) == ["a.txt"])
    }
  }

  @Test func `appended pieces are one file`() throws {
    try withTemporaryDirectory { directory in
      let file = try DurableFile(path: directory + "/a.txt")
      try file.append(Data("one,".utf8))
      try file.append(Data())
      try file.append([UInt8]("two".utf8))
      #expect(try names(in: directory) == [".a.txt.partial"])
      try file.publish()
      #expect(try text(directory + "/a.txt") == "one,two")
    }
  }

  @Test func `a file that is given up leaves the old one and no trace`() throws {
    try withTemporaryDirectory { directory in
      try DurableFile.write(Data("old".utf8), to: directory + "/a.txt")
      func abandon() throws {
        let file = try DurableFile(path: directory + "/a.txt")
        try file.append(Data("new".utf8))
      }
      try abandon()
      #expect(try text(directory + "/a.txt") == "old")
      #expect(try names(in: directory) == ["a.txt"])
    }
  }

  @Test func `what a killed process left is taken over`() throws {
    try withTemporaryDirectory { directory in
      try Data("a long rest of an earlier attempt".utf8)
        .write(to: URL(filePath: directory + "/.a.txt.partial"))
      try DurableFile.write(Data("new".utf8), to: directory + "/a.txt")
      #expect(try text(directory + "/a.txt") == "new")
      #expect(try names(in: directory) == ["a.txt"])
    }
  }

  @Test func `two writers of one file do not mix`() throws {
    try withTemporaryDirectory { directory in
      let file = try DurableFile(path: directory + "/a.txt")
      #expect(throws: ArtifactError.busy(path: directory + "/.a.txt.partial")) {
        try DurableFile.write(Data("other".utf8), to: directory + "/a.txt")
      }
      try file.append(Data("mine".utf8))
      try file.publish()
      #expect(try text(directory + "/a.txt") == "mine")
    }
  }

  @Test func `something that is not a file is not replaced`() throws {
    try withTemporaryDirectory { directory in
      let target = directory + "/folder"
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
      #expect(throws: ArtifactError.notRegularFile(path: target)) {
        try DurableFile.write(Data(), to: target)
      }
      try FileManager.default.createSymbolicLink(
        atPath: directory + "/link", withDestinationPath: "/dev/null")
      #expect(throws: ArtifactError.notRegularFile(path: directory + "/link")) {
        try DurableFile.write(Data(), to: directory + "/link")
      }
    }
    #expect(throws: ArtifactError.notRegularFile(path: "/dev/full")) {
      try DurableFile.write(Data("x".utf8), to: "/dev/full")
    }
  }

  @Test(arguments: ["", "/", "..", "."]) func `a path without a file name is refused`(path: String)
  {
    #expect(throws: ArtifactError.notRegularFile(path: path)) {
      try DurableFile.write(Data(), to: path)
    }
  }

  @Test func `a directory that does not exist is told apart`() throws {
    try withTemporaryDirectory { directory in
      let error = #expect(throws: ArtifactError.self) {
        try DurableFile.write(Data(), to: directory + "/none/a.txt")
      }
      #expect(cause(error) == .missing)
    }
  }

  @Test(.disabled(if: geteuid() == 0, "root writes everywhere"))
  func `a directory without write permission is told apart`() throws {
    try withTemporaryDirectory { directory in
      try setMode(0o555, directory)
      defer { try? setMode(0o755, directory) }
      let error = #expect(throws: ArtifactError.self) {
        try DurableFile.write(Data(), to: directory + "/a.txt")
      }
      #expect(cause(error) == .permission)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func `a file system that takes no files is an error, not a trap`() {
    #expect(throws: ArtifactError.self) { try DurableFile.write(Data(), to: "/proc/self/a.txt") }
  }

  #if os(Linux)
    @Test func `running out of room is told apart and leaves the old file`() async {
      // In a process of its own, since the limit on file sizes holds for all of it.
      await #expect(processExitsWith: .success) {
        try withTemporaryDirectory { directory in
          try DurableFile.write(Data("old".utf8), to: directory + "/a.txt")
          signal(SIGXFSZ, SIG_IGN)
          var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
          #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
          let error = #expect(throws: ArtifactError.self) {
            try DurableFile.write(Data(count: 10_000), to: directory + "/a.txt")
          }
          #expect(cause(error) == .diskFull)
          let left = try names(in: directory)
          #expect(left == ["a.txt"])
          #expect(try text(directory + "/a.txt") == "old")
          #expect(throws: ArtifactError.self) {
            try DurableDirectory.publish(
              [.init(path: "b/c.bin", bytes: Data(count: 10_000))], to: directory + "/out")
          }
          #expect(try names(in: directory) == ["a.txt"])
        }
      }
    }
  #endif

  @Test func `error numbers have causes`() {
    func cause(_ code: Int32) -> StorageError.Cause {
      StorageError(.write, path: "p", code: code).cause
    }
    #expect(cause(ENOSPC) == .diskFull)
    #expect(cause(EROFS) == .readOnly)
    #expect(cause(EACCES) == .permission)
    #expect(cause(EMFILE) == .tooManyFiles)
    #expect(cause(EIO) == .device)
    let text = StorageError(.write, path: "p", code: ENOSPC).description
    #expect(text == "cannot write p: No space left on device; free space and run again")
  }
}

struct DurableDirectoryTests {
  private let files = [
    DurableDirectory.File(path: "b/c/d.txt", bytes: Data("deep".utf8)),
    DurableDirectory.File(path: "a.txt", bytes: Data("top".utf8)),
  ]

  @Test func `a directory appears with all its files`() throws {
    try withTemporaryDirectory { directory in
      try DurableDirectory.publish(files, to: directory + "/out")
      #expect(try names(in: directory) == ["out"])
      #expect(try text(directory + "/out/b/c/d.txt") == "deep")
      #expect(try text(directory + "/out/a.txt") == "top")
    }
  }

  @Test func `a directory that holds something is not replaced`() throws {
    try withTemporaryDirectory { directory in
      try DurableDirectory.publish(files, to: directory + "/out")
      #expect(throws: ArtifactError.alreadyExists(path: directory + "/out")) {
        try DurableDirectory.publish([], to: directory + "/out")
      }
      #expect(try text(directory + "/out/a.txt") == "top")
      #expect(try names(in: directory) == ["out"])
    }
  }

  @Test func `what a killed process left is taken over`() throws {
    try withTemporaryDirectory { directory in
      let rest = directory + "/.out.partial/x"
      try FileManager.default.createDirectory(atPath: rest, withIntermediateDirectories: true)
      try Data("rest".utf8).write(to: URL(filePath: rest + "/y.txt"))
      try DurableDirectory.publish(files, to: directory + "/out")
      #expect(try names(in: directory) == ["out"])
      #expect(try names(in: directory + "/out") == ["a.txt", "b"])
    }
  }

  @Test func `a read-only directory stays one, whether it could be moved or not`() throws {
    try withTemporaryDirectory { directory in
      let (path, moved) = (directory + "/out", directory + "/moved")
      try DurableDirectory.publish(files, to: path, isReadOnly: true)
      let open = try DurableDirectory.allowsWriting(to: path)
      #expect(!open)
      #expect(throws: ArtifactError.self) {
        try DurableDirectory.move(path, to: directory + "/absent/out")
      }
      let openAfterwards = try DurableDirectory.allowsWriting(to: path)
      #expect(!openAfterwards)
      try DurableDirectory.move(path, to: moved)
      let openThere = try DurableDirectory.allowsWriting(to: moved)
      #expect(!openThere)
      #expect(try text(moved + "/b/c/d.txt") == "deep")
      let isGone = try DurableDirectory.remove(moved)
      #expect(isGone)
    }
  }

  @Test(arguments: ["../a", "/a", "a//b", "a/../b", "a\\b", "ä", "", "a/b/c/d/e", "a b"])
  func `a path that leaves the directory is refused`(path: String) throws {
    try withTemporaryDirectory { directory in
      #expect(throws: ArtifactError.damaged(file: path, .illegalPath)) {
        try DurableDirectory.publish([.init(path: path, bytes: Data())], to: directory + "/out")
      }
      let left = try names(in: directory)
      #expect(left.isEmpty)
    }
  }

  @Test func `a failure on the way leaves nothing`() throws {
    try withTemporaryDirectory { directory in
      let clash = [
        DurableDirectory.File(path: "a", bytes: Data()),
        DurableDirectory.File(path: "a/b", bytes: Data()),
      ]
      #expect(throws: ArtifactError.self) {
        try DurableDirectory.publish(clash, to: directory + "/out")
      }
      let left = try names(in: directory)
      #expect(left.isEmpty)
    }
  }
}

func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  let path = FileManager.default.temporaryDirectory.path + "/cohort-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  try body(path)
}

func names(in directory: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
}

func text(_ path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
}

private func cause(_ error: ArtifactError?) -> StorageError.Cause? {
  if case .storage(let error)? = error { error.cause } else { nil }
}

private func setMode(_ mode: Int, _ path: String) throws {
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}
