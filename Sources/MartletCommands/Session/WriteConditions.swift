// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

/// Why commands may be refused that are right in themselves: the memory is used up, or the log is
/// still being loaded. Asked before each command; nearly always there is nothing to mind.
package final class WriteConditions: Sendable {
    /// How long a measurement of the memory is good, in milliseconds. What is written meanwhile is
    /// added to it.
    private static let measurementLifetime = 100
    /// A limit that is exceeded is measured again after so many milliseconds, since memory may
    /// have been released.
    private static let excessLifetime = 10
    /// What an argument takes besides its bytes when it is stored, roughly.
    private static let overheadByteCount = 32

    private let loading = Atomic(false)
    /// `maxmemory`, in bytes; 0 means no limit.
    private let memoryLimit = Atomic(0)
    private let measuredByteCount = Atomic(0)
    /// Written since then.
    private let addedByteCount = Atomic(0)
    /// Milliseconds since the epoch.
    private let measuredAt = Atomic(0)
    /// Whether there is anything to mind.
    private let isMinded = Atomic(false)

    package var areMinded: Bool { isMinded.load(ordering: .relaxed) }

    package var isLoading: Bool { loading.load(ordering: .relaxed) }

    package func setLoading(_ isLoading: Bool) {
        loading.store(isLoading, ordering: .relaxed)
        update()
    }

    func setMemoryLimit(_ byteCount: Int) {
        memoryLimit.store(byteCount, ordering: .relaxed)
        measuredAt.store(0, ordering: .relaxed)
        update()
    }

    private func update() {
        isMinded.store(isLoading || limitsMemory, ordering: .relaxed)
    }

    var limitsMemory: Bool { memoryLimit.load(ordering: .relaxed) > 0 }

    /// Whether `maxmemory` is exceeded.
    ///
    /// - Parameters:
    ///   - arguments: of the command that asks, which is assumed to store them.
    ///   - now: milliseconds since the epoch.
    ///   - measure: tells how much memory is used, in bytes.
    func isMemoryExceeded(_ arguments: Arguments, now: Int, measure: () -> Int) -> Bool {
        let limit = memoryLimit.load(ordering: .relaxed)
        addedByteCount.add(
            arguments.byteCount + arguments.count * Self.overheadByteCount, ordering: .relaxed)
        let age = abs(now - measuredAt.load(ordering: .relaxed))
        let isExceeded = usedByteCount > limit
        if age > (isExceeded ? Self.excessLifetime : Self.measurementLifetime) {
            addedByteCount.store(0, ordering: .relaxed)
            measuredByteCount.store(measure(), ordering: .relaxed)
            measuredAt.store(now, ordering: .relaxed)
            return usedByteCount > limit
        }
        return isExceeded
    }

    private var usedByteCount: Int {
        measuredByteCount.load(ordering: .relaxed) + addedByteCount.load(ordering: .relaxed)
    }
}

extension Session {
    /// Why the command is refused now, or nil.
    func refusal(
        of command: Command, _ arguments: Arguments, doing effects: CommandFlags
    ) -> ReplyError? {
        let conditions = server.writeConditions
        let mayStore =
            effects.contains(.denyOutOfMemory)
            || transaction != nil && !command.flags.contains(.transactional)
        if conditions.limitsMemory, mayStore {
            let isExceeded = conditions.isMemoryExceeded(arguments, now: context.now / 1000) {
                server.host?.allocatedByteCount ?? 0
            }
            if isExceeded { return .outOfMemory }
        }
        if effects.contains(.write), let reason = context.shard.logRefusal {
            return .logRefuses(because: reason)
        }
        if conditions.isLoading, !command.flags.contains(.loading) { return .loading }
        return nil
    }
}

extension ServerContext {
    /// Has the keyspace tell a log what it does, or no more. Called while the gate is held, or
    /// before the server starts.
    package func attach(_ sink: (any EffectSink)?) {
        keyspace.sink = sink
        for shard in broker.shards { shard.mailbox.post { $0.attach(sink) } }
    }
}
