// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import Synchronization

@testable import MartletCommands

/// A server without sockets, loops and threads: what the loops would do is done by hand.
///
/// It and its clients hold each other, so that a test need not keep what it does not mention
/// again; they live until the tests end.
final class TestServer {
    let context: ServerContext
    let host = RecordingHost()
    private let time: ManualTime
    private var clients: [TestClient] = []

    /// A server whose slow commands run at once.
    convenience init(
        shardCount: Int = 1, _ configure: (inout Configuration) -> Void = { _ in }
    ) {
        self.init(shardCount: shardCount, runningSlowWork: { $0() }, configure)
    }

    init(
        shardCount: Int, runningSlowWork executor: @escaping KeyspaceGate.Executor,
        _ configure: (inout Configuration) -> Void = { _ in }
    ) {
        let time = ManualTime()
        self.time = time
        var configuration = Configuration()
        configuration.slowlogLogSlowerThan = -1
        configure(&configuration)
        let shards = (0..<shardCount).map { Shard(index: $0, wake: {}) }
        context = ServerContext(
            broker: Broker(shards: shards), configuration: configuration,
            clock: Clock(
                monotonic: { UInt64(time.microseconds) * 1000 }, wall: { time.microseconds }),
            commands: CommandFamilies.all + WaitCommand.descriptors, executor: executor,
            releaser: executor,
            timer: { [host] delay, work in
                host.schedule(afterMilliseconds: delay, on: shards[0]) { _ in work() }
            })
        context.connect(host)
        context.start()
    }

    func connect(toShard index: Int = 0) -> TestClient {
        refreshTime()
        let client = TestClient(self, context.shardContexts[index], port: 1001 + clients.count)
        clients.append(client)
        return client
    }

    /// Changes settings as CONFIG SET does.
    func configure(_ change: (inout Configuration) -> Void) {
        context.configuration.change { change(&$0) }
    }

    /// What a shard's loop does when it is woken.
    func drain(_ index: Int) {
        context.broker.shards[index].drainMailbox()
    }

    /// Lets the loops go on until none has anything to do.
    func settle() {
        let shards = context.broker.shards
        while shards.contains(where: { !$0.mailbox.isEmpty }) { shards.indices.forEach(drain) }
    }

    /// Lets time pass and the timers fire that are due, without draining the mailboxes that
    /// these post to.
    func advance(milliseconds: Int, firingTimers: Bool = true) {
        time.advance(microseconds: milliseconds * 1000)
        refreshTime()
        if firingTimers { host.advance(milliseconds: milliseconds) }
    }

    private func refreshTime() {
        context.shardContexts.forEach { $0.now = time.microseconds }
    }
}

private final class ManualTime: Sendable {
    private let now = Atomic(1_700_000_000_000_000)

    var microseconds: Int { now.load(ordering: .relaxed) }

    func advance(microseconds: Int) { now.add(microseconds, ordering: .relaxed) }
}

/// Keeps what commands ask of the process.
final class RecordingHost: ServerHost {
    private struct Timer {
        var left: Int
        let shard: Shard
        let work: Mailbox.Work
    }

    private struct State {
        var timers: [Timer] = []
        var log: [String] = []
    }

    private let state = Mutex(State())

    var logged: [String] { state.withLock { $0.log } }

    func advance(milliseconds: Int) {
        let due = state.withLock { state in
            for index in state.timers.indices { state.timers[index].left -= milliseconds }
            defer { state.timers.removeAll { $0.left <= 0 } }
            return state.timers.filter { $0.left <= 0 }
        }
        for timer in due { timer.work(timer.shard) }
    }

    func schedule(
        afterMilliseconds delay: Int, on shard: Shard, _ work: @escaping Mailbox.Work
    ) {
        state.withLock { $0.timers.append(Timer(left: delay, shard: shard, work: work)) }
    }

    func log(_ level: LogLevel, _ message: String) {
        state.withLock { $0.log.append("\(level.rawValue): \(message)") }
    }

    func shutDown() {}
    func apply(_ setting: Setting, of configuration: Configuration) -> String? { nil }
    func rewriteConfigurationFile(_ configuration: Configuration) -> String? { nil }
    /// What `maxmemory` is compared with.
    let allocation = Atomic(0)
    var allocatedByteCount: Int { allocation.load(ordering: .relaxed) }
    var process: ProcessFacts { ProcessFacts() }
}
