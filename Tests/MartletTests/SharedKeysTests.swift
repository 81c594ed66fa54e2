// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Logging
import MartletServer
import Testing

@testable import Martlet

/// Streams and queues that Redis clients and the program share.
@Suite("Streams and queues with a server", .serialized, .timeLimit(.minutes(2)))
struct SharedKeysTests {
    private func withServer(
        _ broker: Broker, _ body: (_ path: String) async throws -> Void
    ) async throws {
        let path = "\(NSTemporaryDirectory())martlet-\(UUID().uuidString.prefix(8)).sock"
        let server = try Server(
            broker: broker, arguments: ["--port", "0", "--unixsocket", path],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try server.start()
        let result: Result<Void, any Error>
        do { result = .success(try await body(path)) } catch { result = .failure(error) }
        server.stop()
        try server.waitUntilStopped()
        try result.get()
    }

    @Test("are the same keys for both")
    func sameKeys() async throws {
        let broker = Broker(eventLoopCount: 2)
        let queue = broker.queue("q", coding: .text)
        try await queue.push("before")
        try await withServer(broker) { path in
            let client = try RedisSocket(path)
            try client.send("RPUSH q there\r\nLPOP q\r\n")
            try client.expect(":2\r\n$6\r\nbefore\r\n")
            #expect(try await queue.pop() == "there")
            let stream = broker.stream("jobs", coding: .text)
            try await stream.append("x")
            try client.send("XLEN jobs\r\nXADD jobs 9999999999999-0 payload y\r\n")
            try client.expect(":1\r\n$15\r\n9999999999999-0\r\n")
            var iterator = stream.consumer("a", in: "g").makeAsyncIterator()
            #expect(try await iterator.next()?.payload == "x")
            #expect(try await iterator.next()?.payload == "y")
            try client.send("XPENDING jobs g - + 10 b\r\nXINFO CONSUMERS jobs g\r\n")
            try client.expect("*0\r\n*1\r\n*8\r\n$4\r\nname\r\n$1\r\na\r\n$7\r\npending\r\n:2\r\n")
        }
    }

    @Test("wake those who wait on the other side")
    func wakeEachOther() async throws {
        let broker = Broker(eventLoopCount: 2)
        let queue = broker.queue("q", coding: .text)
        try await withServer(broker) { path in
            let (waiting, pushing) = (try RedisSocket(path), try RedisSocket(path))
            for number in 0..<200 {
                try waiting.send("BLPOP q 0\r\n")
                // Until the client waits, the program would be served first.
                try pushing.send("PING\r\n")
                try pushing.expect("+PONG\r\n")
                try await queue.push("\(number)")
                let text = "\(number)"
                try waiting.expect("*2\r\n$1\r\nq\r\n$\(text.count)\r\n\(text)\r\n")
                let pop = Task { try await queue.pop(timeout: nil) }
                try pushing.send("RPUSH q \(number)\r\n")
                #expect(try await pop.value == text)
                try pushing.expect(":1\r\n")
            }
        }
    }

    @Test("keep order and lose nothing when both sides work at once")
    func bothAtOnce() async throws {
        let broker = Broker(eventLoopCount: 2)
        let stream = broker.stream("jobs", coding: .text)
        let count = 3000
        try await withServer(broker) { path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let client = try RedisSocket(path)
                    for number in 0..<count {
                        try client.send("XADD jobs * payload r\(number)\r\n")
                        // An ID, of one length in our time unless a millisecond has ten entries.
                        try client.expectLine()
                        try client.expectLine()
                    }
                }
                group.addTask {
                    for number in 0..<count { try await stream.append("l\(number)") }
                }
                group.addTask {
                    let consumer = stream.consumer("a", in: "g")
                    var next = ["r": 0, "l": 0]
                    for try await delivery in consumer {
                        try await delivery.ack()
                        let text = try delivery.payload
                        #expect(text == "\(text.first!)\(next["\(text.first!)"]!)")
                        next["\(text.first!)"]! += 1
                        if next["r"] == count, next["l"] == count { break }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(broker.waitingCallCount == 0)
    }

    @Test("of a durable broker survive, whoever wrote them")
    func durable() async throws {
        let directory = NSTemporaryDirectory() + "martlet-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let first = try await Broker(at: directory, sync: .always)
        try await withServer(first) { path in
            let client = try RedisSocket(path)
            try client.send("RPUSH q 1\r\n")
            try client.expect(":1\r\n")
            #expect(try await first.queue("q", of: Int.self).push(2) == 2)
            try client.send("SELECT 3\r\nSET other 5\r\nCONFIG GET dir\r\n")
            try client.expect("+OK\r\n+OK\r\n*2\r\n$3\r\ndir\r\n$\(directory.count)\r\n")
        }
        // The server is gone, the broker goes on.
        #expect(try await first.queue("q", of: Int.self).push(3) == 3)
        try await first.close()
        let second = try await Broker(at: directory, sync: .always)
        #expect(try await second.queue("q", of: Int.self).count == 3)
        try await withServer(second) { path in
            let client = try RedisSocket(path)
            try client.send("LRANGE q 0 -1\r\nSELECT 3\r\nGET other\r\n")
            try client.expect("*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n+OK\r\n$1\r\n5\r\n")
        }
        try await second.close()
    }

    @Test("tell subscribers in the program of changes")
    func notifications() async throws {
        let directory = NSTemporaryDirectory() + "martlet-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let broker = try await Broker(at: directory, sync: .always, eventLoopCount: 2)
        let events = await broker.subscribe(to: "__keyspace@0__:q")
        try await withServer(broker) { path in
            let client = try RedisSocket(path)
            try client.send("CONFIG SET notify-keyspace-events KA\r\n")
            try client.expect("+OK\r\n")
            let queue = broker.queue("q", of: Int.self)
            var iterator = events.makeAsyncIterator()
            for number in 0..<20 {
                if number % 2 == 0 {
                    try client.send("RPUSH q 1\r\n")
                    #expect(await iterator.next()?.text == "rpush")
                    try client.expect(":1\r\n")
                } else {
                    #expect(try await queue.pop() == 1)
                    #expect(await iterator.next()?.text == "lpop")
                    // The list was empty, and is gone.
                    #expect(await iterator.next()?.text == "del")
                }
            }
        }
        events.cancel()
        try await broker.close()
    }

    @Test("have limits that the server's settings set")
    func settings() async throws {
        let broker = Broker(eventLoopCount: 1)
        try await withServer(broker) { path in
            let client = try RedisSocket(path)
            try client.send("CONFIG SET maxmemory 1\r\n")
            try client.expect("+OK\r\n")
            let queue = broker.queue("q", of: Int.self)
            let error = await #expect(throws: BrokerError.self) { try await queue.push(1) }
            #expect(error?.code == .outOfMemory)
            #expect(try await queue.pop() == nil)
        }
    }

    @Test("are not for the server's settings to decide on", arguments: ["dir", "databases"])
    func contradiction(setting: String) throws {
        let broker = Broker(eventLoopCount: 1)
        let error = #expect(throws: Server.StartError.self) {
            _ = try Server(broker: broker, arguments: ["--\(setting)", "7"])
        }
        #expect(error?.description == "\(setting) is what the broker was made with")
    }
}
