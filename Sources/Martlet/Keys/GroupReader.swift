// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How entries go to the consumers of a group, each at least once
//
//   XREADGROUP … CLAIM visibility ─▶ new entries, and those that some consumer has had for too long
//        │
//        ├─ delivered more often than the policy allows ─▶ dead letters (XADD and XACK, one step)
//        └─ delivery ─▶ ack    XACK, or XACKDEL
//                   ─▶ retry  XCLAIM with an idle time: it is redelivered when that has grown to
//                             the visibility time
//                   ─▶ nothing: the same, from now on
//
// All state is in the group, which the log has: how often an entry was delivered, to whom, and
// when. A consumer that is gone, or a process that was killed, has nothing to clean up.

import MartletCommands
import Synchronization

/// What a consumer does, whatever its payloads are.
final class GroupReader: Sendable {
    let broker: Broker
    let stream: String
    let group: String
    let consumer: String
    let visibility: Duration
    let retry: RetryPolicy
    let deadLetters: String
    let deletesAcknowledged: Bool
    /// Where a group that is new begins.
    let start: EntryID?

    private struct State {
        var isFinished = false
        /// What waits for entries.
        var calls: [ObjectIdentifier: (call: KeyCall, pool: ReadingPool?)] = [:]
    }

    private let state = Mutex(State())

    init(
        _ broker: Broker, stream: String, group: String, consumer: String, options: ConsumerOptions
    ) {
        self.broker = broker
        self.stream = stream
        self.group = group
        self.consumer = consumer
        visibility = options.visibility
        retry = options.retry
        deadLetters = options.deadLetters ?? stream + ".dead"
        deletesAcknowledged = options.acknowledgedEntries == .deleted
        start = options.start == .now ? nil : EntryID(milliseconds: 0, sequence: 0)
    }

    /// Reads no more; who waits for entries is told that there are none.
    func finish() {
        let calls = state.withLock { state in
            state.isFinished = true
            return state.calls.values.map(\.call)
        }
        for call in calls { broker.calls.cancel(call) }
    }

    /// Reads no more for a pool of handlers.
    func stop(_ pool: ReadingPool) {
        let calls = state.withLock { state in
            pool.isStopped.store(true, ordering: .relaxed)
            return state.calls.values.filter { $0.pool === pool }.map(\.call)
        }
        for call in calls { broker.calls.cancel(call) }
    }

    // MARK: Reading

    /// Waits for entries, and takes so many at the most.
    ///
    /// - Returns: nil if the consumer is finished, or the pool stopped, the broker shut down, or
    ///   the task cancelled.
    func read(
        upTo limit: Int, for pool: ReadingPool?
    ) async throws(BrokerError) -> [GroupEntry]? {
        let request =
            ([
                "XREADGROUP", "GROUP", Word(group), Word(consumer), "COUNT", Word(limit), "BLOCK",
                "0", "CLAIM", Word(max(visibility.milliseconds, 1)), "STREAMS", Word(stream), ">",
            ] as Words).request
        while true {
            let call = KeyCall(request)
            guard insert(call, pool) else { return nil }
            defer { remove(call) }
            do throws(BrokerError) {
                guard let reply = try await broker.wait(call) else { return nil }
                let entries = try await withoutDeadLetters(GroupEntry.entries(of: reply))
                if !entries.isEmpty { return entries }
            } catch {
                if error.code == .closed { return nil }
                guard error.description.hasPrefix("NOGROUP ") else { throw error }
                try await createGroup()
            }
        }
    }

    private func insert(_ call: KeyCall, _ pool: ReadingPool?) -> Bool {
        state.withLock { state in
            let isStopped = pool?.isStopped.load(ordering: .relaxed) ?? false
            guard !state.isFinished, !isStopped else { return false }
            state.calls[ObjectIdentifier(call)] = (call, pool)
            return true
        }
    }

    private func remove(_ call: KeyCall) {
        state.withLock { $0.calls[ObjectIdentifier(call)] = nil }
    }

    private func createGroup() async throws(BrokerError) {
        let start = start.map { Word($0) } ?? "$"
        do throws(BrokerError) {
            _ = try await broker.run(
                ["XGROUP", "CREATE", Word(stream), Word(group), start, "MKSTREAM"])
        } catch {
            // Somebody else was faster.
            guard error.description.hasPrefix("BUSYGROUP ") else { throw error }
        }
    }

    private func withoutDeadLetters(
        _ entries: [GroupEntry]
    ) async throws(BrokerError) -> [GroupEntry] {
        var living: [GroupEntry] = []
        for entry in entries {
            if entry.attempt <= retry.maxAttempts {
                living.append(entry)
            } else {
                try await moveToDeadLetters(
                    entry, because: "delivered \(entry.attempt - 1) times, not acknowledged")
            }
        }
        return living
    }

    // MARK: What becomes of a delivery

    /// - Returns: false if it was acknowledged, or moved to the dead letters, before.
    func acknowledge(_ entry: GroupEntry) async throws(BrokerError) -> Bool {
        var reply = try await broker.run(removal(of: entry)).cursor
        // XACKDEL replies for each ID, -1 if it was not pending.
        if deletesAcknowledged { _ = reply.arrayHeader() }
        return reply.integer() > 0
    }

    private func removal(of entry: GroupEntry) -> Words {
        guard deletesAcknowledged else {
            return ["XACK", Word(stream), Word(group), Word(entry.id)]
        }
        return ["XACKDEL", Word(stream), Word(group), "ACKED", "IDS", "1", Word(entry.id)]
    }

    /// Whether an entry is still pending as it was delivered; what a delivery does later than its
    /// visibility time must not disturb the next.
    private func isOwn(
        _ entry: GroupEntry
    ) -> @Sendable (KeyStep) throws(ReplyError) -> Bool {
        let request =
            ([
                "XPENDING", Word(stream), Word(group), Word(entry.id), Word(entry.id), "1",
                Word(consumer),
            ] as Words).request
        return { step throws(ReplyError) in
            var reply = try step.run(request).cursor
            guard let count = reply.arrayHeader(), count == 1 else { return false }
            // ID, consumer, idle time, deliveries.
            _ = reply.arrayHeader()
            _ = reply.bulk()
            _ = reply.bulk()
            _ = reply.integer()
            return reply.integer() == entry.attempt
        }
    }

    /// Has the entry redelivered after `delay`, at the latest after the visibility time; does
    /// nothing if it is no longer this delivery's.
    ///
    /// - Parameter attempt: what the delivery will have counted as, if not as one.
    func redeliver(
        _ entry: GroupEntry, after delay: Duration, countingAs attempt: Int? = nil
    ) async throws(BrokerError) {
        let visibility = max(visibility.milliseconds, 1)
        let idle = visibility - min(max(delay.milliseconds, 0), visibility)
        var words: Words = [
            "XCLAIM", Word(stream), Word(group), Word(consumer), "0", Word(entry.id), "IDLE",
            Word(idle), "JUSTID",
        ]
        if let attempt { words += ["RETRYCOUNT", Word(attempt)] }
        let (claim, isOwn, key) = (words.request, isOwn(entry), Array(stream.utf8))
        try await broker.perform { step throws(ReplyError) in
            guard try isOwn(step) else { return }
            _ = try step.run(claim)
            // Who waits looks again: it may be due sooner than what they knew of.
            step.makeReady(key)
        }
    }

    /// Appends the entry to the stream of dead letters and acknowledges it, both or none; does
    /// nothing if it is no longer this delivery's.
    func moveToDeadLetters(
        _ entry: GroupEntry, because reason: String
    ) async throws(BrokerError) {
        var words: Words = ["XADD", Word(deadLetters), "*"]
        words += entry.fields.flatMap { [Word($0.name), Word($0.value)] }
        words += [
            "dead-letter-stream", Word(stream), "dead-letter-group", Word(group),
            "dead-letter-id", Word(entry.id), "dead-letter-reason", Word(reason),
        ]
        let (append, remove, isOwn) = (words.request, removal(of: entry).request, isOwn(entry))
        try await broker.perform { step throws(ReplyError) in
            guard try isOwn(step) else { return }
            _ = try step.run(append)
            _ = try step.run(remove)
        }
    }
}

/// A pool of handlers as its reader knows it.
final class ReadingPool: Sendable {
    /// Changed under the reader's lock.
    fileprivate let isStopped = Atomic(false)
}
