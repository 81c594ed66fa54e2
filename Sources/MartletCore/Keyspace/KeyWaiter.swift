// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Clients that wait for keys
//
//   block ─▶ KeyWaiter ──▶ in the queue of each key that it waits for (first come, first served)
//                     └──▶ among the deadlines, if it waits with a timeout
//
//   a command changes a key ─▶ the key is ready, if somebody waits for it
//   the command has ended   ─▶ the ready keys' waiters try, one after the other
//
// A waiter leaves all its queues when it is served, when its time is up, or when its client is
// gone. The last may be seen by the waiter's own loop while somebody else holds the gate: then it
// says so with `leave`, and nothing is taken from a key for it any more.

import DequeModule
import Synchronization

/// One client that waits. Belongs to the keyspace, apart from `leave`.
package final class KeyWaiter: @unchecked Sendable, DeadlineElement {
    package let database: Database
    /// Each once.
    package let keys: [[UInt8]]
    /// Milliseconds since the epoch; nil means for ever.
    package let deadline: Int?
    /// What the one who serves it knows of it.
    package let client: any AnyObject & Sendable
    private let hasLeft = Atomic(false)
    /// Whether it is in the queues.
    fileprivate(set) var isWaiting = false
    var deadlineIndex: UInt32 = 0

    package init(
        _ client: any AnyObject & Sendable, database: Database, keys: [[UInt8]], deadline: Int?
    ) {
        self.client = client
        self.database = database
        self.keys = keys
        self.deadline = deadline
    }

    /// Says that the client is gone; from any thread.
    package func leave() { hasLeft.store(true, ordering: .releasing) }

    /// Whether it may be served.
    package var isPresent: Bool { isWaiting && !hasLeft.load(ordering: .acquiring) }
}

/// Those who wait for one key. Who has left the queue stays in it until it comes to the front or
/// half of the queue has left.
final class KeyWaiterQueue {
    private(set) var waiters = Deque<KeyWaiter>()
    private var goneCount = 0
    /// Whether it is on the list of the ready keys.
    var isReady = false

    var isEmpty: Bool { waiters.count == goneCount }

    func append(_ waiter: KeyWaiter) { waiters.append(waiter) }

    func didRemove() {
        goneCount += 1
        while let first = waiters.first, !first.isWaiting {
            waiters.removeFirst()
            goneCount -= 1
        }
        guard goneCount > waiters.count / 2 else { return }
        waiters.removeAll { !$0.isWaiting }
        goneCount = 0
    }
}

extension Keyspace {
    package func insert(_ waiter: KeyWaiter) {
        assert(!waiter.isWaiting)
        waiter.isWaiting = true
        for key in waiter.keys {
            waiter.database.waiters(of: key).append(waiter)
        }
        waiterCount += 1
        if let deadline = waiter.deadline {
            waiterDeadlines.insert(waiter, deadline: deadline)
            if deadline < alarm { wantsAlarm = true }
        }
    }

    /// Does nothing the second time.
    package func remove(_ waiter: KeyWaiter) {
        guard waiter.isWaiting else { return }
        waiter.isWaiting = false
        waiterCount -= 1
        if waiter.deadline != nil { waiterDeadlines.remove(waiter) }
        for key in waiter.keys { waiter.database.didRemoveWaiter(of: key) }
    }

    /// One whose time is up.
    package var timedOutWaiter: KeyWaiter? {
        guard let first = waiterDeadlines.first, first.deadline <= now else { return nil }
        return first.element
    }

    /// Whether a command has made keys ready that somebody waits for.
    package var hasReadyKeys: Bool { !readyKeys.isEmpty }

    /// Lets those who wait for the ready keys try, until no key is ready.
    ///
    /// - Parameter body: tries to serve the waiter; false if nobody behind it can be served either.
    package func forEachReadyWaiter(_ body: (KeyWaiter) -> Bool) {
        while !readyKeys.isEmpty {
            let keys = readyKeys
            readyKeys = []
            for queue in keys {
                queue.isReady = false
                for waiter in queue.waiters where waiter.isPresent {
                    guard body(waiter) else { break }
                }
            }
        }
    }
}

extension Database {
    fileprivate func waiters(of key: [UInt8]) -> KeyWaiterQueue {
        key.withUnsafeBytes { bytes in
            let hash = bytes.seededHash
            if let found = waiters.find(bytes, hash: hash) { return found.value }
            return waiters.insert(bytes, hash: hash, KeyWaiterQueue()).value
        }
    }

    fileprivate func didRemoveWaiter(of key: [UInt8]) {
        key.withUnsafeBytes { bytes in
            let hash = bytes.seededHash
            guard let queue = waiters.find(bytes, hash: hash)?.value else { return }
            queue.didRemove()
            if queue.isEmpty { waiters.remove(bytes, hash: hash) }
        }
    }
}
