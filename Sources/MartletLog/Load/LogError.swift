// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Why a log cannot be loaded. Nothing has been changed on disk when one of these is thrown.
package enum LogError: Error, Equatable, CustomStringConvertible {
    /// The file system said no.
    case storage(StorageError)
    /// Another server uses the directory.
    case inUse(directory: String)
    /// What is in a file is not what was written, and it was on disk before.
    case damaged(file: String, offset: Int, reason: String)
    /// The last file ends early, and `aof-load-truncated` is off.
    case truncated(file: String, offset: Int, byteCount: Int)
    /// The base is an RDB file or starts with one.
    case preamble(file: String)
    /// A command of the log could not be executed.
    case replay(file: String, offset: Int, reason: String)

    init(storage error: StorageError, in directory: String) {
        self = error.code == .alreadyLocked ? .inUse(directory: directory) : .storage(error)
    }

    package var description: String {
        switch self {
        case .storage(let error): error.description
        case .inUse(let directory): "another server uses the directory \(directory)"
        case .damaged(let file, let offset, let reason):
            "\(file) is damaged at offset \(offset): \(reason)"
        case .truncated(let file, let offset, let byteCount):
            "\(file) ends early: the last \(byteCount) bytes, from offset \(offset), are not a "
                + "whole batch, and aof-load-truncated is off"
        case .preamble(let file):
            "\(file) holds an RDB preamble, which only Redis reads: set aof-use-rdb-preamble no "
                + "there and run BGREWRITEAOF"
        case .replay(let file, let offset, let reason):
            "\(file), offset \(offset): \(reason)"
        }
    }
}
