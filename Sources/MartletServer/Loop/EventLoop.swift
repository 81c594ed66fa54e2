// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// An event loop is a serial queue with one source over a private epoll set
//
// libdispatch waits with one epoll set for the whole process, 16 events at a time, and re-arms
// each descriptor after each event. So the descriptors of a loop are in a set of its own, and
// Dispatch watches only whether that set is ready. Then the loop runs on its queue, turn by turn:
//
//   wait ─▶ for each that is ready: read, deliver what is in the mailbox, execute
//        ─▶ do the other work in the mailbox ─▶ flush ─▶ wait …
//
// When a turn finds nothing to do the loop stays in its wait for a moment before it gives the
// thread back: a busy loop pays no hand-over, an idle one takes no CPU. Nothing else runs on the
// queue meanwhile; whoever wants something of a loop posts to its mailbox, whose wake-up is in
// the set.
//
// Writing is where the time goes, and a write of many messages costs little more than a write of
// one. A turn therefore flushes only some of the connections that messages wait for, and looks
// for new input before it goes on with the others, whose share grows meanwhile. Those that
// wait longest come first, and each turn reads a bounded amount.

import CSystem
import Dispatch
import Logging
import MartletCommands
import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// Confined to its queue, apart from what is marked otherwise.
final class EventLoop: @unchecked Sendable {
    /// How long a loop without work keeps its thread. Well beyond the kernel's tick: a wait of one
    /// millisecond has a timer programmed each time, which cost a quarter of a round trip.
    private static let idleWaitMilliseconds: CInt = 50
    /// Connections are read in pieces of this size, in bytes.
    private static let readByteCount = 64 * 1024
    /// A turn flushes so many connections at the least …
    private static let flushCountMin = 16
    /// … and one in so many of those that wait.
    private static let flushShare = 8

    let shard: Shard
    let context: ShardContext
    let poller: Poller
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: readByteCount, alignment: 4096)
    let gatherer = Gatherer()
    /// Connections whose sockets take no more for now.
    var stalledCount = 0 {
        didSet { hasStalled.store(stalledCount > 0, ordering: .relaxed) }
    }
    private let hasStalled = Atomic(false)
    /// Connections that were given to this loop and have not ended. May be read from any thread.
    let connectionCount = Atomic(0)
    /// Whether `tick` has anything to do. May be read from any thread.
    var needsTicks: Bool {
        hasStalled.load(ordering: .relaxed)
            || context.server.configuration.configuration.timeout > 0
    }

    /// Whether there are other loops, to whose mailboxes this one posts.
    private let hasOthers: Bool
    private let queue: DispatchQueue
    /// Since `start`.
    private var source: (any DispatchSourceRead)?
    private let wakeup: Wakeup
    private let logger: Logger
    /// Called for each connection that ends; from the loop's queue.
    private let connectionDidClose: @Sendable () -> Void
    private var connections: [CInt: Connection] = [:]
    /// Closed connections that a list of this turn may still name.
    private var closed: [Connection] = []
    /// Connections that executed something in this turn.
    private var executed: [Connection] = []
    private var throttled: [Connection] = []
    private var isShuttingDown = false

    init(
        shard: Shard, context: ShardContext, wakeup: Wakeup, logger: Logger,
        connectionDidClose: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        self.shard = shard
        self.context = context
        self.wakeup = wakeup
        self.logger = logger
        self.connectionDidClose = connectionDidClose
        hasOthers = context.broker.shards.count > 1
        poller = try Poller()
        queue = DispatchQueue(label: "martlet.loop.\(shard.index)", qos: .userInitiated)
        try poller.add(wakeup.descriptor, wakeup, for: .readable)
    }

    deinit {
        readBuffer.deallocate()
    }

    /// Starts to wait for events. Called once.
    func start() {
        let source = DispatchSource.makeReadSource(
            fileDescriptor: poller.descriptor, queue: queue)
        source.setEventHandler { [unowned self] in run() }
        self.source = source
        source.activate()
    }

    private func run() {
        while turn() {}
    }

    // MARK: A turn

    /// - Returns: false if there was nothing to do, and the thread is given back.
    private func turn() -> Bool {
        let mustWait = !hasWork && shard.mailbox.prepareToSleep()
        let eventCount = poller.wait(
            milliseconds: mustWait ? Self.idleWaitMilliseconds : 0
        ) {
            if mustWait { shard.mailbox.didWakeUp() }
            context.now = context.server.clock.wall()
        }
        if eventCount == 0, mustWait {
            // Still marked as asleep: a post makes the set ready, and that starts the source.
            context.reply.trim()
            shard.frames.trim()
            return false
        }
        shard.statistics.eventLoopTurns.add(1)
        shard.drainMailbox()
        shard.commit()
        flush()
        shard.awaitRelease()
        endThrottling()
        context.reply.turnEnded()
        shard.frames.reuseIfUnshared()
        if !closed.isEmpty { closed.removeAll { !$0.outlet.isDirty } }
        return true
    }

    private var hasWork: Bool {
        shard.dirtyCount > 0 || !throttled.isEmpty || !shard.mailbox.isEmpty
    }

    /// Has a connection that executed something flushed at the end of the turn.
    func flushSoon(_ connection: Connection) {
        executed.append(connection)
    }

    private func flush() {
        let limit = max(Self.flushCountMin, shard.dirtyCount / Self.flushShare)
        // Those who asked get their replies in any case.
        if !executed.isEmpty {
            for connection in executed { connection.flush() }
            executed.removeAll(keepingCapacity: true)
        }
        if shard.dirtyCount > 0 { shard.flush(atMost: limit) }
    }

    // MARK: Back-pressure

    /// Whether a mailbox that this loop posts to is over its bound (`mailbox-limit`).
    var mustThrottlePublishers: Bool {
        guard hasOthers else { return false }
        let limit = context.mailboxByteCountMax
        return context.broker.shards.contains { $0 !== shard && $0.mailbox.byteCount > limit }
    }

    /// Leaves a connection unread until the mailboxes are below their bound again.
    func throttle(_ connection: Connection) {
        throttled.append(connection)
    }

    private func endThrottling() {
        guard !throttled.isEmpty, !mustThrottlePublishers else { return }
        for connection in throttled { connection.endThrottling() }
        throttled.removeAll()
    }

    // MARK: Connections

    /// Takes over an accepted socket. Called on the loop's queue.
    func adopt(descriptor: CInt, _ client: AcceptedClient) {
        let connection = Connection(loop: self, descriptor: descriptor, client: client)
        shard.statistics.connectionsReceived.add(1)
        do throws(SystemError) {
            try poller.add(descriptor, connection, for: .readable)
            connections[descriptor] = connection
            if isShuttingDown { connection.close(flushing: false) }
        } catch {
            log(.warning, "Cannot wait for a client: \(error)")
            connections[descriptor] = connection
            connection.close(flushing: false)
        }
    }

    func didClose(_ connection: Connection) {
        // In this order: the poller, whose event may be under way, does not hold the connection.
        closed.append(connection)
        connections[connection.descriptor] = nil
        connectionCount.subtract(1, ordering: .relaxed)
        connectionDidClose()
        stopIfDone()
    }

    /// Once a second while something needs it: limits that run out without any event.
    func tick() {
        context.now = context.server.clock.wall()
        context.refreshConfiguration()
        let timeout = context.configuration.timeout
        guard stalledCount > 0 || timeout > 0 else { return }
        for connection in Array(connections.values) {
            if connection.isStalled { connection.enforceOutputLimit() }
            if timeout > 0, !connection.isClosed {
                connection.closeIfIdle(at: context.now / 1_000_000, timeout: timeout)
            }
        }
    }

    /// Reads no more, sends what is queued, and closes each connection when all of it has gone.
    ///
    /// - Parameter completion: called when the last one is closed; the loop is stopped then.
    func shutDown(_ completion: @escaping @Sendable () -> Void) {
        source?.setCancelHandler(handler: completion)
        isShuttingDown = true
        for connection in Array(connections.values) { connection.close(flushing: true) }
        stopIfDone()
    }

    private func stopIfDone() {
        if isShuttingDown, connections.isEmpty { source?.cancel() }
    }

    // MARK: Logging

    func log(_ level: LogLevel, _ message: String) {
        logger.log(level: level.loggerLevel, "\(message)")
    }
}
