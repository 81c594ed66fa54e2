// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The broker's place for subscribers in this process
//
// To the core a shard is confined to its event loop. This one has no thread of its own: it is
// confined to a lock, and whoever publishes or reads does the work.
//
//   publish ─▶ lock ─▶ core ─▶ the outlets' queues ─▶ flush: whose buffer is over its bound,
//                                                     which reader waits? ─▶ unlock ─▶ resume
//   next    ─▶ the batch taken before; empty: lock ─▶ take all that is queued ─▶ unlock
//
// A delivery is an entry in the outlet's queue, usually only a longer slice of the block before:
// no memory, no lock and no task of its own. A reader takes the lock once for all that has come
// since it took it last.
//
// What event loops of a server publish comes by the shard's mailbox. Its wake-up is called under
// a stripe, where the lock must not be taken; the server drains the mailbox on a queue of its own.
// While a reader that suspends publishers is over its bound, the mailbox is left as it is: once it
// reaches `mailbox-limit` the loops no longer read their publishers.
//
// Lock order: this lock, keyspace, stripes, mailbox. Continuations are resumed without it.

import MartletCore
import RESP
import Synchronization

final class LocalShard: @unchecked Sendable {
    let core: MartletCore.Broker
    private let shard: Shard
    /// Has `drain` called where that may take time.
    private let wakeDrainer: @Sendable () -> Void
    private let lock = Mutex<Void>(())

    // Guarded by the lock.

    /// The subscriptions that receive, by address. They take themselves out before they go.
    private var inboxes: [ObjectIdentifier: Unmanaged<Inbox>] = [:]
    private var isShutDown = false
    /// Those whose buffers the messages of this turn have filled.
    @exclusivity(unchecked) private var full: [Inbox] = []
    @exclusivity(unchecked) private var overflown: [Inbox] = []
    /// Subscriptions that suspend publishers and are over their bound.
    private var congestedCount = 0
    /// Whether `drain` has left messages in the mailbox because of that.
    private var isDrainHeldUp = false
    /// Publishers in this process whose messages went behind those.
    private var heldUp: [SuspendedPublish] = []
    @exclusivity(unchecked) private var followUp = FollowUp()

    /// What is done when the lock has been released.
    private struct FollowUp {
        /// Readers to be resumed: a list through `Inbox.nextWoken`.
        var firstWoken: Inbox?
        var released: [SuspendedPublish] = []
        var wakesDrainer = false
    }

    init(
        core: MartletCore.Broker, shard: Shard, wakeDrainer: @escaping @Sendable () -> Void
    ) {
        self.core = core
        self.shard = shard
        self.wakeDrainer = wakeDrainer
    }

    /// Does `body` under the lock, then what follows from it.
    @inline(__always)
    func perform<Result>(_ body: () -> Result) -> Result {
        var followUp = FollowUp()
        let result = lock.withLock { _ in
            let result = body()
            if shard.dirtyCount > 0 {
                settle()
                full.removeAll()
            }
            swap(&followUp, &self.followUp)
            return result
        }
        while let inbox = followUp.firstWoken { followUp.firstWoken = inbox.resumeReader() }
        for publish in followUp.released { publish.bufferWasRead() }
        if followUp.wakesDrainer { wakeDrainer() }
        return result
    }

    /// Has the outlets look at what was delivered to them.
    private func settle() {
        repeat {
            while shard.dirtyCount > 0 {
                shard.flush(atMost: shard.dirtyCount)
                while let inbox = overflown.popLast() { inbox.endBecauseFull() }
            }
            shard.awaitRelease()
        } while shard.dirtyCount > 0
        shard.frames.reuseIfUnshared()
    }

    // MARK: Publishing

    func publish(
        _ payload: UnsafeRawBufferPointer, to channel: UnsafeRawBufferPointer
    ) -> (receiverCount: Int, suspended: SuspendedPublish?) {
        perform {
            if !shard.mailbox.isEmpty { drainMailbox() }
            let receiverCount = core.publish(
                .message, channel: channel, payload: payload, from: shard)
            shard.statistics.messagesPublished.add(1)
            settle()
            let isHeldUp = congestedCount > 0 && !shard.mailbox.isEmpty
            guard !full.isEmpty || isHeldUp else { return (receiverCount, nil) }
            return (receiverCount, suspendPublish(isHeldUp: isHeldUp))
        }
    }

    private func suspendPublish(isHeldUp: Bool) -> SuspendedPublish {
        let publish = SuspendedPublish(fullCount: full.count + (isHeldUp ? 1 : 0))
        for inbox in full { inbox.suspendedPublishes.append(publish) }
        full.removeAll(keepingCapacity: true)
        if isHeldUp { heldUp.append(publish) }
        return publish
    }

    // MARK: What event loops have posted

    /// Delivers what event loops have posted, until nothing is left or a reader must catch up.
    func drain() {
        repeat {
            perform {
                shard.mailbox.didWakeUp()
                drainMailbox()
            }
        } while !mayStop
    }

    private var mayStop: Bool {
        lock.withLock { _ in
            isDrainHeldUp = congestedCount > 0
            return isDrainHeldUp || shard.mailbox.prepareToSleep()
        }
    }

    private func drainMailbox() {
        guard congestedCount == 0 else { return }
        shard.drainMailbox()
        settle()
        // Their publishers are held up by the mailbox.
        full.removeAll(keepingCapacity: true)
    }

    // MARK: Called by inboxes, under the lock

    func makeOutlet() -> Outlet { Outlet(shard: shard) }

    /// - Returns: false if the broker was shut down.
    func insert(_ inbox: Inbox) -> Bool {
        guard !isShutDown else { return false }
        inboxes[ObjectIdentifier(inbox)] = .passUnretained(inbox)
        return true
    }

    func remove(_ inbox: Inbox) {
        inboxes[ObjectIdentifier(inbox)] = nil
    }

    func resumeLater(_ inbox: Inbox) {
        inbox.nextWoken = followUp.firstWoken
        followUp.firstWoken = inbox
    }

    func releaseLater(_ publishes: [SuspendedPublish]) {
        followUp.released += publishes
    }

    /// The buffer of an inbox that suspends publishers is over its bound.
    func isFull(_ inbox: Inbox) { full.append(inbox) }

    /// The buffer of an inbox that fails is over its bound.
    func overflows(_ inbox: Inbox) { overflown.append(inbox) }

    func congestionBegan() { congestedCount += 1 }

    func congestionEnded() {
        congestedCount -= 1
        guard congestedCount == 0 else { return }
        followUp.wakesDrainer = isDrainHeldUp
        isDrainHeldUp = false
        releaseLater(heldUp)
        heldUp = []
    }

    // MARK: Looking

    var subscriptionCount: Int { lock.withLock { _ in inboxes.count } }

    /// Ends all subscriptions, after what they have buffered has been read.
    func shutDown() {
        perform {
            isShutDown = true
            for inbox in inboxes.values { inbox.takeUnretainedValue().finish() }
        }
    }
}
