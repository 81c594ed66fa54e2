// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Logging
import Martlet
import MartletServer
import ServiceLifecycle
import Testing

/// As `Getting started` shows it.
private struct Workers: Service {
    let consumer: Consumer<String>
    let handle: @Sendable (String) async throws -> Void

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await consumer.consume(maxConcurrent: 8) { delivery in
                try await handle(delivery.payload)
            }
        } onGracefulShutdown: {
            consumer.finish()
        }
    }
}

@Suite("A service group", .timeLimit(.minutes(2)))
struct ServiceTests {
    private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let path = "\(NSTemporaryDirectory())martlet-\(UUID().uuidString.prefix(8)).sock"

    @Test("runs a server and workers, and ends them gracefully: what runs is finished")
    func graceful() async throws {
        let broker = Broker()
        let server = try Server(
            broker: broker, arguments: ["--port", "0", "--unixsocket", path], logger: silent)
        let jobs = broker.stream("jobs", coding: .text)
        let consumer = jobs.consumer("a", in: "g", acknowledgedEntries: .deleted)
        let handled = Shared<[String]>([])
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        let isShuttingDown = Shared(false)
        let workers = Workers(consumer: consumer) { text in
            continuation.yield()
            while !isShuttingDown.withLock({ $0 }) { await Task.yield() }
            handled.withLock { $0.append(text) }
        }
        let group = ServiceGroup(services: [server, workers], logger: silent)
        async let running: Void = group.run()
        try await jobs.append("1")
        for await _ in started { break }
        await group.triggerGracefulShutdown()
        isShuttingDown.withLock { $0 = true }
        try await running
        #expect(handled.withLock { $0 } == ["1"])
        #expect(try await jobs.count == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("that is cancelled ends its server")
    func cancelled() async throws {
        let server = try Server(
            broker: Broker(), arguments: ["--port", "0", "--unixsocket", path], logger: silent)
        let task = Task { try await server.run() }
        while !FileManager.default.fileExists(atPath: path) { await Task.yield() }
        task.cancel()
        try await task.value
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("ends with a server that cannot listen")
    func failure() async throws {
        let server = try Server(
            broker: Broker(),
            arguments: ["--port", "0", "--unixsocket", "/nonexistent/martlet.sock"], logger: silent)
        await #expect(throws: Server.StartError.self) { try await server.run() }
    }
}
