// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import FoundationEssentials
import MartletCore
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
/// channel sees the same order. A `Server` made with this broker lets Redis clients publish and
/// subscribe too.
public final class Broker: Sendable {
    let local: LocalShard
    private let eventLoops: EventLoopPlaces

    /// - Parameter eventLoopCount: how many event loops a `Server` with this broker runs. Places
    ///   for them are kept from the start, since every message asks who subscribes where; a place
    ///   that is not used costs next to nothing. The default is one for every two hardware
    ///   threads.
    public init(eventLoopCount: Int = Broker.eventLoopCountDefault) {
        precondition(eventLoopCount > 0 && eventLoopCount <= 1024)
        let eventLoops = EventLoopPlaces(count: eventLoopCount)
        // Last: the server finds its loops under the first numbers.
        let shard = Shard(index: eventLoopCount) { eventLoops.wakeDrainer() }
        let core = MartletCore.Broker(shards: eventLoops.shards + [shard])
        local = LocalShard(core: core, shard: shard) { eventLoops.wakeDrainer() }
        self.eventLoops = eventLoops
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
    public func shutDown() {
        local.shutDown()
    }

    /// How many subscriptions there are in this process.
    public var subscriptionCount: Int { local.subscriptionCount }

    // MARK: With a server

    /// What a server works with; the first of its shards are `eventLoopShards`.
    package var core: MartletCore.Broker { local.core }

    /// The places kept for event loops.
    package var eventLoopShards: [Shard] { eventLoops.shards }

    /// Gives the places to the event loops of a server.
    ///
    /// - Parameters:
    ///   - wakeUps: one for each place.
    ///   - executor: runs what may take long, one after the other.
    /// - Returns: false if another server has them.
    package func connect(
        wakeUps: [@Sendable () -> Void],
        executor: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) -> Bool {
        eventLoops.take(
            wakeUps: wakeUps,
            wakeDrainer: { [weak local] in
                guard let local else { return }
                executor { local.drain() }
            })
    }
}

/// The shards that are kept for the event loops of a server, and how to wake them once it is
/// there. Before, nothing is posted to them.
private final class EventLoopPlaces: Sendable {
    private struct WakeUps {
        var ofLoops: [@Sendable () -> Void]
        var ofDrainer: @Sendable () -> Void
    }

    let shards: [Shard]
    private let wakeUps: WakeUpSlot

    private final class WakeUpSlot: Sendable {
        let value = Mutex<WakeUps?>(nil)
    }

    init(count: Int) {
        let slot = WakeUpSlot()
        wakeUps = slot
        shards = (0..<count).map { index in
            Shard(index: index) { slot.value.withLock { $0 }?.ofLoops[index]() }
        }
    }

    func take(
        wakeUps: [@Sendable () -> Void], wakeDrainer: @escaping @Sendable () -> Void
    ) -> Bool {
        precondition(wakeUps.count == shards.count)
        return self.wakeUps.value.withLock { value in
            guard value == nil else { return false }
            value = WakeUps(ofLoops: wakeUps, ofDrainer: wakeDrainer)
            return true
        }
    }

    func wakeDrainer() {
        wakeUps.value.withLock { $0 }?.ofDrainer()
    }
}
