// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import MartletCommands
import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// A client's socket: reads for its session, writes what is queued in its outlet. Belongs to one
/// loop for life.
///
///     socket ─▶ loop's read buffer ─▶ session ─▶ outlet's queue ─▶ flush ─▶ socket
///                     │    ▲
///                     ▼    │   what is incomplete, or waits behind a parked request
///                   InputBuffer
final class Connection: PollTarget, SessionOwner {
    /// As in Redis: so much may wait to be executed before the client has authenticated.
    private static let unauthenticatedQueryByteCountMax = 1024 * 1024

    unowned(unsafe) let loop: EventLoop
    let descriptor: CInt
    let outlet: Outlet
    private(set) var session: Session!
    private var input = InputBuffer()
    private var interest: Poller.Readiness = .readable
    private(set) var isClosed = false
    /// The other side has ended its input; what it asked for is still answered.
    private var isInputEnded = false
    /// Not read while a mailbox that it publishes to is over its bound.
    private var isThrottled = false
    /// Whether the descriptor is in the loop's epoll set.
    private var isWaitedFor = true
    /// The socket takes no more for now; epoll tells when it does.
    private(set) var isStalled = false
    /// When the queue grew over the soft limit, in seconds since the epoch; 0 if it is below.
    private var softLimitReachedAt = 0

    init(loop: EventLoop, descriptor: CInt, client: AcceptedClient) {
        self.loop = loop
        self.descriptor = descriptor
        outlet = Outlet(shard: loop.shard)
        super.init()
        session = Session(
            context: loop.context, outlet: outlet, record: client.record,
            isLocal: client.isLocal, isAuthenticated: client.isAuthenticated)
        session.owner = self
        outlet.owner = self
    }

    // MARK: Reading

    override func ready(_ readiness: Poller.Readiness) {
        guard !isClosed else { return }
        if readiness.contains(.writable) { flushQueue() }
        guard !isClosed else { return }
        if readiness.contains(.readable), interest.contains(.readable) {
            read()
        } else if !readiness.isDisjoint(with: .failed), !interest.contains(.readable) {
            // Both directions are gone, and nothing is read that would tell. What a throttled
            // publisher has sent before is still to be executed.
            if isThrottled {
                isWaitedFor = false
                loop.poller.remove(descriptor)
            } else {
                close(flushing: false)
            }
        }
    }

    private func read() {
        // A part of a request continues where it lies; otherwise the loop's buffer serves all.
        let usesLoopBuffer = input.isEmpty
        let buffer =
            usesLoopBuffer
            ? loop.readBuffer : input.room(knownByteCount: session.knownRequestByteCount)
        switch Socket.receive(descriptor, into: buffer) {
        case .wouldBlock:
            return
        case .failed:
            close(flushing: false)
        case .end:
            isInputEnded = true
            // The replies to what came before are still to be sent, if need be after a pause.
            // But nothing is taken from a key any more for a client that waits for one.
            if !session.isParked || session.isBlocked { close(flushing: true) }
            updateInterest()
        case .bytes(let count):
            loop.shard.statistics.inputByteCount.add(count)
            loop.context.refreshConfiguration()
            // What was published before this was sent comes before its reply. Other work that was
            // posted waits for the end of the turn: it may resume or end this very connection.
            loop.shard.drainDeliveries()
            if usesLoopBuffer {
                let bytes = UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(buffer)[..<count])
                let taken = session.receive(bytes)
                if taken < count, !session.isEnding {
                    input.append(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
                }
            } else {
                input.didReceive(count)
                input.removeFirst(session.receive(input.bytes))
            }
            didExecute()
        }
    }

    /// Goes on with what lay behind a parked request.
    func resume() {
        guard !isClosed else { return }
        if !input.isEmpty { input.removeFirst(session.receive(input.bytes)) }
        didExecute()
        if isInputEnded, !session.isParked, !isClosed { endAfterReplies() }
    }

    private func didExecute() {
        guard !isClosed else { return }
        recordInput()
        if session.isEnding {
            endAfterReplies()
        } else if isOverQueryLimit {
            loop.log(
                .warning, "Closing client that reached max query buffer length: \(description)")
            loop.shard.statistics.clientsClosedByQueryLimit.add(1)
            return close(flushing: false)
        } else if loop.mustThrottlePublishers {
            isThrottled = true
            loop.throttle(self)
        }
        updateInterest()
        loop.flushSoon(self)
    }

    /// What waits to be executed counts, in the buffer and in a transaction. Before the client has
    /// authenticated the limit is low.
    private var isOverQueryLimit: Bool {
        let held = input.count + session.queuedByteCount
        return held > loop.context.queryByteCountMax
            || held > Self.unauthenticatedQueryByteCountMax && session.isAuthenticationRequired
    }

    private func recordInput() {
        session.record.queryByteCount.store(input.count, ordering: .relaxed)
        session.record.queryFreeByteCount.store(input.freeByteCount, ordering: .relaxed)
    }

    /// Reads again after the mailboxes have been emptied.
    func endThrottling() {
        isThrottled = false
        guard !isClosed else { return }
        if isWaitedFor {
            updateInterest()
        } else {
            isWaitedFor = true
            interest = .readable
            do throws(SystemError) {
                try loop.poller.add(descriptor, self, for: interest)
            } catch {
                close(flushing: false)
            }
        }
    }

    // MARK: Writing

    func flush() {
        guard !isClosed else { return }
        if isStalled {
            enforceOutputLimit()
        } else {
            flushQueue()
        }
    }

    private func flushQueue() {
        guard !outlet.isHeld else { return flushReleased() }
        while !outlet.isQueueEmpty {
            let attempted: Int
            let transfer: Socket.Transfer
            if let slice = outlet.onlyQueuedSlice {
                attempted = slice.count
                transfer = Socket.send(descriptor, slice.bytes)
            } else {
                (attempted, transfer) = loop.gatherer.send(outlet.queue, to: descriptor)
            }
            guard didSend(transfer, of: attempted) else { return }
        }
        softLimitReachedAt = 0
        if session.isEnding { return close(flushing: false) }
        setStalled(false)
    }

    /// Sends what the log has come far enough for. The shard has the rest flushed when its time has
    /// come.
    private func flushReleased() {
        while outlet.hasReleased {
            let (attempted, transfer) = loop.gatherer.send(
                outlet.releasedQueue, to: descriptor)
            guard didSend(transfer, of: attempted) else { return }
        }
        setStalled(false)
        outlet.markDirty()
    }

    /// - Returns: false if the socket takes no more.
    @inline(__always)
    private func didSend(_ transfer: Socket.Transfer, of attempted: Int) -> Bool {
        switch transfer {
        case .bytes(let count):
            loop.shard.statistics.outputByteCount.add(count)
            outlet.removeSent(count)
            if count == attempted { return true }
            stall()
        case .wouldBlock:
            stall()
        case .end, .failed:
            close(flushing: false)
        }
        return false
    }

    /// Waits until the socket takes more.
    private func stall() {
        setStalled(true)
        enforceOutputLimit()
    }

    private func setStalled(_ stalled: Bool) {
        guard stalled != isStalled else { return }
        isStalled = stalled
        loop.stalledCount += stalled ? 1 : -1
        if !stalled { recordOutput() }
        updateInterest()
    }

    /// Closes the client if more is queued than its class may have
    /// (`client-output-buffer-limit`).
    func enforceOutputLimit() {
        guard !isClosed else { return }
        outlet.queue.releaseSharedMemory()
        recordOutput()
        let limits = loop.context.configuration.clientOutputBufferLimits
        let limit = isSubscriber ? limits.pubsub : limits.normal
        let queued = outlet.queue.byteCount
        if limit.hardByteCount > 0, queued >= limit.hardByteCount { return closeOverLimit() }
        guard limit.softByteCount > 0, queued >= limit.softByteCount else {
            softLimitReachedAt = 0
            return
        }
        let now = loop.context.now / 1_000_000
        if softLimitReachedAt == 0 {
            softLimitReachedAt = now
        } else if now - softLimitReachedAt > limit.softSeconds {
            closeOverLimit()
        }
    }

    private func closeOverLimit() {
        loop.shard.statistics.clientsClosedByOutputLimit.add(1)
        loop.log(
            .warning,
            "Client \(description) closed for overcoming of output buffer limits "
                + "(\(outlet.queue.byteCount) bytes queued).")
        close(flushing: false)
    }

    private func recordOutput() {
        session.record.outputByteCount.store(outlet.queue.byteCount, ordering: .relaxed)
        session.record.outputSliceCount.store(outlet.queue.sliceCount, ordering: .relaxed)
    }

    // MARK: Ending

    func close(flushing: Bool) {
        guard !isClosed else { return }
        if flushing, !outlet.isQueueEmpty { return endAfterReplies() }
        isClosed = true
        if isStalled { loop.stalledCount -= 1 }
        loop.poller.remove(descriptor)
        session.end()
        Glibc.close(descriptor)
        loop.didClose(self)
    }

    private func endAfterReplies() {
        session.endAfterReplies()
        input.removeFirst(input.count)
        updateInterest()
        // The flush closes, now or when the last byte has gone.
        outlet.markDirty()
        loop.flushSoon(self)
    }

    /// Closes the client if it has been silent for longer than `timeout`.
    func closeIfIdle(at now: Int, timeout: Int) {
        guard !isSubscriber, !session.isParked else { return }
        guard now - session.record.lastInteractionTime > timeout else { return }
        loop.log(.verbose, "Closing idle client \(description)")
        close(flushing: false)
    }

    private func updateInterest() {
        var wanted: Poller.Readiness = []
        if !session.isEnding, !isInputEnded, !isThrottled { wanted.insert(.readable) }
        if isStalled { wanted.insert(.writable) }
        guard wanted != interest, !isClosed, isWaitedFor else { return }
        interest = wanted
        loop.poller.modify(descriptor, self, for: wanted)
    }

    /// Whether it belongs to the class `pubsub` of `client-output-buffer-limit`.
    private var isSubscriber: Bool { outlet.hasPubSubSubscriptions }

    private var description: String {
        "id=\(session.record.id) addr=\(session.record.address)"
    }
}
