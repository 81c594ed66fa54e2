// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// What all clients of a server share, whichever loop they belong to.
package final class ServerContext: @unchecked Sendable {
    package let broker: Broker
    package let commands: CommandTable
    /// Touched only by who has entered the gate.
    let keyspace: Keyspace
    package let gate: KeyspaceGate
    package let writeConditions = WriteConditions()
    /// What commands on keys are answered while the gate is busy.
    let busyError = Mutex(ReplyError.busy)
    /// By `Command.index`, as CLIENT LIST shows them.
    let commandNames: [String]
    package let clients = ClientRegistry()
    package let configuration: ConfigurationStore
    package let slowlog = Slowlog()
    package let pause = ClientPause()
    package let errorStatistics = ErrorStatistics()
    package let clock: Clock
    /// 40 hexadecimal digits, another one for each start (INFO run_id).
    package let runID: String
    /// Microseconds since the epoch.
    package let startedAt: Int
    package let rates = Rates()
    package let rejectedConnections = Atomic(0)
    /// The log, or nothing that has one. Set once, before the first client.
    package weak var log: (any LogHost)?
    /// When a client was last found to speak HTTP, in seconds since the epoch.
    let lastSecurityWarning = Atomic(0)

    /// Calls something after so many milliseconds, on any thread.
    package typealias Timer =
        @Sendable (_ milliseconds: Int, _ work: @escaping @Sendable () -> Void) -> Void

    package let timer: Timer
    /// Set once, before the first client.
    package private(set) weak var host: (any ServerHost)?
    /// One for each shard, set once, before the first client. What is confined to a shard is
    /// touched by work that runs there alone.
    package private(set) var shardContexts: [ShardContext] = []
    /// What the holder of the gate works with for others: waiting clients, timers, slow commands.
    var gateContext: KeyContext { ownKeyContext.unsafelyUnwrapped }
    /// Since `init`.
    private var ownKeyContext: KeyContext?

    /// - Parameters:
    ///   - executor: runs slow commands, beside the loops.
    ///   - releaser: releases memory, beside those.
    ///   - timer: for what the keyspace has to do in time.
    package init(
        broker: Broker, configuration: Configuration, clock: Clock,
        commands descriptors: [CommandDescriptor] = CommandFamilies.all,
        executor: @escaping KeyspaceGate.Executor, releaser: @escaping KeyspaceGate.Executor,
        timer: @escaping Timer
    ) {
        self.broker = broker
        self.configuration = ConfigurationStore(configuration)
        self.clock = clock
        self.timer = timer
        commands = CommandTable(descriptors)
        keyspace = Keyspace(databaseCount: configuration.databases)
        gate = KeyspaceGate(keyspace, executor: executor, releaser: releaser)
        commandNames = Self.names(of: commands)
        startedAt = clock.wall()
        var generator = SystemRandomNumberGenerator()
        runID = (0..<40).map { _ in
            String(Int.random(in: 0..<16, using: &generator), radix: 16)
        }.joined()
        // Its shard publishes, and never receives.
        ownKeyContext = KeyContext(
            server: self, shard: Shard(index: broker.shards.count, wake: {}), reply: ReplyWriter())
    }

    /// Makes ready for sessions, and for calls of the program itself.
    package func start() {
        precondition(shardContexts.isEmpty)
        applyKeyspaceSettings(configuration.configuration)
        shardContexts = broker.shards.map { ShardContext(server: self, shard: $0) }
    }

    /// Gives clients a process to ask things of. Called before the first of them.
    package func connect(_ host: any ServerHost) {
        self.host = host
    }

    /// Takes over the settings of a server that is made for a context in use.
    package func adopt(_ settings: Configuration) {
        configuration.change { $0 = settings }
        applyKeyspaceSettings(settings)
    }

    private static func names(of commands: CommandTable) -> [String] {
        var names = [String](repeating: "", count: commands.commandCount)
        for command in commands.commands {
            names[command.index] = command.fullName
            for subcommand in command.subcommands { names[subcommand.index] = subcommand.fullName }
        }
        return names
    }

    /// The sum of what all shards counted.
    package func sum(_ counter: (borrowing ShardStatistics) -> Int) -> Int {
        broker.shards.reduce(0) { $0 + counter($1.statistics) }
    }
}

/// The settings in force. Loops hold a copy and take a new one when the generation says so.
package final class ConfigurationStore: Sendable {
    private let current: Mutex<Configuration>
    private let changes = Atomic(0)

    init(_ configuration: Configuration) {
        current = Mutex(configuration)
    }

    /// Counts the changes.
    package var generation: Int { changes.load(ordering: .acquiring) }

    package var configuration: Configuration { current.withLock { $0 } }

    /// Changes the settings; the whole of `body` is one step for everybody else.
    func change<Result, Failure: Error>(
        _ body: (inout Configuration) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try current.withLock { configuration throws(Failure) in
            defer { changes.add(1, ordering: .releasing) }
            return try body(&configuration)
        }
    }
}
