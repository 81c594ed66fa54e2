// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What the log asks of a file system; everything below it goes through here, so that a test can
/// lose, tear, fill and flip.
///
/// Paths are as the system takes them. All of it may block, and nothing but
/// `StorageFile.write` is called from an event loop.
package protocol Storage: AnyObject, Sendable {
    /// Creates the directory if there is none, and its parents, and syncs what it created
    /// (mkdir(2)).
    func makeDirectory(_ path: String) throws(StorageError)

    /// The names of what is in a directory; nil if there is no such directory (readdir(3)).
    func list(_ directory: String) throws(StorageError) -> [String]?

    /// Takes the lock that a server holds while it uses the directory, a file `name` in it. It is
    /// given back when what this returns is released, or by the system when the process ends
    /// (flock(2)).
    func lock(_ directory: String, name: String) throws(StorageError) -> any StorageLock

    func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile

    /// Replaces `target` if it exists (rename(2)). `sync(directory:)` makes it last.
    func rename(_ path: String, to target: String) throws(StorageError)

    func remove(_ path: String) throws(StorageError)

    /// Makes what was created, renamed and removed in the directory last (fsync(2)).
    func sync(directory: String) throws(StorageError)
}

package enum OpenMode: Sendable {
    case read
    /// A file that exists, to be read and written.
    case update
    /// An empty file; what was there is gone.
    case create
}

package protocol StorageLock: AnyObject, Sendable {
    func release()
}

/// An open file. Closed when the last reference to it goes.
package protocol StorageFile: AnyObject, Sendable {
    /// Writes all of `pieces`, one behind the other, from `offset` on (pwritev(2)). If it throws,
    /// some of it may have been written.
    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, at offset: Int)
        throws(StorageError)

    /// Waits until everything written so far is on disk (fdatasync(2)). After it has failed what
    /// had been written may be lost although it can be read, and a second call may say that all
    /// is well.
    func synchronize() throws(StorageError)

    func truncate(to byteCount: Int) throws(StorageError)

    func byteCount() throws(StorageError) -> Int

    /// Reads the file from `offset` to its end, in pieces, until `body` returns false. The next
    /// piece is under way while `body` looks at one.
    func read(
        from offset: Int, _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(StorageError)
}

extension StorageFile {
    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        var failure: StorageError?
        bytes.withUnsafeBytes { bytes in
            withUnsafePointer(to: bytes) { piece in
                do throws(StorageError) {
                    try write(UnsafeBufferPointer(start: piece, count: 1), at: offset)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }
}

/// A call to the file system that failed.
package struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Equatable, Sendable {
        case noSpace, doesNotExist, alreadyLocked
        case other(CInt)
    }

    package let code: Code
    /// The C function.
    package let call: String
    package let path: String
    /// The system's words.
    package let reason: String

    package init(code: Code, call: String, path: String, reason: String) {
        self.code = code
        self.call = call
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(call) \(path): \(reason)" }
}
