// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Synchronization

/// Who executes what the log holds.
package protocol LogReplay: AnyObject {
    /// Executes a command of the log. MULTI and EXEC are not among them: the commands of a
    /// transaction come when all of it is there.
    ///
    /// - Throws: `ReplayError` if the command cannot be executed; the load is refused then.
    func replay(_ command: Arguments) throws(ReplayError)

    /// Takes note of a line about the command behind it, which Redis skips; its end is part of it.
    func replay(annotation line: UnsafeRawBufferPointer)
}

extension LogReplay {
    package func replay(annotation line: UnsafeRawBufferPointer) {}
}

package struct ReplayError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// How far a load is, for INFO (`loading_total_bytes`, `loading_loaded_bytes`). May be read from
/// any thread.
package final class LoadProgress: Sendable {
    private let total = Atomic(0)
    private let loaded = Atomic(0)
    private let commands = Atomic(0)

    package init() {}

    package var totalByteCount: Int { total.load(ordering: .relaxed) }
    package var loadedByteCount: Int { loaded.load(ordering: .relaxed) }
    package var commandCount: Int { commands.load(ordering: .relaxed) }

    func begin(totalByteCount: Int) {
        total.store(totalByteCount, ordering: .relaxed)
    }

    func add(byteCount: Int) {
        loaded.add(byteCount, ordering: .relaxed)
    }

    func addCommand() {
        commands.add(1, ordering: .relaxed)
    }
}

/// What was found in a log, and what has to be mended before it is appended to.
package struct LoadReport: Sendable, Equatable {
    package struct File: Sendable, Equatable {
        package var name: String
        package var byteCount: Int
        package var batchCount = 0
        package var commandCount = 0
        /// Whether Martlet's checksums cover it.
        package var isChecked = false
    }

    package var files: [File] = []
    /// What lies behind the last whole batch, in bytes, in all files: a torn tail, which nobody
    /// was told to be on disk.
    package var tornByteCount = 0
    /// What a later increment replaces, in bytes.
    package var replacedByteCount = 0
    /// Where files are to be cut.
    var cuts: [Cut] = []
    /// Increments behind a torn tail.
    var dropped: [String] = []

    struct Cut: Sendable, Equatable {
        var name: String
        var byteCount: Int
    }

    package var commandCount: Int { files.reduce(0) { $0 + $1.commandCount } }
    package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }
}
