// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("Pub/Sub, synchronous")
    struct PubSubTests {
        /// The three families of subscriptions, which behave alike but for their names.
        struct Family: Sendable, CustomTestStringConvertible {
            let subscribe: String
            let unsubscribe: String
            let publish: String
            let kind: String
            var testDescription: String { subscribe }

            func message(_ channel: String, _ payload: String) -> Reply {
                let payload = [Reply.bulk(channel), .bulk(payload)]
                // A pattern message names the pattern and then the channel.
                return .array([.bulk(kind)] + (kind == "pmessage" ? [payload[0]] : []) + payload)
            }
        }

        static let families = [
            Family(
                subscribe: "subscribe", unsubscribe: "unsubscribe", publish: "PUBLISH",
                kind: "message"),
            Family(
                subscribe: "psubscribe", unsubscribe: "punsubscribe", publish: "PUBLISH",
                kind: "pmessage"),
            Family(
                subscribe: "ssubscribe", unsubscribe: "sunsubscribe", publish: "SPUBLISH",
                kind: "smessage"),
        ]

        @Test("Subscribe, receive, unsubscribe", arguments: Transport.allCases, families)
        func roundTrip(_ transport: Transport, _ family: Family) throws {
            let subscriber = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            try subscriber.append(family.subscribe, "a", "b", "a")
            #expect(try subscriber.reply() == [.bulk(family.subscribe), "a", 1])
            #expect(try subscriber.reply() == [.bulk(family.subscribe), "b", 2])
            #expect(try subscriber.reply() == [.bulk(family.subscribe), "a", 2])

            #expect(try publisher.command(family.publish, "a", "1") == 1)
            #expect(try publisher.command(family.publish, "b", "2") == 1)
            #expect(try publisher.command(family.publish, "c", "3") == 0)
            #expect(try subscriber.reply() == family.message("a", "1"))
            #expect(try subscriber.reply() == family.message("b", "2"))

            try subscriber.append(family.unsubscribe, "a", "nosuch")
            #expect(try subscriber.reply() == [.bulk(family.unsubscribe), "a", 1])
            #expect(try subscriber.reply() == [.bulk(family.unsubscribe), "nosuch", 1])
            #expect(try publisher.command(family.publish, "a", "4") == 0)
            #expect(
                try subscriber.command(family.unsubscribe) == [.bulk(family.unsubscribe), "b", 0])
            #expect(
                try subscriber.command(family.unsubscribe)
                    == [.bulk(family.unsubscribe), .null, 0])
            #expect(try subscriber.command("PING") == .status("PONG"))
        }

        @Test(
            "A publish reaches channel and patterns, and counts each", arguments: Transport.allCases
        )
        func receivers(_ transport: Transport) throws {
            let both = try HiredisConnection(.shared(), transport)
            let one = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            #expect(try both.command("SUBSCRIBE", "news.art") == ["subscribe", "news.art", 1])
            #expect(try both.command("PSUBSCRIBE", "news.*") == ["psubscribe", "news.*", 2])
            #expect(try both.command("SSUBSCRIBE", "news.art") == ["ssubscribe", "news.art", 1])
            #expect(
                try one.command("PSUBSCRIBE", "n?ws.[a-c]rt") == ["psubscribe", "n?ws.[a-c]rt", 1])
            #expect(try publisher.command("PUBLISH", "news.art", "x") == 3)
            #expect(try publisher.command("SPUBLISH", "news.art", "y") == 1)
            #expect(try both.reply() == ["message", "news.art", "x"])
            #expect(try both.reply() == ["pmessage", "news.*", "news.art", "x"])
            #expect(try both.reply() == ["smessage", "news.art", "y"])
            #expect(try one.reply() == ["pmessage", "n?ws.[a-c]rt", "news.art", "x"])
        }

        static let globTable: [(pattern: String, matching: String, other: String)] = [
            ("*", "anything", ""),
            ("a?c", "abc", "ac"),
            ("a*c", "ac", "acd"),
            ("[a-c]x", "bx", "dx"),
            ("[^a-c]x", "dx", "bx"),
            ("[c-a]x", "bx", "dx"),
            (#"a\*c"#, "a*c", "abc"),
            (#"[\]]x"#, "]x", "x"),
            ("a[b", "ab", "a["),
            ("a**c", "abbc", "ab"),
        ]

        @Test("Patterns are Redis's globs", arguments: Transport.allCases)
        func globs(_ transport: Transport) throws {
            for glob in Self.globTable {
                let subscriber = try HiredisConnection(.shared(), transport)
                let publisher = try HiredisConnection(.shared(), transport)
                // The prefix keeps what other connections publish apart.
                let pattern = "glob:" + glob.pattern
                _ = try subscriber.command("PSUBSCRIBE", pattern)
                let matched = try publisher.command("PUBLISH", "glob:" + glob.matching, "x")
                let other = try publisher.command("PUBLISH", glob.other, "x")
                #expect(matched == 1 && other == 0, "\(pattern)")
                #expect(try subscriber.command("PUNSUBSCRIBE") != .null)
            }
        }

        @Test(
            "A subscriber in RESP2 may only subscribe, ping, quit and reset",
            arguments: Transport.allCases)
        func subscriberMode(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            _ = try connection.command("SUBSCRIBE", "mode")
            #expect(try connection.command("PING") == ["pong", ""])
            #expect(try connection.command("PING", "x") == ["pong", "x"])
            #expect(
                try connection.command("ECHO", "x")
                    == .error(
                        "ERR Can't execute 'echo': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / "
                            + "QUIT / RESET are allowed in this context"))
            #expect(
                try connection.command("CLIENT", "ID").errorText?
                    .hasPrefix("ERR Can't execute 'client|id': only ") == true)
            #expect(try connection.command("QUIT") == .ok)
            #expect(try connection.isClosedByPeer())
        }

        @Test("PUBSUB tells channels, numbers and patterns", arguments: Transport.allCases)
        func introspection(_ transport: Transport) throws {
            let subscriber = try HiredisConnection(.shared(), transport)
            let connection = try HiredisConnection(.shared(), transport)
            // What earlier connections left behind goes when the server sees them close.
            let patterns = try connection.settledPatternCount()
            for channel in ["intro:1", "intro:2"] {
                _ = try subscriber.command("SUBSCRIBE", channel)
                _ = try subscriber.command("SSUBSCRIBE", channel)
            }
            _ = try subscriber.command("PSUBSCRIBE", "intro:*")
            let channels = try #require(
                try connection.command("PUBSUB", "CHANNELS", "intro:*").elements)
            #expect(channels.compactMap(\.text).sorted() == ["intro:1", "intro:2"])
            #expect(try connection.command("PUBSUB", "CHANNELS", "intro:[13]") == ["intro:1"])
            let shard = try #require(
                try connection.command("PUBSUB", "SHARDCHANNELS", "intro:*").elements)
            #expect(shard.compactMap(\.text).sorted() == ["intro:1", "intro:2"])
            #expect(
                try connection.command("PUBSUB", "NUMSUB", "intro:2", "nosuch")
                    == ["intro:2", 1, "nosuch", 0])
            #expect(
                try connection.command("PUBSUB", "SHARDNUMSUB", "intro:1") == ["intro:1", 1])
            #expect(try connection.command("PUBSUB", "NUMSUB") == [])
            #expect(try connection.command("PUBSUB", "NUMPAT") == .integer(patterns + 1))
            #expect(try connection.command("PUBSUB", "HELP").elements?.isEmpty == false)
            #expect(
                try connection.command("PUBSUB", "NOSUCH")
                    == .error("ERR unknown subcommand 'NOSUCH'. Try PUBSUB HELP."))
        }

        @Test("Pub/Sub spans the databases", arguments: Transport.allCases)
        func databases(_ transport: Transport) throws {
            let subscriber = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            #expect(try publisher.command("SELECT", 7) == .ok)
            _ = try subscriber.command("SUBSCRIBE", "databases")
            #expect(try publisher.command("PUBLISH", "databases", "x") == 1)
            #expect(try subscriber.reply() == ["message", "databases", "x"])
        }

        @Test("A connection that closes leaves no subscription", arguments: Transport.allCases)
        func closing(_ transport: Transport) throws {
            let publisher = try HiredisConnection(.shared(), transport)
            do {
                let subscriber = try HiredisConnection(.shared(), transport)
                _ = try subscriber.command("SUBSCRIBE", "left")
                #expect(try publisher.command("PUBLISH", "left", "x") == 1)
            }
            // The server learns of the end in its own time.
            try eventually { try publisher.command("PUBLISH", "left", "x") == 0 }
            #expect(try publisher.command("PUBSUB", "CHANNELS", "left") == [])
        }

        @Test("What one publisher sends arrives in order", arguments: Transport.allCases)
        func order(_ transport: Transport) throws {
            let server = try ServerProcess.shared()
            let subscribers = try (0..<4).map { _ in try HiredisConnection(server, transport) }
            let publisher = try HiredisConnection(server, transport)
            for subscriber in subscribers { _ = try subscriber.command("SUBSCRIBE", "order") }
            for number in 0..<2_000 { try publisher.append("PUBLISH", "order", number) }
            #expect(try publisher.replies(2_000) == Array(repeating: 4, count: 2_000))
            let expected = (0..<2_000).map { Reply.array(["message", "order", .bulk("\($0)")]) }
            for subscriber in subscribers {
                var received: [Reply] = []
                while received.count < expected.count { received += try subscriber.readOnce() }
                #expect(received == expected)
            }
        }
    }
}

extension HiredisConnection {
    /// PUBSUB NUMPAT once no subscriber but the caller's own is connected any more.
    fileprivate func settledPatternCount() throws -> Int {
        try eventually {
            try command("CLIENT", "LIST", "TYPE", "pubsub").text == ""
        }
        return try command("PUBSUB", "NUMPAT").integer ?? -1
    }
}
