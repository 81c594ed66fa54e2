// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A rewrite, from the log's side
//
//   prepare   the next increment is created, empty, and the manifest names it:
//             base 1, increment 1, increment 2
//   start     under the keyspace's gate: what is appended from now on belongs to increment 2
//   write     the producer gives the state of that moment, piece by piece, as commands, to a
//             temporary base, while the log goes on with increment 2
//   finish    the base is synced and gets its name, the manifest says base 2, increment 2, and the
//             earlier files go
//
// Every manifest on the way is a log that loads. A rewrite that fails leaves one increment more.

import Synchronization

/// Not started, or started and being written, or over.
package final class RewriteSession: @unchecked Sendable {
    /// The base is synced each time it has grown by this, so that the end has little left to wait
    /// for, in bytes (as Redis's `aof-rewrite-incremental-fsync`, which takes 4 MB).
    private static let syncByteCount = 16 * 1024 * 1024

    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    let increment: Increment
    /// How the manifest will name the increment, where it does not yet.
    let entry: Manifest.Entry
    private let log: AppendLog
    private let base: any StorageFile
    private let id: UInt64
    /// Set by `start`.
    private var position: LogPosition = 0
    private let isAbandoned = Atomic(false)

    // Confined to the rewrite queue.
    private var byteCount = 0
    private var batchByteCount: LogPosition = 0
    private var syncedByteCount = 0

    init(
        log: AppendLog, increment: Increment, entry: Manifest.Entry, base: any StorageFile,
        id: UInt64
    ) {
        self.log = log
        self.increment = increment
        self.entry = entry
        self.base = base
        self.id = id
    }

    /// Ends what the base will hold: what is appended from now on goes to the next increment.
    /// Called by the holder of the keyspace's gate, once.
    package func start() {
        position = log.switchIncrement(for: self)
    }

    /// Adds commands to the base. Several calls make one file, in their order.
    ///
    /// - Parameter completion: called on the rewrite queue. After a failure there is nothing more
    ///   to call.
    package func write(
        _ commands: [UInt8], _ completion: @escaping @Sendable (Failure?) -> Void
    ) {
        log.environment.rewriteQueue.async { completion(self.perform { try self.add(commands) }) }
    }

    /// Runs the producer's own work on the rewrite queue.
    package func perform(_ work: @escaping @Sendable () -> Void) {
        log.environment.rewriteQueue.async(work)
    }

    /// Makes the base, and what was appended since `start`, the log.
    ///
    /// - Parameter completion: called on one of the log's queues.
    package func finish(_ completion: @escaping @Sendable (Failure?) -> Void) {
        log.environment.rewriteQueue.async {
            let failure = self.perform {
                try self.add([], kind: .end)
                try self.base.synchronize()
            }
            if let failure {
                completion(failure)
            } else {
                self.log.whenSwitched(to: self) { self.takeOver(completion) }
            }
        }
    }

    /// Gives the rewrite up.
    package func cancel(reason: String) {
        abandon()
        log.environment.rewriteQueue.async { self.log.rewriteEnded(self, failure: reason) }
    }

    /// Makes the next step fail.
    func abandon() {
        isAbandoned.store(true, ordering: .relaxed)
    }

    // MARK: The base

    private func perform(_ step: () throws -> Void) -> Failure? {
        let reason: String
        do {
            if !isAbandoned.load(ordering: .relaxed) {
                try step()
                return nil
            }
            reason = "the log had to begin another increment"
        } catch {
            reason = "\(error)"
        }
        log.rewriteEnded(self, failure: reason)
        return Failure(description: reason)
    }

    private func add(_ commands: [UInt8], kind: Annotation.Kind = .batch) throws(StorageError) {
        var bytes = byteCount == 0 ? Annotation(kind: .file, file: id).bytes : []
        let checksum = commands.withUnsafeBytes {
            $0.isEmpty ? 0 : CRC32C.of($0.baseAddress!, count: $0.count)
        }
        bytes +=
            Annotation(
                kind: kind, checksum: checksum, byteCount: commands.count, position: batchByteCount,
                durablePosition: kind == .end ? position : 0, file: id
            ).bytes
        bytes += commands
        try base.write(bytes, at: byteCount)
        byteCount += bytes.count
        batchByteCount += UInt64(commands.count)
        if byteCount - syncedByteCount >= Self.syncByteCount {
            try base.synchronize()
            syncedByteCount = byteCount
        }
    }

    // MARK: The end

    /// On the write queue, when the increment is the one in use.
    private func takeOver(_ completion: @escaping @Sendable (Failure?) -> Void) {
        let directory = log.directory
        let failure = perform {
            let base = try directory.nameBase()
            try directory.update {
                for var old in $0.loaded where old.name != self.increment.name {
                    old.kind = .history
                    $0.history.append(old)
                }
                $0.base = base
                $0.increments = [self.entry]
            }
        }
        if failure == nil {
            log.rewriteFinished(self, position: position, baseByteCount: byteCount)
            log.environment.writeQueue.async { self.removeHistory() }
        }
        completion(failure)
    }

    private func removeHistory() {
        do throws(StorageError) {
            try log.directory.removeHistory()
        } catch {
            log.environment.report(.warning, "Cannot delete the files before a rewrite: \(error)")
        }
    }
}
