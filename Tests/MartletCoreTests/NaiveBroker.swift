// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@testable import MartletCore

/// A broker, and beside it a list of who subscribes to what and the messages that everybody
/// should have received.
final class NaiveBroker {
    struct Name: Hashable {
        let text: String
        let kind: Topic.Kind

        var bytes: [UInt8] { Array(text.utf8) }
    }

    final class Client {
        let outlet: Outlet
        var subscriptions: Set<Name> = []
        /// For each message the frames in which it comes: by channel and by patterns.
        var expected: [[String]] = []

        init(shard: Shard) {
            outlet = Outlet(shard: shard)
        }
    }

    let broker: Broker
    let clients: [Client]
    let names =
        ["a", "ab", "b", "bb"].flatMap {
            [Name(text: $0, kind: .channel), Name(text: $0, kind: .shardChannel)]
        } + ["*", "a*", "?b", "[^a]"].map { Name(text: $0, kind: .pattern) }

    init(shardCount: Int) {
        broker = Broker(shards: (0..<shardCount).map { Shard(index: $0) {} })
        clients = (0..<shardCount * 5).map { [broker] in
            Client(shard: broker.shards[$0 % shardCount])
        }
    }

    func toggle(_ client: Client, _ name: Name) {
        let isNew = client.subscriptions.insert(name).inserted
        if !isNew { client.subscriptions.remove(name) }
        name.bytes.withUnsafeBytes { bytes in
            if isNew {
                #expect(broker.subscribe(client.outlet, to: bytes, kind: name.kind))
            } else {
                #expect(broker.unsubscribe(client.outlet, from: bytes, kind: name.kind))
                #expect(!broker.unsubscribe(client.outlet, from: bytes, kind: name.kind))
            }
        }
    }

    func leaveAll(_ client: Client) {
        client.subscriptions = []
        broker.unsubscribeFromAll(client.outlet)
    }

    /// Publishes to a channel of that name; to one that a pattern may match, if it is a pattern.
    func publish(_ name: Name, number: Int, from shard: Shard) {
        let payload = "\(number)"
        let toShardChannel = name.kind == .shardChannel
        var receiverCount = 0
        for client in clients {
            var frames: [String] = []
            for subscription in client.subscriptions {
                switch subscription.kind {
                case .channel where !toShardChannel && subscription.text == name.text:
                    frames.append("message \(name.text) \(payload)")
                case .shardChannel where toShardChannel && subscription.text == name.text:
                    frames.append("smessage \(name.text) \(payload)")
                case .pattern where !toShardChannel && matches(subscription, name.bytes):
                    frames.append("pmessage \(subscription.text) \(name.text) \(payload)")
                default: break
                }
            }
            if !frames.isEmpty { client.expected.append(frames.sorted()) }
            receiverCount += frames.count
        }
        let told = name.bytes.withUnsafeBytes { channel in
            Array(payload.utf8).withUnsafeBytes {
                broker.publish(
                    toShardChannel ? .shardMessage : .message, channel: channel, payload: $0,
                    from: shard)
            }
        }
        #expect(told == receiverCount)
    }

    private func matches(_ pattern: Name, _ channel: [UInt8]) -> Bool {
        NaiveGlob(pattern: pattern.bytes, ignoringCase: false).matches(channel)
    }

    /// Lets everything arrive, then compares what is known and what has come.
    func compare(seed: UInt64) {
        broker.shards.forEach { $0.drainMailbox() }
        let shard = broker.shards[0]
        let held = clients.flatMap(\.subscriptions)
        for kind in [Topic.Kind.channel, .shardChannel] {
            let present = Set(held.filter { $0.kind == kind }.map(\.bytes))
            #expect(Set(broker.names(of: kind, matching: nil, from: shard)) == present)
            #expect(broker.topicCount(of: kind, from: shard) == present.count)
        }
        #expect(
            broker.patternCount(from: shard) == Set(held.filter { $0.kind == .pattern }).count)
        for name in names where name.kind != .pattern {
            let count = name.bytes.withUnsafeBytes {
                broker.subscriberCount(of: $0, kind: name.kind, from: shard)
            }
            #expect(count == held.count { $0 == name })
        }
        for client in clients {
            #expect(client.outlet.names(of: .channel).count == client.outlet.channelCount)
            #expect(received(client) == client.expected, "seed \(seed)")
            client.expected = []
        }
    }

    /// Takes what is queued. The frames of one message have no particular order.
    private func received(_ client: Client) -> [[String]] {
        var bytes: [UInt8] = []
        client.outlet.queue.forEachSlice {
            bytes += Array($0.bytes)
            return true
        }
        client.outlet.queue.removeAll()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        var messages: [[String]] = []
        var lastPayload: Substring?
        var index = 0
        while index < lines.count {
            let end = index + 1 + Int(lines[index].dropFirst())! * 2
            let words = stride(from: index + 2, to: end, by: 2).map { lines[$0] }
            if words.last != lastPayload { messages.append([]) }
            messages[messages.count - 1].append(words.joined(separator: " "))
            lastPayload = words.last
            index = end
        }
        return messages.map { $0.sorted() }
    }
}
