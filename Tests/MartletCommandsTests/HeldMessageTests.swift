// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import Testing

@testable import MartletCommands

@Suite("Messages that wait for the log")
struct HeldMessageTests {
    private let server = TestServer(shardCount: 2) {
        $0.notifyKeyspaceEvents = KeyspaceEventClasses(letters: "KEA".utf8)!
    }
    private let sink = RecordingSink()
    private let client: TestClient
    /// On the client's shard and on the other.
    private let subscribers: [TestClient]

    init() {
        server.context.attach(sink)
        server.settle()
        client = server.connect()
        subscribers = [server.connect(), server.connect(toShard: 1)]
    }

    private func subscribe(_ request: String) {
        for subscriber in subscribers { subscriber.send(request) }
        sink.releaseAll()
        server.settle()
        flush()
        for subscriber in subscribers { _ = subscriber.replies }
    }

    /// The end of a turn of each loop.
    private func flush() {
        for shard in server.context.broker.shards {
            shard.commit()
            shard.flush(atMost: 100)
            shard.awaitRelease()
        }
    }

    private func expectHeld(
        until messages: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        server.settle()
        let counts = subscribers.map(\.flushCount)
        flush()
        #expect(subscribers.map(\.flushCount) == counts, sourceLocation: sourceLocation)
        sink.releaseAll()
        flush()
        flush()
        for (subscriber, count) in zip(subscribers, counts) {
            #expect(subscriber.flushCount == count + 1, sourceLocation: sourceLocation)
            #expect(subscriber.replies == messages, sourceLocation: sourceLocation)
        }
    }

    private func message(_ channel: String, _ payload: String) -> String {
        #"["message", "\#(channel)", "\#(payload)"]"#
    }

    @Test("What EXEC publishes waits for what EXEC writes")
    func transaction() {
        subscribe("SUBSCRIBE c")
        client.send("MULTI", "PUBLISH c m", "SET a 1", "PUBLISH c n", "EXEC")
        expectHeld(until: [message("c", "m"), message("c", "n")])
    }

    @Test("And for what it has read")
    func readingTransaction() {
        subscribe("SUBSCRIBE c")
        client.send("SET a 1", "MULTI", "GET a", "PUBLISH c m", "EXEC")
        expectHeld(until: [message("c", "m")])
    }

    @Test("A keyspace notification waits for the change that it tells of")
    func notification() {
        subscribe("SUBSCRIBE __keyevent@0__:set __keyspace@0__:a")
        client.send("SET a 1")
        expectHeld(until: [message("__keyspace@0__:a", "set"), message("__keyevent@0__:set", "a")])
    }

    @Test("A key that expires is told of when the log has that it was deleted")
    func expiry() {
        subscribe("SUBSCRIBE __keyevent@0__:expired")
        client.send("SET a 1 PX 1")
        sink.releaseAll()
        server.advance(milliseconds: 100)
        expectHeld(until: [message("__keyevent@0__:expired", "a")])
    }

    @Test("Plain messages wait for nothing, unless they are behind one that does")
    func plain() {
        subscribe("SUBSCRIBE c d")
        client.send("SET a 1", "PUBLISH c 1")
        server.settle()
        flush()
        for subscriber in subscribers {
            #expect(subscriber.flushCount == 2)
            #expect(subscriber.replies == [message("c", "1")])
        }
        client.send("MULTI", "SET a 1", "PUBLISH c 2", "EXEC", "PUBLISH c 3")
        expectHeld(until: [message("c", "2"), message("c", "3")])
    }

    @Test("In a transaction messages and notifications come in the order of its commands")
    func order() {
        subscribe("SUBSCRIBE c __keyevent@0__:set")
        client.send("MULTI", "SET a 1", "PUBLISH c 1", "SET b 1", "PUBLISH c 2", "EXEC")
        expectHeld(
            until: [
                message("__keyevent@0__:set", "a"), message("c", "1"),
                message("__keyevent@0__:set", "b"), message("c", "2"),
            ])
    }

    @Test("A client that unsubscribes in its transaction gets what was published there before")
    func ownSubscription() {
        subscribe("SUBSCRIBE c")
        let own = server.connect()
        own.send("HELLO 3", "SUBSCRIBE c")
        server.settle()
        _ = own.replies
        own.send("MULTI", "SET a 1", "PUBLISH c m", "UNSUBSCRIBE c", "PUBLISH c n", "EXEC")
        #expect(own.session.outlet.isHeld)
        expectHeld(until: [message("c", "m"), message("c", "n")])
        #expect(own.replies.last == #">["message", "c", "m"]"#)
    }

    @Test("A script's messages come when it has ended, after its changes and in order")
    func script() {
        subscribe("SUBSCRIBE c __keyevent@0__:set")
        client.send("SET a 1")
        let context = server.context.gateContext
        server.context.gate.perform { _ in
            context.beginJob()
            let words = ["c", "m"].map { Array($0.utf8) }
            let count = words[0].withUnsafeBytes { channel in
                words[1].withUnsafeBytes {
                    context.publish(
                        .message, channel: channel, payload: $0, countingFrom: context.shard)
                }
            }
            #expect(count == 2)
            context.finish()
        }
        expectHeld(until: [message("__keyevent@0__:set", "a"), message("c", "m")])
    }

    @Test("Under a steady load a held queue is sent as far as the log has come")
    func steadyLoad() {
        subscribe("SUBSCRIBE __keyevent@0__:set")
        client.send("SET a 1")
        server.settle()
        flush()
        let outlet = subscribers[1].session.outlet
        let byteCount = outlet.queuedByteCount
        sink.releaseAll()
        client.send("SET b 1")
        server.settle()
        flush()
        flush()
        #expect(outlet.isHeld && outlet.hasReleased)
        #expect(outlet.releasedQueue.byteCount == byteCount)
        #expect(subscribers[1].flushCount == 2)
    }
}
