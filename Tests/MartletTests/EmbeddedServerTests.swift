// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Logging
import Martlet
import MartletServer
import Testing

@Suite("A broker with a server", .serialized)
struct EmbeddedServerTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func temporaryPath() -> String {
        "\(NSTemporaryDirectory())martlet-\(UUID().uuidString.prefix(8)).sock"
    }

    private func withServer(
        _ broker: Broker, _ body: (_ path: String) async throws -> Void
    ) async throws {
        let path = Self.temporaryPath()
        let server = try Server(
            broker: broker, arguments: ["--port", "0", "--unixsocket", path], logger: Self.silent)
        try server.start()
        let result: Result<Void, any Error>
        do { result = .success(try await body(path)) } catch { result = .failure(error) }
        server.stop()
        try server.waitUntilStopped()
        try result.get()
    }

    @Test("runs as the article says")
    func article() async throws {
        let broker = Broker()
        let path = Self.temporaryPath()
        let server = try Server(broker: broker, arguments: ["--port", "0", "--unixsocket", path])
        try server.start()
        await broker.publish("to redis-cli and to this process", to: "channel1")
        server.stop()
        try await server.stopped()
    }

    @Test("delivers from Redis clients to the process and back, and counts both")
    func bothWays() async throws {
        let broker = Broker(eventLoopCount: 2)
        let messages = await broker.subscribe(to: "a", patterns: ["?"])
        try await withServer(broker) { path in
            let remote = try RedisSocket(path)
            try remote.send("SUBSCRIBE a\r\n")
            try remote.expect("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
            #expect(await broker.publish("from here", to: "a") == 3)
            try remote.expect("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$9\r\nfrom here\r\n")
            let publisher = try RedisSocket(path)
            try publisher.send("PUBLISH a there\r\nPUBSUB NUMSUB a\r\n")
            try publisher.expect(":3\r\n*2\r\n$1\r\na\r\n:2\r\n")
            try remote.expect("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nthere\r\n")
            var iterator = messages.makeAsyncIterator()
            var seen: [String] = []
            for _ in 0..<4 { seen.append(await iterator.next()?.text ?? "ended") }
            #expect(seen == ["from here", "from here", "there", "there"])
            messages.cancel()
            try publisher.send("PUBLISH a there\r\n")
            try publisher.expect(":1\r\n")
        }
    }

    @Test("loses nothing of what Redis clients publish to a slow reader that suspends publishers")
    func backPressure() async throws {
        let broker = Broker(eventLoopCount: 2)
        let messages = await broker.subscribe(to: "a", buffering: .suspendPublisher(messages: 3))
        let count = 5000
        try await withServer(broker) { path in
            let publisher = try RedisSocket(path)
            try publisher.send((0..<count).map { "PUBLISH a \($0)\r\n" }.joined())
            try publisher.expect(String(repeating: ":1\r\n", count: count))
            // One of this process goes behind them.
            async let last = broker.publish("last", to: "a")
            var iterator = messages.makeAsyncIterator()
            for number in 0..<count {
                #expect(await iterator.next()?.text == "\(number)")
            }
            #expect(await iterator.next()?.text == "last")
            #expect(await last == 1)
        }
    }

    @Test("has one server, of as many event loops as it was made for")
    func oneServer() throws {
        let broker = Broker(eventLoopCount: 3)
        let wrong = #expect(throws: Server.StartError.self) {
            _ = try Server(
                broker: broker, arguments: ["--io-threads", "2"], logger: Self.silent)
        }
        #expect(wrong?.description.contains("eventLoopCount") == true)
        let server = try Server(
            broker: broker, arguments: ["--io-threads", "3"], logger: Self.silent)
        let second = #expect(throws: Server.StartError.self) {
            _ = try Server(broker: broker, logger: Self.silent)
        }
        #expect(second?.description == "the broker has a server already")
        withExtendedLifetime(server) {}
    }
}
