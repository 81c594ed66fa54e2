// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

extension WireTests {
    @Suite("Keys: waiting readers, transactions, large values, long pipelines")
    struct KeyTests {
        /// Waits until as many clients wait for keys as the test has sent.
        private static func untilBlocked(_ count: Int, _ connection: HiredisConnection) throws {
            try eventually {
                let info = try connection.command("INFO", "clients").text ?? ""
                return InfoFields(info)["blocked_clients"] == "\(count)"
            }
        }

        @Test("Blocked pops are served in their order", arguments: Transport.allCases)
        func blockedPops(_ transport: Transport) throws {
            let producer = try HiredisConnection(.shared(), transport)
            let consumers = try (0..<3).map { _ in try HiredisConnection(.shared(), transport) }
            _ = try producer.command("DEL", "pops:a", "pops:b")
            for (index, consumer) in consumers.enumerated() {
                try consumer.append("BLPOP", "pops:a", "pops:b", "0")
                // What follows in the same write is answered after the pop.
                try consumer.append("ECHO", "after")
                try consumer.flush()
                try Self.untilBlocked(index + 1, producer)
            }
            #expect(try producer.command("RPUSH", "pops:b", "1", "2") == 2)
            #expect(try consumers[0].replies(2) == [["pops:b", "1"], "after"])
            #expect(try consumers[1].replies(2) == [["pops:b", "2"], "after"])
            #expect(try producer.command("EXISTS", "pops:b") == 0)
            #expect(try producer.command("LPUSH", "pops:a", "3") == 1)
            #expect(try consumers[2].replies(2) == [["pops:a", "3"], "after"])
            #expect(try producer.command("EXISTS", "pops:a") == 0)
            #expect(try producer.command("BRPOP", "pops:a", "0.01") == .null)
        }

        @Test("A client that vanishes while it waits loses nothing", arguments: Transport.allCases)
        func vanishedConsumer(_ transport: Transport) throws {
            let producer = try HiredisConnection(.shared(), transport)
            _ = try producer.command("DEL", "vanished")
            do {
                let vanishing = try HiredisConnection(.shared(), transport)
                try vanishing.append("BZPOPMIN", "vanished", "0")
                try vanishing.flush()
                try Self.untilBlocked(1, producer)
            }
            try Self.untilBlocked(0, producer)
            #expect(try producer.command("ZADD", "vanished", "1.5", "job") == 1)
            let popped = try producer.command("BZPOPMIN", "vanished", "0")
            #expect(popped == ["vanished", "job", "1.5"])
        }

        @Test("Two consumers of a group share what arrives", arguments: Transport.allCases)
        func group(_ transport: Transport) throws {
            let producer = try HiredisConnection(.shared(), transport)
            let consumers = try (0..<2).map { _ in try HiredisConnection(.shared(), transport) }
            _ = try producer.command("DEL", "stream")
            let created = try producer.command("XGROUP", "CREATE", "stream", "g", "$", "MKSTREAM")
            #expect(created == .ok)
            for (index, consumer) in consumers.enumerated() {
                try consumer.append(
                    "XREADGROUP", "GROUP", "g", "c\(index)", "COUNT", "1", "BLOCK", "0",
                    "STREAMS", "stream", ">")
                try consumer.flush()
                try Self.untilBlocked(index + 1, producer)
            }
            for index in consumers.indices {
                let id = "\(index + 1)-1"
                #expect(
                    try producer.command("XADD", "stream", id, "f", "v\(index)") == .bulk(id))
                let entry: Reply = [.bulk(id), ["f", .bulk("v\(index)")]]
                #expect(try consumers[index].reply() == [["stream", [entry]]])
            }
            #expect(
                try producer.command("XPENDING", "stream", "g")
                    == [2, "1-1", "2-1", [["c0", "1"], ["c1", "1"]]])
            #expect(try consumers[0].command("XACK", "stream", "g", "1-1", "2-1") == 2)
            let nothing = try consumers[0].command(
                "XREADGROUP", "GROUP", "g", "c0", "BLOCK", "1", "STREAMS", "stream", ">")
            #expect(nothing == .null)
        }

        @Test("EXEC does nothing after a watched key changed", arguments: Transport.allCases)
        func watch(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let other = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("SET", "watched", "1") == .ok)
            for changes in [true, false] {
                #expect(try connection.command("WATCH", "watched") == .ok)
                #expect(try connection.command("GET", "watched") == "1")
                if changes { #expect(try other.command("SET", "watched", "1") == .ok) }
                #expect(try connection.command("MULTI") == .ok)
                #expect(try connection.command("INCRBY", "watched", 9) == .status("QUEUED"))
                #expect(try connection.command("LPOP", "watched") == .status("QUEUED"))
                #expect(try connection.command("BLPOP", "no list", "0") == .status("QUEUED"))
                let reply = try connection.command("EXEC")
                if changes {
                    #expect(reply == .null)
                    #expect(try other.command("GET", "watched") == "1")
                } else {
                    let wrongType = "WRONGTYPE Operation against a key holding the wrong kind of"
                    #expect(reply == [10, .error("\(wrongType) value"), .null])
                    #expect(try other.command("GET", "watched") == "10")
                }
            }
        }

        @Test("A value of 64 MB comes back whole", arguments: Transport.allCases)
        func large(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let connection = try HiredisConnection(server, transport)
                let consumer = try HiredisConnection(server, transport)
                var value = [UInt8](repeating: UInt8(ascii: "\r"), count: 64 * 1_048_576)
                for index in stride(from: 0, to: value.count, by: 4_093) {
                    value[index] = UInt8(truncatingIfNeeded: index)
                }
                #expect(try connection.command("SET", "large", value) == .ok)
                #expect(try connection.command("STRLEN", "large") == .integer(value.count))
                #expect(Self.holds(try connection.command("GET", "large"), value))
                try consumer.append("BLPOP", "large list", "0")
                try consumer.flush()
                try Self.untilBlocked(1, connection)
                #expect(try connection.command("RPUSH", "large list", value) == 1)
                let popped = try consumer.reply()
                #expect(popped.elements?.first == "large list")
                #expect(Self.holds(popped.elements?.last, value))
            }
        }

        /// Array's own == takes seconds for 64 MB without optimization.
        private static func holds(_ reply: Reply?, _ value: [UInt8]) -> Bool {
            guard case .bulk(let bytes)? = reply, bytes.count == value.count else { return false }
            return memcmp(bytes, value, bytes.count) == 0
        }

        @Test("100,000 commands of all types in one pipeline", arguments: Transport.allCases)
        func longPipeline(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            _ = try connection.command("DEL", "p:n", "p:l", "p:h", "p:s", "p:z", "p:x")
            let rounds = 10_000
            for number in 0..<rounds {
                try connection.append("INCR", "p:n")
                try connection.append("RPUSH", "p:l", number)
                try connection.append("HSET", "p:h", number % 100, number)
                try connection.append("SADD", "p:s", number)
                try connection.append("ZADD", "p:z", number, number)
                try connection.append("XADD", "p:x", "\(number + 1)-0", "f", number)
                try connection.append("LPOP", "p:l")
                try connection.append("HGET", "p:h", number % 100)
                try connection.append("ZPOPMIN", "p:z")
                try connection.append("INCR", "p:l:none:\(number % 2)", "too many")
            }
            let arity = Reply.error("ERR wrong number of arguments for 'incr' command")
            for number in 0..<rounds {
                let text = Reply.bulk("\(number)")
                let expected: [Reply] = [
                    .integer(number + 1), 1, number < 100 ? 1 : 0, 1, 1,
                    .bulk("\(number + 1)-0"), text, text, [text, text], arity,
                ]
                try #require(try connection.replies(10) == expected)
            }
            #expect(try connection.command("XLEN", "p:x") == .integer(rounds))
            #expect(try connection.command("SCARD", "p:s") == .integer(rounds))
            #expect(try connection.command("EXISTS", "p:l", "p:z") == 0)
        }

        @Test("Inline commands reach keys", arguments: Transport.allCases)
        func inline(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            _ = try connection.command("DEL", "in line")
            try connection.writeRaw(
                Array("RPUSH \"in line\" 'a b' \"\\x00\\r\\n\"\r\nlrange 'in line' 0 -1\n".utf8))
            try connection.writeRaw(Array("EVAL \"return KEYS[1]\" 1 k\r\n".utf8))
            #expect(try connection.reply() == 2)
            #expect(try connection.reply() == ["a b", "\0\r\n"])
            #expect(try connection.reply() == "k")
        }

        @Test("Scripts are run, kept and refused", arguments: Transport.allCases)
        func scripts(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let script = "return {redis.call('INCRBY', KEYS[1], ARGV[1]), ARGV[2], false, 3.9}"
            let digest = try #require(try connection.command("SCRIPT", "LOAD", script).text)
            _ = try connection.command("DEL", "scripted")
            for total in [5, 10] {
                #expect(
                    try connection.command("EVALSHA", digest, 1, "scripted", 5, "\r\n")
                        == [.integer(total), "\r\n", .null, 3])
            }
            let missing = try connection.command("EVALSHA", String(repeating: "f", count: 40), 0)
            #expect(missing.errorText?.hasPrefix("NOSCRIPT No matching script.") == true)
            let large = try connection.command("EVAL", "return string.rep('x', 1048576)", 0)
            #expect(large == .bulk([UInt8](repeating: UInt8(ascii: "x"), count: 1_048_576)))
        }
    }
}
