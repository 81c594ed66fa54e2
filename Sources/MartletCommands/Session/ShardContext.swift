// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// What the clients of one shard share: the memory to parse and to reply with, the settings, the
/// time. Confined to its shard.
package final class ShardContext: @unchecked Sendable {
    package unowned(unsafe) let server: ServerContext
    // Looked at for each request: kept here, where no reference to the server is taken for them.
    let commands: CommandTable
    let clock: Clock
    let pause: ClientPause
    package let broker: Broker
    package let shard: Shard
    package let reply = ReplyWriter()
    let scratch = RequestScratch()
    /// By client id.
    package private(set) var sessions: [Int: Session] = [:]
    /// The clients that CLIENT PAUSE holds up; some may be gone.
    private var pausedClients: [Int] = []
    private var currentConfiguration: Configuration
    private var configurationGeneration: Int
    /// What every request asks of the settings.
    @exclusivity(unchecked) private(set) var bulkByteCountMax = 0
    @exclusivity(unchecked) private(set) var asksForPassword = false
    @exclusivity(unchecked) private(set) var slowlogNanoseconds = 0
    @exclusivity(unchecked) package private(set) var queryByteCountMax = 0
    @exclusivity(unchecked) package private(set) var mailboxByteCountMax = 0
    /// By `Command.index`.
    let commandStatistics: CommandStatisticsTable
    @exclusivity(unchecked) private var turnBegan: Int
    /// What the shard's commands on keys work with, while it holds the keyspace.
    let keyContext: KeyContext
    // How the shard comes to the keyspace, see Session+Keys.
    @exclusivity(unchecked) var holdsKeyspace = false
    /// Whether the shard stays in the gate between sessions.
    @exclusivity(unchecked) var keepsKeyspace = false
    /// Commands executed since the gate was entered.
    @exclusivity(unchecked) var keyCommandCount = 0
    /// Whether the gate will tell the shard when it may enter.
    var isTold = false
    /// The clients that wait for the keyspace, in the order in which they came; some may be gone.
    var waitingForKeyspace: [Int] = []
    /// When the last command ended, by the monotonic clock: when the next one begins.
    @exclusivity(unchecked) var commandBegan: UInt64 = 0
    // The run of quick commands under way, see ShardContext+Timing.
    @exclusivity(unchecked) var runLength = 0
    @exclusivity(unchecked) var runIndex = 0
    /// Whether the command under way took its time although it is called fast.
    @exclusivity(unchecked) var reachedMany = false
    /// Microseconds since the epoch, as of the turn's start.
    package var now: Int {
        get { turnBegan }
        set { turnBegan = newValue }
    }

    package var configuration: Configuration { currentConfiguration }

    init(server: ServerContext, shard: Shard) {
        self.server = server
        broker = server.broker
        self.shard = shard
        keyContext = KeyContext(server: server, shard: shard, reply: reply)
        configurationGeneration = server.configuration.generation
        currentConfiguration = server.configuration.configuration
        commandStatistics = CommandStatisticsTable(count: server.commands.commandCount)
        commands = server.commands
        clock = server.clock
        pause = server.pause
        turnBegan = server.clock.wall()
        reloadConfiguration()
    }

    /// Takes over settings that have been changed. Called after bytes were received and before
    /// they are executed, so that a request sent after CONFIG SET was answered finds its effect.
    @inline(__always)
    package func refreshConfiguration() {
        if server.configuration.generation != configurationGeneration { reloadConfiguration() }
    }

    private func reloadConfiguration() {
        configurationGeneration = server.configuration.generation
        currentConfiguration = server.configuration.configuration
        bulkByteCountMax = currentConfiguration.protoMaxBulkLen
        queryByteCountMax = currentConfiguration.clientQueryBufferLimit
        mailboxByteCountMax = currentConfiguration.mailboxLimit
        asksForPassword = !currentConfiguration.requirepass.isEmpty
        let threshold = currentConfiguration.slowlogLogSlowerThan
        slowlogNanoseconds = threshold < 0 ? .max : threshold.multipliedClamping(by: 1000)
    }

    func insert(_ session: Session) {
        sessions[session.record.id] = session
        server.clients.insert(session.record)
    }

    func remove(_ session: Session) {
        sessions[session.record.id] = nil
        server.clients.remove(session.record)
    }

    /// Ends clients at once; what is queued for them is not sent (CLIENT KILL).
    func kill(_ ids: [Int]) {
        for id in ids {
            guard let session = sessions[id] else { continue }
            session.end()
            session.outlet.owner?.close(flushing: false)
        }
    }

    // MARK: CLIENT PAUSE

    /// Holds a session up until the pause ends.
    func pause(_ session: Session) {
        pausedClients.append(session.record.id)
        session.record.insert(.blocked)
        session.park()
    }

    func resumePausedSessions() {
        let ids = pausedClients
        pausedClients = []
        for id in ids {
            guard let session = sessions[id] else { continue }
            session.record.remove(.blocked)
            session.unpark()
        }
    }
}

/// What INFO commandstats counts for one command.
struct CommandStatistics: ~Copyable, Sendable {
    let calls = Counter()
    let nanoseconds = Counter()
    /// Refused before it ran: wrong arity, not authenticated …
    let rejected = Counter()
    /// Ran and answered with an error.
    let failed = Counter()

    func reset() {
        calls.reset()
        nanoseconds.reset()
        rejected.reset()
        failed.reset()
    }
}

/// The statistics of all commands, by `Command.index`.
final class CommandStatisticsTable: @unchecked Sendable {
    private let first: UnsafeMutablePointer<CommandStatistics>
    private let count: Int

    init(count: Int) {
        self.count = count
        first = .allocate(capacity: count)
        for index in 0..<count { (first + index).initialize(to: CommandStatistics()) }
    }

    deinit {
        first.deinitialize(count: count)
        first.deallocate()
    }

    subscript(index: Int) -> CommandStatistics {
        unsafeAddress {
            precondition(index < count)
            return UnsafePointer(first + index)
        }
    }

    func reset() {
        for index in 0..<count { first[index].reset() }
    }
}

/// What INFO errorstats counts: error replies by their code.
package final class ErrorStatistics: Sendable {
    /// Further codes are not told apart.
    private static let codeCountMax = 128
    private let counts = Mutex<[String: Int]>([:])

    func count(_ code: String) {
        counts.withLock { counts in
            guard counts[code] != nil || counts.count < Self.codeCountMax else { return }
            counts[code, default: 0] += 1
        }
    }

    var all: [(code: String, count: Int)] {
        counts.withLock { counts in counts.sorted { $0.key < $1.key } }
            .map { (code: $0.key, count: $0.value) }
    }

    func reset() {
        counts.withLock { $0 = [:] }
    }
}

/// How much was done of late, for INFO: means over the last sixteen samples.
package final class Rates: Sendable {
    package enum Metric: Int, CaseIterable, Sendable {
        case commands, inputBytes, outputBytes
    }

    private struct State {
        var lastTotals = [Int](repeating: 0, count: Metric.allCases.count)
        var lastTime = 0
        var samples = [[Int]](repeating: [], count: Metric.allCases.count)
        var next = 0
    }

    package static let sampleCount = 16
    private let state = Mutex(State())

    /// Called at regular intervals with the totals at that time, in microseconds.
    package func sample(_ totals: [Int], at time: Int) {
        state.withLock { state in
            let elapsed = max(time - state.lastTime, 1)
            for metric in Metric.allCases {
                let index = metric.rawValue
                let rate = (totals[index] - state.lastTotals[index]) * 1_000_000 / elapsed
                if state.samples[index].count < Self.sampleCount {
                    state.samples[index].append(max(rate, 0))
                } else {
                    state.samples[index][state.next] = max(rate, 0)
                }
            }
            state.lastTotals = totals
            state.lastTime = time
            state.next = (state.next + 1) % Self.sampleCount
        }
    }

    /// Per second.
    func current(_ metric: Metric) -> Int {
        state.withLock { state in
            let samples = state.samples[metric.rawValue]
            return samples.isEmpty ? 0 : samples.reduce(0, +) / samples.count
        }
    }
}

extension Int {
    fileprivate func multipliedClamping(by factor: Int) -> Int {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }
}
