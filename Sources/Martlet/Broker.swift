// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import FoundationEssentials
import Logging
import MartletCommands
import MartletConfiguration
import MartletCore
import MartletLog
import RESP
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A message broker in this process.
///
/// ```swift
/// let broker = Broker()
/// let messages = await broker.subscribe(to: "channel1")
/// await broker.publish("hello world", to: "channel1")
/// for await message in messages { print("Received message:", message.text) }
/// ```
///
/// Channels, patterns, order and the number of receivers are those of Redis Pub/Sub: a message
/// goes to those who subscribe when it is published, at most once, and every subscriber of a
/// channel sees the same order. ``stream(_:of:coding:field:)`` and ``queue(_:of:coding:)`` give
/// what is kept until somebody has taken it: in memory, or durable if the broker was made at a
/// directory.
///
/// A `Server` made with this broker lets Redis clients share its channels, streams and queues.
public final class Broker: Sendable {
    let local: LocalShard
    private let eventLoops: EventLoopPlaces
    /// The keys, and the commands on them.
    package let context: ServerContext
    package let persistence: Persistence
    let calls: KeyCalls

    /// A broker in memory.
    ///
    /// - Parameter eventLoopCount: how many event loops a `Server` with this broker runs. Places
    ///   for them are kept from the start, since every message asks who subscribes where; a place
    ///   that is not used costs next to nothing. The default is one for every two hardware
    ///   threads.
    public convenience init(eventLoopCount: Int = Broker.eventLoopCountDefault) {
        var configuration = Configuration()
        configuration.appendonly = false
        self.init(configuration, eventLoopCount: eventLoopCount, logger: Self.silence)
    }

    /// A broker whose streams and queues are kept in a directory, and are as they were.
    ///
    /// The directory has an append-only log as Redis writes it, in `appendonlydir`; it is created
    /// with the first entry. One broker, or server, at a time uses it.
    ///
    /// - Parameters:
    ///   - directory: a path.
    ///   - sync: when what is written is put on the disk.
    ///   - eventLoopCount: as for a broker in memory.
    ///   - logger: gets a line for what an operator should know of the log; nobody does by default.
    /// - Throws: `BrokerError` with the code `unusableLog`.
    public convenience init(
        at directory: String, sync: LogSync = .everySecond,
        eventLoopCount: Int = Broker.eventLoopCountDefault, logger: Logger? = nil
    ) async throws(BrokerError) {
        var configuration = Configuration()
        configuration.dir = Self.absolutePath(directory)
        configuration.appendfsync = sync.setting
        self.init(
            configuration, eventLoopCount: eventLoopCount, logger: logger ?? Self.silence)
        let failure = await withUnsafeContinuation { continuation in
            persistence.start(configuration) { continuation.resume(returning: $0) }
        }
        if let failure { throw BrokerError(.unusableLog, failure) }
        persistence.beginTicking()
    }

    private init(_ configuration: Configuration, eventLoopCount: Int, logger: Logger) {
        precondition(eventLoopCount > 0 && eventLoopCount <= 1024)
        let eventLoops = EventLoopPlaces(count: eventLoopCount)
        let drainer = Drainer()
        // Last: the server finds its loops under the first numbers.
        let shard = Shard(index: eventLoopCount) { drainer.wake() }
        let core = MartletCore.Broker(shards: eventLoops.shards + [shard])
        local = LocalShard(core: core, shard: shard) { drainer.wake() }
        drainer.attach(local)
        self.eventLoops = eventLoops
        let (slowWork, timers) = (
            SerialQueue(label: "martlet.slow"), SerialQueue(label: "martlet.timers")
        )
        let releases = SerialQueue(label: "martlet.release")
        context = ServerContext(
            broker: core, configuration: configuration, clock: .system,
            executor: { slowWork.async($0) },
            releaser: { releases.async($0) },
            timer: { timers.async(after: .milliseconds($0), $1) })
        context.start()
        persistence = Persistence(context: context, logger: logger)
        context.log = persistence
        calls = KeyCalls(context)
    }

    deinit {
        // Every call has been written when it returned; this gives the directory back.
        persistence.close { _ in }
    }

    private static var silence: Logger {
        Logger(label: "martlet") { _ in SwiftLogNoOpLogHandler() }
    }

    private static func absolutePath(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }

    public static var eventLoopCountDefault: Int {
        max(sysconf(CInt(_SC_NPROCESSORS_ONLN)) / 2, 1)
    }

    // MARK: Publishing

    /// Publishes text.
    ///
    /// It has been delivered when this returns, and if it filled a subscriber's buffer whose
    /// policy is to suspend publishers, the subscriber has read it since. A task that is cancelled
    /// does not wait for that.
    ///
    /// - Returns: the number of receivers, in this process and remote, each subscription counted
    ///   as often as it matches (PUBLISH).
    @discardableResult
    public func publish(
        _ payload: String, to channel: String, isolation: isolated (any Actor)? = #isolation
    ) async -> Int {
        var payload = payload
        let outcome = payload.withUTF8 { publishNow(UnsafeRawBufferPointer($0), to: channel) }
        if let suspended = outcome.suspended { await suspended.wait() }
        return outcome.receiverCount
    }

    /// Publishes bytes.
    ///
    /// - Returns: as for text.
    @discardableResult
    public func publish(
        _ payload: some Collection<UInt8>, to channel: String,
        isolation: isolated (any Actor)? = #isolation
    ) async -> Int {
        let outcome =
            payload.withContiguousStorageIfAvailable {
                publishNow(UnsafeRawBufferPointer($0), to: channel)
            } ?? Array(payload).withUnsafeBytes { publishNow($0, to: channel) }
        if let suspended = outcome.suspended { await suspended.wait() }
        return outcome.receiverCount
    }

    /// Publishes a value as JSON; ``Message/decoded(as:by:)`` makes it a value again.
    ///
    /// - Returns: as for text.
    /// - Throws: what the encoder throws; nothing is published then.
    @discardableResult
    public func publish(
        encoding value: some Encodable, to channel: String, by encoder: JSONEncoder = JSONEncoder(),
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> Int {
        await publish(try encoder.encode(value), to: channel)
    }

    private func publishNow(
        _ payload: UnsafeRawBufferPointer, to channel: String
    ) -> (receiverCount: Int, suspended: SuspendedPublish?) {
        precondition(
            payload.count <= MessageFrame.payloadByteCountMax,
            "a message has at most \(MessageFrame.payloadByteCountMax) bytes")
        var channel = channel
        return channel.withUTF8 { channel in
            precondition(channel.count <= Topic.nameByteCountMax, "the channel's name is too long")
            return local.publish(payload, to: UnsafeRawBufferPointer(channel))
        }
    }

    // MARK: Ending

    /// Ends all subscriptions in this process behind the messages that were published before, and
    /// those made from now on at once. Loops over them end when they have read what is buffered.
    /// Nobody waits for streams and queues any more, and calls on them throw.
    public func shutDown() {
        local.shutDown()
        calls.close {}
    }

    /// Shuts the broker down, and returns when everything is on the disk and the directory free
    /// for another broker. Called when its server, if there is one, has stopped.
    ///
    /// - Throws: `BrokerError` with the code `logFailure` if the disk does not work.
    public func close() async throws(BrokerError) {
        local.shutDown()
        let failure = await withUnsafeContinuation { continuation in
            calls.close { [persistence] in
                persistence.close { continuation.resume(returning: $0) }
            }
        }
        if let failure { throw BrokerError(.logFailure, failure) }
    }

    /// How many subscriptions there are in this process.
    public var subscriptionCount: Int { local.subscriptionCount }

    /// How many calls of this process wait for streams and queues.
    public var waitingCallCount: Int { calls.waitingCount.load(ordering: .relaxed) }

    // MARK: With a server

    /// The places kept for event loops.
    package var eventLoopShards: [Shard] { eventLoops.shards }

    /// Gives the places to the event loops of a server.
    ///
    /// - Parameter wakeUps: one for each place.
    /// - Returns: false if another server has them.
    package func connect(wakeUps: [@Sendable () -> Void]) -> Bool {
        eventLoops.take(wakeUps)
    }
}

/// When what is written to the log is put on the disk (`appendfsync`). Whatever it says, a call
/// returns when what it did is written, so that nothing is lost if the process is killed.
public enum LogSync: Sendable {
    /// Before the call returns: a power cut loses nothing either.
    case always
    /// Once a second: a power cut loses two seconds at the most.
    case everySecond
    /// When the system sees fit.
    case never

    var setting: AppendFsync {
        switch self {
        case .always: .always
        case .everySecond: .everysec
        case .never: .no
        }
    }
}

/// The shards that are kept for the event loops of a server, and how to wake them once it is
/// there. What is posted to them before waits.
private final class EventLoopPlaces: Sendable {
    private final class Slot: Sendable {
        let wakeUps = Mutex<[@Sendable () -> Void]?>(nil)
    }

    let shards: [Shard]
    private let slot: Slot

    init(count: Int) {
        let slot = Slot()
        self.slot = slot
        shards = (0..<count).map { index in
            Shard(index: index) { slot.wakeUps.withLock { $0 }?[index]() }
        }
    }

    func take(_ wakeUps: [@Sendable () -> Void]) -> Bool {
        precondition(wakeUps.count == shards.count)
        let isFree = slot.wakeUps.withLock { value in
            guard value == nil else { return false }
            value = wakeUps
            return true
        }
        // For what was posted when there was nobody to wake.
        if isFree { wakeUps.forEach { $0() } }
        return isFree
    }
}

/// Delivers what comes by the local shard's mailbox, where that may take time.
private final class Drainer: Sendable {
    private struct Weak {
        weak var local: LocalShard?
    }

    private let queue = SerialQueue(label: "martlet.deliveries")
    private let target = Mutex(Weak())

    func attach(_ local: LocalShard) {
        target.withLock { $0.local = local }
    }

    func wake() {
        queue.async { [self] in target.withLock { $0.local }?.drain() }
    }
}
