// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import RESP
import Testing

@testable import MartletCore

@Suite("The broker")
struct BrokerTests {
    @Test(
        "delivers what a list of subscriptions says, in the order of publishing",
        arguments: [(1, 1), (1, 2), (2, 3), (3, 4), (3, 5)] as [(Int, UInt64)])
    func twin(shardCount: Int, seed: UInt64) {
        var random = SplitMix64(state: seed)
        let twin = NaiveBroker(shardCount: shardCount)
        for step in 0..<6000 {
            let client = twin.clients.randomElement(using: &random)!
            switch Int.random(in: 0..<12, using: &random) {
            case 0: twin.broker.shards.randomElement(using: &random)!.drainMailbox()
            case 1: twin.leaveAll(client)
            case 2, 3, 4: twin.toggle(client, twin.names.randomElement(using: &random)!)
            default:
                let name = twin.names.randomElement(using: &random)!
                let shard = twin.broker.shards.randomElement(using: &random)!
                twin.publish(name, number: step, from: shard)
            }
            if step % 100 == 99 { twin.compare(seed: seed) }
        }
        twin.clients.forEach(twin.leaveAll)
        twin.compare(seed: seed)
    }

    @Test("knows nothing of a channel once its last subscriber has left it")
    func empty() {
        let broker = Broker(shards: [Shard(index: 0) {}])
        let shard = broker.shards[0]
        let outlet = Outlet(shard: shard)
        for number in 0..<20_000 {
            for kind in [Topic.Kind.channel, .shardChannel, .pattern] {
                Array("\(number)".utf8).withUnsafeBytes {
                    #expect(broker.subscribe(outlet, to: $0, kind: kind))
                    #expect(!broker.subscribe(outlet, to: $0, kind: kind))
                }
            }
        }
        #expect(broker.topicCount(of: .channel, from: shard) == 20_000)
        broker.unsubscribeFromAll(outlet)
        #expect(broker.topicCount(of: .channel, from: shard) == 0)
        #expect(broker.topicCount(of: .shardChannel, from: shard) == 0)
        #expect(broker.patternCount(from: shard) == 0)
        #expect(outlet.subscriptionCount == 0 && outlet.shardSubscriptionCount == 0)
    }

    @Test("has work done behind the messages that were posted before it")
    func workBehindMessages() {
        let broker = Broker(shards: [Shard(index: 0) {}, Shard(index: 1) {}])
        let (poster, owner) = (broker.shards[0], broker.shards[1])
        let count = 100_000
        let channel = Array("c".utf8)
        let probe = Probe(Outlet(shard: owner))
        _ = channel.withUnsafeBytes { broker.subscribe(probe.outlet, to: $0, kind: .channel) }
        let thread = Thread {
            for _ in 0..<count {
                channel.withUnsafeBytes {
                    _ = broker.publish(.message, channel: $0, payload: $0, from: poster)
                }
                owner.mailbox.post { _ in probe.check() }
            }
        }
        thread.start()
        while probe.checkCount < count { owner.drainMailbox() }
        #expect(probe.failureCount == 0)
        broker.unsubscribeFromAll(probe.outlet)
    }
}

/// Work that looks how many messages have come. Confined to the outlet's shard.
private final class Probe: @unchecked Sendable {
    private static let frameByteCount = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nc\r\n".utf8.count
    let outlet: Outlet
    private(set) var checkCount = 0
    private(set) var failureCount = 0

    init(_ outlet: Outlet) {
        self.outlet = outlet
    }

    func check() {
        checkCount += 1
        if outlet.queue.byteCount < checkCount * Self.frameByteCount { failureCount += 1 }
    }
}
