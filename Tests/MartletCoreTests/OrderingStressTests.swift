// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import RESP
import Synchronization
import Testing

@testable import MartletCore

@Suite("Every subscriber of a channel sees one order")
struct OrderingStressTests {
    @Test(
        "with shards on threads of their own, publishers and subscribers that come and go",
        arguments: [1, 2, 3, 4] as [UInt64])
    func stress(seed: UInt64) {
        let run = StressRun(seed: seed, shardCount: 3, channelCount: 2, stepCount: 20_000)
        run.perform()
        for channel in run.results() {
            #expect(!channel.witness.isEmpty)
            #expect(channel.subscribers.contains { $0.contains(.unsubscribed) })
            let violations = OrderingChecker.check(
                witness: channel.witness, subscribers: channel.subscribers, told: channel.told)
            #expect(violations.prefix(3).isEmpty, "seed \(seed)")
        }
    }

    private static let witness = Array(1...6)
    private static let recording: [Reception] = [
        .subscribed, .message(2), .message(3), .unsubscribed, .subscribed, .message(5),
        .message(6), .unsubscribed,
    ]

    @Test("and the checker agrees with a recording that is right")
    func right() {
        let violations = OrderingChecker.check(
            witness: Self.witness, subscribers: [Self.recording], told: 10)
        #expect(violations.isEmpty)
    }

    @Test(
        "and the checker complains of one that is not",
        arguments: [
            // Two messages exchanged, one missing in the middle, one missing at an end, one twice,
            // one after the end, one that nobody else got.
            [.subscribed, .message(3), .message(2), .message(4), .message(5)],
            [.subscribed, .message(2), .message(3), .message(5), .message(6)],
            [.subscribed, .message(2), .message(3), .message(4)],
            [.subscribed, .message(2), .message(2), .message(3), .message(4)],
            [.subscribed, .message(2), .message(3), .unsubscribed, .message(4), .message(5)],
            [.subscribed, .message(2), .message(3), .message(4), .message(7)],
        ] as [[Reception]])
    func wrong(recording: [Reception]) {
        let violations = OrderingChecker.check(
            witness: Self.witness, subscribers: [recording], told: 10)
        #expect(!violations.isEmpty)
    }
}

/// Shards on threads of their own that publish, subscribe and unsubscribe at random.
private final class StressRun: @unchecked Sendable {
    struct ChannelResult {
        var witness: [Int] = []
        var subscribers: [[Reception]] = []
        var told = 0
    }

    private static let outletCount = 6

    private let seed: UInt64
    private let channelCount: Int
    private let stepCount: Int
    private let broker: Broker
    private let collected = Mutex<[ChannelResult]>([])
    private let runningCount: Atomic<Int>

    init(seed: UInt64, shardCount: Int, channelCount: Int, stepCount: Int) {
        self.seed = seed
        self.channelCount = channelCount
        self.stepCount = stepCount
        broker = Broker(shards: (0..<shardCount).map { Shard(index: $0) {} })
        collected.withLock { $0 = .init(repeating: ChannelResult(), count: channelCount) }
        runningCount = Atomic(shardCount)
    }

    func results() -> [ChannelResult] { collected.withLock { $0 } }

    func perform() {
        // The witnesses are there before anything is published.
        let shards = broker.shards
        let witnesses = (0..<channelCount).map { channel in
            Subscriber(shard: shards[0], channel: channel, broker: broker, variant: 0)
        }
        witnesses.forEach { $0.toggle() }
        let done = DispatchSemaphore(value: 0)
        let box = SendableBox(witnesses)
        for shard in shards {
            let thread = Thread { [self] in
                run(shard, witnesses: shard.index == 0 ? box.value : [])
                done.signal()
            }
            thread.start()
        }
        for _ in shards { done.wait() }
    }

    private func run(_ shard: Shard, witnesses: [Subscriber]) {
        var random = SplitMix64(state: seed &* 1000 &+ UInt64(shard.index))
        let subscribers = (0..<channelCount * Self.outletCount).map { index in
            Subscriber(
                shard: shard, channel: index % channelCount, broker: broker,
                variant: index / channelCount)
        }
        var told = [Int](repeating: 0, count: channelCount)
        for step in 0..<stepCount {
            switch Int.random(in: 0..<16, using: &random) {
            case 0: shard.drainMailbox()
            case 1: subscribers.randomElement(using: &random)!.toggle()
            default:
                let channel = Int.random(in: 0..<channelCount, using: &random)
                told[channel] += publish(step * 16 + shard.index, to: channel, from: shard)
            }
        }
        // Others may still publish to this shard's subscribers.
        runningCount.subtract(1, ordering: .acquiringAndReleasing)
        while runningCount.load(ordering: .acquiring) > 0 { shard.drainMailbox() }
        shard.drainMailbox()
        collected.withLock { results in
            for channel in told.indices { results[channel].told += told[channel] }
            for subscriber in subscribers {
                results[subscriber.channel].subscribers.append(subscriber.finish())
            }
            for witness in witnesses {
                results[witness.channel].witness = witness.finish().compactMap {
                    if case .message(let number) = $0 { number } else { nil }
                }
            }
        }
    }

    private func publish(_ number: Int, to channel: Int, from shard: Shard) -> Int {
        Subscriber.name(channel).withUnsafeBytes { channel in
            Array("\(number)".utf8).withUnsafeBytes { payload in
                broker.publish(.message, channel: channel, payload: payload, from: shard)
            }
        }
    }
}

private struct SendableBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// An outlet with a subscription that is switched on and off, and what it received meanwhile.
private final class Subscriber {
    let channel: Int
    private let outlet: Outlet
    private let broker: Broker
    private let usesPattern: Bool
    private var recording: [Reception] = []
    private var isSubscribed = false

    /// - Parameter variant: chooses the protocol version, and a channel or a pattern.
    init(shard: Shard, channel: Int, broker: Broker, variant: Int) {
        self.channel = channel
        self.broker = broker
        outlet = Outlet(shard: shard)
        outlet.version = variant % 2 == 0 ? .resp2 : .resp3
        usesPattern = variant / 2 % 2 == 1
    }

    static func name(_ channel: Int) -> [UInt8] { Array("channel-\(channel)".utf8) }

    func toggle() {
        let name = usesPattern ? Array("ch*-\(channel)".utf8) : Self.name(channel)
        name.withUnsafeBytes { name in
            let kind = usesPattern ? Topic.Kind.pattern : .channel
            if isSubscribed {
                broker.unsubscribe(outlet, from: name, kind: kind)
            } else {
                broker.subscribe(outlet, to: name, kind: kind)
            }
        }
        record()
        isSubscribed.toggle()
        recording.append(isSubscribed ? .subscribed : .unsubscribed)
    }

    /// Ends the subscription and returns what was received.
    func finish() -> [Reception] {
        record()
        if isSubscribed { toggle() }
        return recording
    }

    /// Takes what is queued: each frame ends with its payload, the number.
    private func record() {
        var bytes: [UInt8] = []
        outlet.queue.forEachSlice { slice in
            bytes += Array(slice.bytes)
            return true
        }
        outlet.queue.removeAll()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        var index = 0
        while index < lines.count {
            let elementCount = Int(lines[index].dropFirst())!
            index += 1 + elementCount * 2
            recording.append(.message(Int(lines[index - 1])!))
        }
    }
}
