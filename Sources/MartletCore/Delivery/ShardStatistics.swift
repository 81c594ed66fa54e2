// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization

/// A number that one shard counts and anyone may read.
public struct Counter: ~Copyable, Sendable {
    @usableFromInline let value = Atomic(0)

    package init() {}

    /// Called by the counting shard alone: a load and a store, no locked instruction.
    @inlinable @inline(__always)
    public func add(_ amount: Int) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    @inlinable public var current: Int { value.load(ordering: .relaxed) }

    package func reset() { value.store(0, ordering: .relaxed) }
}

/// What a shard counts for INFO.
package struct ShardStatistics: ~Copyable, Sendable {
    package let commandsProcessed = Counter()
    package let connectionsReceived = Counter()
    package let inputByteCount = Counter()
    package let outputByteCount = Counter()
    package let errorReplies = Counter()
    package let eventLoopTurns = Counter()
    package let messagesPublished = Counter()
    package let clientsClosedByOutputLimit = Counter()
    package let clientsClosedByQueryLimit = Counter()

    package init() {}

    /// CONFIG RESETSTAT.
    package func reset() {
        commandsProcessed.reset()
        connectionsReceived.reset()
        inputByteCount.reset()
        outputByteCount.reset()
        errorReplies.reset()
        eventLoopTurns.reset()
        messagesPublished.reset()
        clientsClosedByOutputLimit.reset()
        clientsClosedByQueryLimit.reset()
    }
}
