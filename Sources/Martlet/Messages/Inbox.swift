// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

/// A subscription's buffer: the queue of its outlet, filled by publishers and emptied by one
/// reader, a batch at a time.
///
/// Invariant: while `state` is `.receiving` the shard and the core's topics refer to it without
/// holding it. Whoever made it ends it (`SubscriptionHandle`).
final class Inbox: OutletOwner, @unchecked Sendable {
    private enum State {
        case receiving
        /// Unsubscribed; what is buffered can be read.
        case finished
        /// The same, and then the reader gets the error.
        case overflown
        case cancelled
    }

    enum Overflow {
        case suspendPublisher, dropOldest, fail
    }

    private let local: LocalShard
    private let overflow: Overflow
    private let messageCountMax: Int
    private let byteCountMax: Int

    // Guarded by the shard's lock.
    private let outlet: Outlet
    private var state = State.receiving
    private var waiter: UnsafeContinuation<Void, Never>?
    /// Of the outlet's deliveries, how many are no longer in its queue.
    private var leftCount = 0
    /// Since the last batch was taken.
    private var droppedCount = 0
    private var isCongested = false
    var suspendedPublishes: [SuspendedPublish] = []
    /// Set when the waiter is taken; used by who released the lock, and nobody else, until the
    /// reader is resumed.
    var nextWoken: Inbox?
    private var woken: UnsafeContinuation<Void, Never>?

    // The reader's. One reads at a time: `isBeingRead` is true then.
    private let isBeingRead = Atomic(false)
    @exclusivity(unchecked) private var batch = MessageBatch()
    private var didFail = false

    /// Set with the state of that name, so that the reader stops amid its batch.
    private let isCancelled = Atomic(false)

    init<Failure>(
        channels: [String], patterns: [String], policy: BufferingPolicy<Failure>,
        local: LocalShard
    ) {
        self.local = local
        overflow =
            switch policy.overflow {
            case .suspendPublisher: .suspendPublisher
            case .dropOldest: .dropOldest
            case .fail: .fail
            }
        messageCountMax = policy.messageCountMax
        byteCountMax = policy.byteCountMax
        outlet = local.makeOutlet()
        outlet.owner = self
        local.perform {
            guard local.insert(self) else { return state = .finished }
            for channel in channels { subscribe(to: channel, kind: .channel) }
            for pattern in patterns { subscribe(to: pattern, kind: .pattern) }
        }
    }

    private func subscribe(to name: String, kind: Topic.Kind) {
        var name = name
        name.withUTF8 {
            _ = local.core.subscribe(outlet, to: UnsafeRawBufferPointer($0), kind: kind)
        }
    }

    // MARK: Filling

    /// Called by the shard, under its lock, when something was delivered.
    func flush() {
        guard state == .receiving else { return }
        wakeReader()
        guard isOverLimit else { return }
        switch overflow {
        case .suspendPublisher:
            local.isFull(self)
            if !isCongested {
                isCongested = true
                local.congestionBegan()
            }
        case .dropOldest: dropOldest()
        case .fail: local.overflows(self)
        }
    }

    /// What a full buffer holds is full for publishers who wait, and over its bound for the
    /// others.
    private var isOverLimit: Bool {
        let count = outlet.deliveredCount - leftCount
        if overflow == .suspendPublisher {
            return count >= messageCountMax || outlet.queuedByteCount >= byteCountMax
        }
        return count > messageCountMax || outlet.queuedByteCount > byteCountMax
    }

    private func dropOldest() {
        // The newest stays, however long it is.
        while isOverLimit, outlet.deliveredCount - leftCount > 1 {
            let frame = outlet.queue.firstSlice!
            outlet.removeSent(MessageFrame.parts(of: frame.bytes).byteCount)
            leftCount += 1
            droppedCount += 1
        }
    }

    private func wakeReader() {
        guard let waiter else { return }
        self.waiter = nil
        woken = waiter
        local.resumeLater(self)
    }

    /// Called without the lock.
    ///
    /// - Returns: the next inbox whose reader is to be resumed.
    func resumeReader() -> Inbox? {
        let next = nextWoken
        nextWoken = nil
        let continuation = woken!
        woken = nil
        continuation.resume()
        return next
    }

    /// Called for connections.
    func close(flushing: Bool) {
        preconditionFailure("an inbox is not a connection")
    }

    // MARK: Ending

    /// Receives nothing more; what is buffered can still be read. Called under the lock.
    func finish() { end(.finished) }

    /// Called under the lock.
    func endBecauseFull() { end(.overflown) }

    /// Ends it at once. May be called from any thread, more than once.
    func cancel() {
        local.perform { end(.cancelled) }
    }

    /// The same as `finish`, from any thread.
    func finishFromOutside() {
        local.perform { finish() }
    }

    private func end(_ newState: State) {
        if state == .receiving {
            // What was published before is delivered by this.
            local.core.unsubscribeFromAll(outlet)
            local.remove(self)
            // The shard keeps an outlet that waits for the log, and not what is behind it.
            outlet.owner = nil
        } else if state == .cancelled || newState != .cancelled {
            return
        }
        if newState == .cancelled {
            isCancelled.store(true, ordering: .relaxed)
            outlet.close()
        }
        state = newState
        wakeReader()
        makeRoom()
    }

    /// Lets the publishers go on.
    private func makeRoom() {
        if isCongested {
            isCongested = false
            local.congestionEnded()
        }
        if !suspendedPublishes.isEmpty {
            local.releaseLater(suspendedPublishes)
            suspendedPublishes = []
        }
    }

    /// Publishers that wait for it.
    var suspendedCount: Int { local.perform { suspendedPublishes.count } }

    // MARK: Reading

    enum Outcome {
        case message(Message)
        case ended
        /// Once; the next is `ended`.
        case failed
    }

    private enum Taken {
        case batch, nothing, ended, failed
    }

    /// The next message; waits for it.
    func next(isolation: isolated (any Actor)? = #isolation) async -> Outcome {
        guard !isBeingRead.exchange(true, ordering: .acquiring) else {
            preconditionFailure("a subscription is read by one task at a time")
        }
        defer { isBeingRead.store(false, ordering: .releasing) }
        while true {
            if Task.isCancelled { cancel() }
            if isCancelled.load(ordering: .relaxed) { batch.removeAll() }
            if let message = batch.next() { return .message(message) }
            switch takeBatch() {
            case .batch: continue
            case .ended: return .ended
            case .failed: return .failed
            case .nothing: await waitForMessages()
            }
        }
    }

    /// Messages that tell of keys wait for the server's log. Once no more are received nobody is
    /// told when that has come so far.
    private var hasMessages: Bool {
        !outlet.isQueueEmpty && !(outlet.isHeld && state == .receiving)
    }

    private func takeBatch() -> Taken {
        local.perform {
            guard !hasMessages else {
                batch.fill(from: outlet, droppedBefore: droppedCount)
                droppedCount = 0
                leftCount = outlet.deliveredCount
                makeRoom()
                return .batch
            }
            switch state {
            case .receiving: return .nothing
            case .overflown where !didFail:
                didFail = true
                return .failed
            case .finished, .overflown, .cancelled: return .ended
            }
        }
    }

    private func waitForMessages(isolation: isolated (any Actor)? = #isolation) async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let mustWait = local.perform {
                    guard !hasMessages, state == .receiving else { return false }
                    waiter = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }
}
