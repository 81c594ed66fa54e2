// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Synchronization

/// A message on its way to the subscribers of one shard.
package struct Delivery {
    package let target: Target
    package let frame: Slice
}

/// What other threads have for a shard: messages to deliver, in the order in which they were
/// posted, and work to do.
///
/// The owner drains it before it executes anything that has arrived on its sockets, so that a
/// message posted before a request was sent is delivered before that request's reply. A poster
/// wakes the owner only if it sleeps, and only the first poster does.
package final class Mailbox: Sendable {
    package typealias Work = @Sendable (Shard) -> Void

    private struct State {
        var deliveries: [Delivery] = []
        var work: [Work] = []
        var itemCount: Int { deliveries.count + work.count }
    }

    private let state = Mutex(State())
    /// How many items wait. Changed under the lock, read without it.
    private let itemCount = Atomic(0)
    /// The bytes of the waiting messages, for back-pressure.
    private let queuedByteCount = Atomic(0)
    /// True at first: the owner waits for its first event.
    private let isOwnerAsleep = Atomic(true)
    private let wake: @Sendable () -> Void

    /// - Parameter wake: makes the sleeping owner drain; may be called from any thread.
    package init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    package var isEmpty: Bool { itemCount.load(ordering: .acquiring) == 0 }

    /// The bytes of the messages that wait, which `mailbox-limit` bounds.
    package var byteCount: Int { queuedByteCount.load(ordering: .relaxed) }

    func post(_ delivery: Delivery) {
        queuedByteCount.add(delivery.frame.count, ordering: .relaxed)
        state.withLock { state in
            state.deliveries.append(delivery)
            itemCount.store(state.itemCount, ordering: .sequentiallyConsistent)
        }
        wakeOwner()
    }

    /// Posts messages that wait for the log.
    func post(_ messages: HeldMessages) {
        queuedByteCount.add(messages.byteCount, ordering: .relaxed)
        let block = messages.deliveries[0].frame.block
        post(Delivery(target: Target(messages), frame: Slice(block: block, start: 0, end: 0)))
    }

    /// The owner delivers messages that waited for the log.
    func didTake(_ messages: HeldMessages) {
        queuedByteCount.subtract(messages.byteCount, ordering: .relaxed)
    }

    /// Asks the owner to do something, after the messages that were posted before.
    package func post(_ work: @escaping Work) {
        state.withLock { state in
            state.work.append(work)
            itemCount.store(state.itemCount, ordering: .sequentiallyConsistent)
        }
        wakeOwner()
    }

    private func wakeOwner() {
        if isOwnerAsleep.load(ordering: .sequentiallyConsistent),
            isOwnerAsleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            wake()
        }
    }

    /// Says that the owner is about to sleep until it is woken.
    ///
    /// - Returns: false if there is something to drain; the owner must not sleep then.
    package func prepareToSleep() -> Bool {
        isOwnerAsleep.store(true, ordering: .sequentiallyConsistent)
        if itemCount.load(ordering: .sequentiallyConsistent) == 0 { return true }
        isOwnerAsleep.store(false, ordering: .sequentiallyConsistent)
        return false
    }

    package func didWakeUp() {
        isOwnerAsleep.store(false, ordering: .relaxed)
    }

    /// Exchanges the waiting messages for an empty list, whose memory is used from now on.
    func exchange(_ deliveries: inout [Delivery]) {
        assert(deliveries.isEmpty)
        state.withLock { state in
            swap(&state.deliveries, &deliveries)
            itemCount.store(state.itemCount, ordering: .sequentiallyConsistent)
        }
        let byteCount = deliveries.reduce(0) { $0 + $1.frame.count }
        queuedByteCount.subtract(byteCount, ordering: .relaxed)
    }

    func takeWork() -> [Work] {
        state.withLock { state in
            defer {
                state.work = []
                itemCount.store(state.itemCount, ordering: .sequentiallyConsistent)
            }
            return state.work
        }
    }
}
