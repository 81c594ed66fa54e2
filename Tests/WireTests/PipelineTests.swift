// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

extension WireTests {
    @Suite("Pipelines and split requests")
    struct PipelineTests {
        @Test(
            "Thousands of commands in one write are answered in order",
            arguments: Transport.allCases)
        func pipeline(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let count = 10_000
            for number in 0..<count {
                switch number % 4 {
                case 0: try connection.append("PING")
                case 1: try connection.append("ECHO", number)
                case 2: try connection.append("PUBLISH", "pipeline:nobody", number)
                default: try connection.append("NOSUCH")
                }
            }
            let unknown = Reply.error("ERR unknown command 'NOSUCH', with args beginning with: ")
            for number in 0..<count {
                let expected: Reply =
                    switch number % 4 {
                    case 0: .status("PONG")
                    case 1: .bulk("\(number)")
                    case 2: 0
                    default: unknown
                    }
                try #require(try connection.reply() == expected)
            }
        }

        @Test(
            "A client that subscribes and publishes in one pipeline", arguments: Transport.allCases)
        func transitions(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let rounds = 1_000
            for _ in 0..<rounds {
                try connection.append("SUBSCRIBE", "pipeline:own")
                try connection.append("PING")
                try connection.append("UNSUBSCRIBE", "pipeline:own")
                try connection.append("PUBLISH", "pipeline:own", "x")
            }
            let expected: [Reply] = [
                ["subscribe", "pipeline:own", 1], ["pong", ""],
                ["unsubscribe", "pipeline:own", 0], 0,
            ]
            for _ in 0..<rounds {
                try #require(try connection.replies(4) == expected)
            }
        }

        /// Requests of all forms with the bytes that they must be answered with.
        private static let requests =
            "*1\r\n$4\r\nPING\r\n"
            + "*2\r\n$4\r\nECHO\r\n$4\r\n\r\n\r\n\r\n"
            + "ECHO \"in\\x6cine\"\r\n"
            + "*2\r\n$4\r\nPING\r\n$0\r\n\r\n"
            + "*3\r\n$7\r\nPUBLISH\r\n$5\r\nsplit\r\n$1\r\nx\r\n"
            + "\r\n*0\r\n*-1\r\n"
            + "NOSUCH 'a b'\n"
        private static let answers =
            "+PONG\r\n" + "$4\r\n\r\n\r\n\r\n" + "$6\r\ninline\r\n" + "$0\r\n\r\n" + ":0\r\n"
            + "-ERR unknown command 'NOSUCH', with args beginning with: 'a b' \r\n"

        private static func read(_ count: Int, from connection: HiredisConnection) throws -> String
        {
            var bytes: [UInt8] = []
            while bytes.count < count {
                let more = try connection.readRaw()
                if more.isEmpty { break }
                bytes += more
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        @Test("Requests split in two at every byte", arguments: Transport.allCases)
        func splitInTwo(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let witness = try HiredisConnection(.shared(), transport)
            let bytes = Array(Self.requests.utf8)
            for split in 1..<bytes.count {
                try connection.writeRaw(bytes[..<split])
                // Its answer shows that the server has had a turn since the first part.
                #expect(try witness.command("PING") == .status("PONG"))
                try connection.writeRaw(bytes[split...])
                let answers = try Self.read(Self.answers.utf8.count, from: connection)
                try #require(answers == Self.answers, "split after \(split) bytes")
            }
        }

        @Test("Requests written byte by byte", arguments: Transport.allCases)
        func byteByByte(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let witness = try HiredisConnection(.shared(), transport)
            for byte in Self.requests.utf8 {
                try connection.writeRaw([byte])
                #expect(try witness.command("PING") == .status("PONG"))
            }
            #expect(try Self.read(Self.answers.utf8.count, from: connection) == Self.answers)
        }

        @Test(
            "What arrives while a client waits, and when it goes on, keeps its place",
            arguments: Transport.allCases)
        func arrivingWhileWaiting(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let rounds = 200
            for number in 0..<rounds {
                for byte in "WAIT 1 1\r\nECHO marker-\(number)\r\n".utf8 {
                    try connection.writeRaw([byte])
                }
            }
            for number in 0..<rounds {
                try #require(try connection.reply() == 0)
                try #require(try connection.reply() == .bulk("marker-\(number)"))
            }
        }

        @Test("Answers parsed by hiredis's reader byte by byte", arguments: Transport.allCases)
        func replyByteByByte(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            try connection.writeRaw(Array(Self.requests.utf8))
            try connection.writeRaw(Array("SUBSCRIBE a\r\n".utf8))
            let expected = Self.answers + "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
            let bytes = Array(try Self.read(expected.utf8.count, from: connection).utf8)
            var reader = HiredisReader()
            var replies: [Reply] = []
            for byte in bytes { replies += try reader.feed([byte]) }
            #expect(
                replies == [
                    .status("PONG"), "\r\n\r\n", "inline", "", 0,
                    .error("ERR unknown command 'NOSUCH', with args beginning with: 'a b' "),
                    ["subscribe", "a", 1],
                ])
        }

        static let brokenFrames = [
            ("*a\r\n", "invalid multibulk length"),
            ("*1\r\nPING\r\n", "expected '$', got 'P'"),
            ("*1\r\n$a\r\n", "invalid bulk length"),
            ("*1\r\n$-1\r\n", "invalid bulk length"),
            ("ECHO \"a\r\n", "unbalanced quotes in request"),
            (String(repeating: "a", count: 70_000), "too big inline request"),
        ]

        @Test(
            "A broken frame gets its error, then the end", arguments: Transport.allCases,
            brokenFrames)
        func brokenFrame(_ transport: Transport, _ frame: (String, String)) throws {
            let connection = try HiredisConnection(.shared(), transport)
            try connection.writeRaw(Array(("PING\r\n" + frame.0).utf8))
            #expect(try connection.reply() == .status("PONG"))
            #expect(try connection.reply() == .error("ERR Protocol error: " + frame.1))
            #expect(try connection.isClosedByPeer())
        }

        @Test(
            "A half-closed connection gets the answers that are pending",
            arguments: Transport.allCases)
        func halfClosed(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            for number in 0..<1_000 { try connection.append("ECHO", number) }
            try connection.flush()
            connection.closeWriting()
            for number in 0..<1_000 {
                try #require(try connection.reply() == .bulk("\(number)"))
            }
            #expect(try connection.isClosedByPeer())
        }
    }
}
