// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

extension WireTests {
    @Suite("Limits on connections, and the end of the server")
    struct LifecycleTests {
        @Test(
            "A connection over maxclients gets its error, and room when another leaves",
            arguments: Transport.allCases)
        func maxClients(_ transport: Transport) throws {
            try ServerProcess.with(["--maxclients", "4"]) { server in
                let first = try HiredisConnection(server, transport)
                // What tried whether the server accepts may not be gone yet, or was refused.
                try eventually { try first.command("INFO", "clients").connectedClients == 1 }
                func rejectedCount() throws -> Int? {
                    let stats = InfoFields(try #require(try first.command("INFO", "stats").text))
                    return stats["rejected_connections"].flatMap { Int($0) }
                }
                let before = try #require(try rejectedCount())
                var others = try (0..<3).map { _ in try HiredisConnection(server, transport) }
                for other in others { #expect(try other.command("PING") == .status("PONG")) }
                let refused = try HiredisConnection(server, transport)
                #expect(try refused.reply() == .error("ERR max number of clients reached"))
                #expect(try refused.isClosedByPeer())
                #expect(try rejectedCount() == before + 1)

                others.removeLast()
                try eventually { try first.command("INFO", "clients").connectedClients == 3 }
                let accepted = try HiredisConnection(server, transport)
                #expect(try accepted.command("PING") == .status("PONG"))
            }
        }

        @Test(
            "An idle client is closed after the timeout, a subscriber is not",
            arguments: Transport.allCases)
        func timeout(_ transport: Transport) throws {
            try ServerProcess.with(["--timeout", "1"]) { server in
                let subscriber = try HiredisConnection(server, transport)
                _ = try subscriber.command("SUBSCRIBE", "timeout")
                let idle = try HiredisConnection(server, transport)
                #expect(try idle.command("PING") == .status("PONG"))
                #expect(try idle.isClosedByPeer())
                let publisher = try HiredisConnection(server, transport)
                #expect(try publisher.command("PUBLISH", "timeout", "x") == 1)
                #expect(try subscriber.reply() == ["message", "timeout", "x"])
            }
        }

        @Test("Protected mode lets the loopback address in", arguments: Transport.allCases)
        func protectedMode(_ transport: Transport) throws {
            try ServerProcess.with(["--protected-mode", "yes"]) { server in
                let connection = try HiredisConnection(server, transport)
                #expect(try connection.command("PING") == .status("PONG"))
            }
        }

        @Test("SHUTDOWN NOSAVE ends the process with 0", arguments: Transport.allCases)
        func shutdown(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let connection = try HiredisConnection(server, transport)
                let subscriber = try HiredisConnection(server, transport)
                _ = try subscriber.command("SUBSCRIBE", "shutdown")
                #expect(try connection.command("SHUTDOWN", "nosuch") == .error("ERR syntax error"))
                try connection.append("SHUTDOWN", "NOSAVE")
                #expect(try connection.isClosedByPeer())
                #expect(try subscriber.isClosedByPeer())
                try server.waitUntilEnded()
                #expect(!FileManager.default.fileExists(atPath: server.unixSocketPath))
            }
        }

        @Test("SIGTERM delivers what is queued, then ends with 0", arguments: Transport.allCases)
        func terminate(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let subscriber = try HiredisConnection(server, transport)
                let publisher = try HiredisConnection(server, transport)
                _ = try subscriber.command("SUBSCRIBE", "terminate")
                for number in 0..<100 { try publisher.append("PUBLISH", "terminate", number) }
                #expect(try publisher.replies(100) == Array(repeating: 1, count: 100))
                server.terminate()
                for number in 0..<100 {
                    try #require(
                        try subscriber.reply() == ["message", "terminate", .bulk("\(number)")])
                }
                #expect(try subscriber.isClosedByPeer())
                try server.waitUntilEnded()
                #expect(!FileManager.default.fileExists(atPath: server.unixSocketPath))
            }
        }

        @Test(
            "SIGTERM delivers more than the socket holds",
            .disabled(if: ServerProcess.isReference, "Redis drops what no socket buffer took"),
            arguments: Transport.allCases)
        func terminateWithBacklog(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let subscriber = try HiredisConnection(server, transport)
                let publisher = try HiredisConnection(server, transport)
                _ = try subscriber.command("SUBSCRIBE", "backlog")
                // Below the pubsub limit of 32 MB, far above what the kernel buffers.
                let payload = [UInt8](repeating: 0x2a, count: 1_048_576)
                for _ in 0..<24 {
                    #expect(try publisher.command("PUBLISH", "backlog", payload) == 1)
                }
                server.terminate()
                for _ in 0..<24 {
                    let message = try subscriber.reply()
                    try #require(message.elements?.last == .bulk(payload))
                }
                #expect(try subscriber.isClosedByPeer())
                try server.waitUntilEnded()
            }
        }
    }
}

extension Reply {
    fileprivate var connectedClients: Int? {
        text.flatMap { InfoFields($0)["connected_clients"] }.flatMap { Int($0) }
    }
}
