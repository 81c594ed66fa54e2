// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

extension WireTests {
    @Suite("Payloads")
    struct PayloadTests {
        static let seed: UInt64 = 0x6d61_7274_6c65_74

        /// `count` bytes that do not repeat at any power of two: one block of a prime number of
        /// bytes from a fixed seed, over and over.
        private static func payload(_ count: Int) -> [UInt8] {
            var state = seed
            var block = (0..<65_521).map { _ -> UInt8 in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return UInt8(truncatingIfNeeded: state >> 24)
            }
            while block.count < count { block += block }
            return Array(block.prefix(count))
        }

        /// Array's own == takes seconds for 64 MB without optimization.
        private static func isMessage(_ reply: Reply, _ channel: String, _ payload: [UInt8]) -> Bool
        {
            guard case .array(let elements) = reply, elements.count == 3,
                elements[0] == "message", elements[1] == .bulk(channel),
                case .bulk(let bytes) = elements[2], bytes.count == payload.count
            else { return false }
            return memcmp(bytes, payload, bytes.count) == 0
        }

        static let sizeTable = [
            0, 1, 2, 9, 10, 127, 128, 1_023, 1_024, 4_095, 4_096, 16_383, 16_384, 16_385, 32_767,
            32_768, 65_535, 65_536, 131_073, 1_048_575, 1_048_576, 1_048_577,
        ]

        @Test("Messages of all sizes arrive whole", arguments: Transport.allCases)
        func sizes(_ transport: Transport) throws {
            let subscriber = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            _ = try subscriber.command("SUBSCRIBE", "sizes")
            for size in Self.sizeTable {
                let payload = Self.payload(size)
                #expect(try publisher.command("PUBLISH", "sizes", payload) == 1)
                let message = try subscriber.reply()
                #expect(Self.isMessage(message, "sizes", payload), "\(size) bytes: \(message)")
            }
        }

        @Test("64 MB reach a subscriber whose limit is lifted", arguments: Transport.allCases)
        func large(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let subscriber = try HiredisConnection(server, transport)
                let publisher = try HiredisConnection(server, transport)
                let lifted = try publisher.command(
                    "CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0")
                #expect(lifted == .ok)
                _ = try subscriber.command("SUBSCRIBE", "large")
                let payload = Self.payload(64 * 1_048_576)
                #expect(try publisher.command("PUBLISH", "large", payload) == 1)
                #expect(Self.isMessage(try subscriber.reply(), "large", payload))
                #expect(try publisher.command("PUBLISH", "large", "after") == 1)
                #expect(try subscriber.reply() == ["message", "large", "after"])
            }
        }

        @Test("64 MB to an asynchronous subscriber", arguments: Transport.allCases)
        func largeAsync(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let subscriber = try HiredisAsyncConnection(server, transport)
                let publisher = try HiredisConnection(server, transport)
                _ = try publisher.command(
                    "CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0")
                var received: [Reply?] = []
                try subscriber.command("SUBSCRIBE", "large") { received.append($0) }
                try subscriber.run { received.count == 1 }
                let payload = Self.payload(64 * 1_048_576)
                #expect(try publisher.command("PUBLISH", "large", payload) == 1)
                try subscriber.run { received.count == 2 }
                let message = try #require(received[1])
                #expect(Self.isMessage(message, "large", payload))
            }
        }

        @Test(
            "All byte values in channel names, patterns and messages",
            arguments: Transport.allCases)
        func binary(_ transport: Transport) throws {
            let subscriber = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            let allBytes = Array(UInt8.min...UInt8.max)
            let reversed = Array(allBytes.reversed())
            // A pattern that quotes every byte matches exactly that name.
            let pattern = allBytes.flatMap { [UInt8(ascii: "\\"), $0] }
            #expect(
                try subscriber.command("SUBSCRIBE", allBytes) == ["subscribe", .bulk(allBytes), 1])
            #expect(
                try subscriber.command("PSUBSCRIBE", pattern) == ["psubscribe", .bulk(pattern), 2])
            #expect(
                try subscriber.command("SSUBSCRIBE", allBytes)
                    == ["ssubscribe", .bulk(allBytes), 1])
            #expect(try publisher.command("PUBLISH", allBytes, reversed) == 2)
            #expect(try publisher.command("SPUBLISH", allBytes, reversed) == 1)
            #expect(try publisher.command("PUBLISH", reversed, allBytes) == 0)
            #expect(
                try publisher.command("PUBSUB", "NUMSUB", allBytes) == [.bulk(allBytes), 1])
            #expect(
                try subscriber.replies(3) == [
                    ["message", .bulk(allBytes), .bulk(reversed)],
                    ["pmessage", .bulk(pattern), .bulk(allBytes), .bulk(reversed)],
                    ["smessage", .bulk(allBytes), .bulk(reversed)],
                ])
        }

        @Test("Every byte value alone, and the empty name", arguments: Transport.allCases)
        func singleBytes(_ transport: Transport) throws {
            let subscriber = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            let names: [[UInt8]] = [[]] + (UInt8.min...UInt8.max).map { [$0] }
            try subscriber.append(["SUBSCRIBE"] + names)
            for (index, name) in names.enumerated() {
                try #require(
                    try subscriber.reply() == ["subscribe", .bulk(name), .integer(index + 1)])
            }
            for name in names {
                try #require(try publisher.command("PUBLISH", name, name) == 1)
                try #require(
                    try subscriber.reply() == ["message", .bulk(name), .bulk(name)])
            }
        }

        @Test("A bulk over proto-max-bulk-len is refused", arguments: Transport.allCases)
        func bulkLimit(_ transport: Transport) throws {
            try ServerProcess.with(["--proto-max-bulk-len", "1048576"]) { server in
                let connection = try HiredisConnection(server, transport)
                let payload = Self.payload(1_048_576)
                let reply = try connection.command("ECHO", payload)
                #expect(reply == .bulk(payload))
                try connection.writeRaw(Array("*2\r\n$4\r\nECHO\r\n$1048577\r\n".utf8))
                #expect(
                    try connection.reply() == .error("ERR Protocol error: invalid bulk length"))
                #expect(try connection.isClosedByPeer())
            }
        }
    }
}
