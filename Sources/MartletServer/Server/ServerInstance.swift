// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Dispatch
import Glibc
import Logging
import Martlet
import MartletCommands
import MartletConfiguration
import MartletCore
import Synchronization

#if Scripting
    import MartletScripting
#endif

/// What a `Server` is made of: the loops, the sockets, the log, and their beginning and end.
final class ServerInstance: @unchecked Sendable {
    typealias StartError = Server.StartError

    /// So many connections go to one loop before the next gets any.
    private static let connectionsTogether = 16

    let logger: Logger
    let context: ServerContext
    private(set) var loops: [EventLoop] = []
    let timers: DispatchQueue
    let persistence: Persistence
    let startingConfigurationFile: String
    /// The broker of the program, if it has one that others use too. It has loaded its log, and
    /// closes it.
    private let broker: Martlet.Broker?
    private var ticker: (any DispatchSourceTimer)?
    private(set) var listeners: Listeners!
    /// Accepted and not closed.
    private let connectionCount = Atomic(0)
    private let isStopping = Atomic(false)

    private struct End {
        var hasEnded = false
        /// Why the server ended by itself, once it has.
        var failureReason: String?
        var observers: [@Sendable (Result<Void, StartError>) -> Void] = []

        var result: Result<Void, StartError> {
            failureReason.map { .failure(StartError(description: $0)) } ?? .success(())
        }
    }

    private let end = Mutex(End())

    /// One for every two hardware threads. They are what the system counts, and two of them often
    /// share a core: there a second loop was found to add little, and to halve the number of
    /// messages that each write carries. The rest is for the kernel's part, the log and clients.
    private static var loopCountByDefault: Int { Martlet.Broker.eventLoopCountDefault }

    /// One of its own.
    ///
    /// - Parameter configurationFile: where CONFIG REWRITE writes; empty for nowhere.
    convenience init(
        _ configuration: Configuration, configurationFile: String, logger: Logger
    ) throws {
        let count =
            configuration.ioThreads > 0 ? configuration.ioThreads : Self.loopCountByDefault
        let wakeups = try (0..<count).map { _ in try Wakeup() }
        let shards = wakeups.enumerated().map { index, wakeup in
            Shard(index: index) { wakeup.signal() }
        }
        let (slowWork, timers) = (
            DispatchQueue(label: "martlet.slow"), DispatchQueue(label: "martlet.timers")
        )
        let releases = DispatchQueue(label: "martlet.release", qos: .utility)
        let context = ServerContext(
            broker: MartletCore.Broker(shards: shards), configuration: configuration,
            clock: .system, commands: Self.commands,
            executor: { slowWork.async(execute: $0) },
            releaser: { releases.async(execute: $0) },
            timer: { delay, work in
                timers.asyncAfter(deadline: .now() + .milliseconds(delay)) {
                    shards[0].mailbox.post { _ in work() }
                }
            })
        context.start()
        let persistence = Persistence(context: context, logger: logger)
        context.log = persistence
        try self.init(
            context, persistence, shards, wakeups, timers: timers,
            configurationFile: configurationFile, logger: logger)
    }

    /// One for a broker of the program.
    convenience init(
        _ broker: Martlet.Broker, _ configuration: Configuration, logger: Logger
    ) throws {
        let count = broker.eventLoopShards.count
        guard [0, count].contains(configuration.ioThreads) else {
            throw StartError(
                description: "io-threads is \(configuration.ioThreads), but the broker was made "
                    + "for \(count): eventLoopCount says how many")
        }
        let wakeups = try (0..<count).map { _ in try Wakeup() }
        guard broker.connect(wakeUps: wakeups.map { wakeup in { wakeup.signal() } }) else {
            throw StartError(description: "the broker has a server already")
        }
        broker.context.adopt(configuration)
        try self.init(
            broker.context, broker.persistence, broker.eventLoopShards, wakeups,
            timers: DispatchQueue(label: "martlet.timers"), broker: broker, logger: logger)
    }

    private init(
        _ context: ServerContext, _ persistence: Persistence, _ shards: [Shard],
        _ wakeups: [Wakeup], timers: DispatchQueue, broker: Martlet.Broker? = nil,
        configurationFile: String = "", logger: Logger
    ) throws {
        self.logger = logger
        self.context = context
        self.persistence = persistence
        self.timers = timers
        self.broker = broker
        startingConfigurationFile = configurationFile
        context.connect(self)
        loops = try shards.enumerated().map { index, shard in
            try EventLoop(
                shard: shard, context: context.shardContexts[index], wakeup: wakeups[index],
                logger: logger
            ) { [unowned self] in
                connectionCount.subtract(1, ordering: .relaxed)
            }
        }
        listeners = Listeners { [unowned self] descriptor, endpoint in
            Listener(
                descriptor: descriptor, endpoint: endpoint, loop: loops[0],
                accepted: { [unowned self] in accept($0, from: $1) },
                rest: { [unowned self] milliseconds, listener in
                    schedule(afterMilliseconds: milliseconds, on: loops[0].shard) { _ in
                        listener.endRest()
                    }
                })
        }
    }

    private static var commands: [CommandDescriptor] {
        #if Scripting
            CommandFamilies.all + ScriptCommands().descriptors
        #else
            CommandFamilies.all
        #endif
    }

    /// See `Server.start`, as for the others.
    func start() throws(StartError) -> [String] {
        let configuration = context.configuration.configuration
        raiseDescriptorLimit(configuration)
        let endpoints: [Endpoint]
        do throws(Listeners.Failure) {
            endpoints = try listeners.change(to: configuration)
        } catch {
            throw StartError(description: error.message)
        }
        // A broker of the program has its keys already.
        if broker == nil {
            persistence.start(configuration) { [weak self] failure in
                guard let self, let failure else { return }
                end.withLock { $0.failureReason = failure }
                stop()
            }
        }
        for loop in loops { loop.start() }
        startTicker()
        return endpoints.map(\.description)
    }

    /// Has `body` called, on any thread, when the server has stopped.
    func whenStopped(_ body: @escaping @Sendable (Result<Void, StartError>) -> Void) {
        let result: Result<Void, StartError>? = end.withLock { end in
            if !end.hasEnded { end.observers.append(body) }
            return end.hasEnded ? end.result : nil
        }
        if let result { body(result) }
    }

    private func didStop() {
        let (observers, result) = end.withLock { end in
            end.hasEnded = true
            defer { end.observers = [] }
            return (end.observers, end.result)
        }
        for observer in observers { observer(result) }
    }

    func stop() {
        guard !isStopping.exchange(true, ordering: .relaxed) else { return }
        ticker?.cancel()
        listeners.end()
        let configuration = context.configuration.configuration
        let group = DispatchGroup()
        for loop in loops {
            group.enter()
            loop.shard.mailbox.post { _ in
                loop.shutDown { group.leave() }
            }
        }
        let deadline = DispatchTime.now() + .seconds(configuration.shutdownTimeout)
        let logDeadline = ContinuousClock.now + .seconds(configuration.shutdownTimeout + 1)
        timers.async { [self] in
            if group.wait(timeout: deadline) == .timedOut {
                logger.warning("Some clients did not take what was queued for them in time")
            }
            if broker == nil {
                persistence.close(deadline: logDeadline)
            }
            if !configuration.unixsocket.isEmpty { unlink(configuration.unixsocket) }
            didStop()
        }
    }

    // MARK: Accepting

    /// Called on the first loop.
    private func accept(_ descriptor: CInt, from peer: PeerAddress) {
        loops[0].context.refreshConfiguration()
        let configuration = loops[0].context.configuration
        let count = connectionCount.add(1, ordering: .relaxed).newValue
        if count > configuration.maxclients {
            context.rejectedConnections.add(1, ordering: .relaxed)
            return refuse(descriptor, "-ERR max number of clients reached\r\n")
        }
        if configuration.protectedMode, configuration.requirepass.isEmpty, !peer.isLocal {
            context.rejectedConnections.add(1, ordering: .relaxed)
            return refuse(descriptor, Self.protectedModeRefusal)
        }
        if !peer.isUnixSocket {
            Socket.prepareTCP(descriptor, keepaliveSeconds: configuration.tcpKeepalive)
        }
        let unixPath = configuration.unixsocket
        let loop = loopForNextConnection()
        loop.connectionCount.add(1, ordering: .relaxed)
        let record = ClientRecord(
            id: context.clients.nextID(), address: peer.text(unixPath: unixPath),
            localAddress: PeerAddress.local(of: descriptor).text(unixPath: unixPath),
            descriptor: descriptor, shardIndex: loop.shard.index,
            isUnixSocket: peer.isUnixSocket, now: context.clock.wall() / 1_000_000)
        let client = AcceptedClient(
            record: record, isLocal: peer.isLocal,
            isAuthenticated: configuration.requirepass.isEmpty)
        if loop === loops[0] {
            loop.adopt(descriptor: descriptor, client)
        } else {
            loop.shard.mailbox.post { _ in loop.adopt(descriptor: descriptor, client) }
        }
    }

    private func refuse(_ descriptor: CInt, _ error: String) {
        connectionCount.subtract(1, ordering: .relaxed)
        var error = error
        error.withUTF8 { _ = Socket.send(descriptor, UnsafeRawBufferPointer($0)) }
        close(descriptor)
    }

    /// Which loop takes the next connection: the first that has only few, otherwise the one that
    /// has the fewest.
    ///
    /// A handful of connections together on a loop need no wake-ups of others, and their requests
    /// are executed in the order in which they came, as a program expects that publishes before
    /// its SUBSCRIBE on another connection is confirmed.
    private func loopForNextConnection() -> EventLoop {
        loops.first { $0.connectionCount.load(ordering: .relaxed) < Self.connectionsTogether }
            ?? loops.min {
                $0.connectionCount.load(ordering: .relaxed)
                    < $1.connectionCount.load(ordering: .relaxed)
            }!
    }

    /// The text of Redis 7 (networking.c).
    private static let protectedModeRefusal =
        "-DENIED Redis is running in protected mode because protected mode is enabled and no "
        + "password is set for the default user. In this mode connections are only accepted from "
        + "the loopback interface. If you want to connect from external computers to Redis you "
        + "may adopt one of the following solutions: 1) Just disable protected mode sending the "
        + "command 'CONFIG SET protected-mode no' from the loopback interface by connecting to "
        + "Redis from the same host the server is running, however MAKE SURE Redis is not "
        + "publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change "
        + "permanent. 2) Alternatively you can just disable the protected mode by editing the "
        + "Redis configuration file, and setting the protected mode option to 'no', and then "
        + "restarting the server. 3) If you started the server manually just for testing, restart "
        + "it with the '--protected-mode no' option. 4) Setup a an authentication password for "
        + "the default user. NOTE: You only need to do one of the above things in order for the "
        + "server to start accepting connections from the outside.\r\n"

    // MARK: Time

    /// Ten times a second the totals are sampled for INFO; once a second the loops look after
    /// what runs out without an event. A server that does nothing is left alone but once a second.
    private func startTicker() {
        let ticker = DispatchSource.makeTimerSource(queue: timers)
        let often = DispatchTimeInterval.milliseconds(100)
        let seldom = DispatchTimeInterval.seconds(1)
        ticker.schedule(deadline: .now(), repeating: often, leeway: .milliseconds(20))
        var lastTotals: [Int] = []
        var unchangedCount = 0
        var ticksAt = DispatchTime.now()
        ticker.setEventHandler { [unowned self] in
            let totals = [
                context.sum { $0.commandsProcessed.current },
                context.sum { $0.inputByteCount.current },
                context.sum { $0.outputByteCount.current },
            ]
            context.rates.sample(totals, at: context.clock.wall())
            let wasIdle = unchangedCount >= Rates.sampleCount
            unchangedCount = totals == lastTotals ? unchangedCount + 1 : 0
            lastTotals = totals
            let isIdle = unchangedCount >= Rates.sampleCount
            if isIdle != wasIdle {
                let interval = isIdle ? seldom : often
                self.ticker?.schedule(
                    deadline: .now() + interval, repeating: interval,
                    leeway: .milliseconds(isIdle ? 200 : 20))
            }
            guard isIdle || DispatchTime.now() >= ticksAt else { return }
            ticksAt = .now() + seldom
            persistence.tick()
            for loop in loops where loop.needsTicks {
                loop.shard.mailbox.post { _ in loop.tick() }
            }
        }
        ticker.activate()
        self.ticker = ticker
    }
}

/// A client on its way from the listener to its loop, by the settings at the time it came.
struct AcceptedClient: Sendable {
    let record: ClientRecord
    /// Whether it came over loopback or a Unix socket.
    let isLocal: Bool
    /// Whether no password was asked for.
    let isAuthenticated: Bool
}
