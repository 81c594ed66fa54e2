// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization

/// A part of the broker's directory: the topics whose hash falls on it, and the lock that orders
/// what happens to them.
final class Stripe: @unchecked Sendable {
    private let mutex = Mutex<Void>(())
    /// Guarded by the lock.
    @exclusivity(unchecked) private var directory = Directory()

    struct Directory {
        var channels = TopicTable()
        var shardChannels = TopicTable()
        /// Which patterns match the channels that were published to last.
        var patternMatches = PatternMatchCache()
    }

    func withLock<Result>(_ body: (inout Directory) -> Result) -> Result {
        mutex.withLock { _ in body(&directory) }
    }

    func withBareLock<Result>(_ body: () -> Result) -> Result {
        mutex.withLock { _ in body() }
    }

    /// For a caller who holds this stripe already, by `Broker.withAllStripes`.
    func withoutLock<Result>(_ body: (inout Directory) -> Result) -> Result {
        body(&directory)
    }

    deinit {
        directory.channels.deallocate()
        directory.shardChannels.deallocate()
    }
}
