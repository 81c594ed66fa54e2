// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite(
        "RESP3",
        .enabled(if: HiredisConnection.supportsRESP3, "this hiredis is before 1.0, without RESP3"))
    struct RESP3Tests {
        private func connect(_ transport: Transport) throws -> HiredisConnection {
            let connection = try HiredisConnection(.shared(), transport)
            let hello = try connection.command("HELLO", 3)
            guard case .map = hello else { throw UnexpectedReply(reply: hello) }
            #expect(hello["proto"] == 3)
            connection.readPushesInline()
            return connection
        }

        @Test("Replies have RESP3's types", arguments: Transport.allCases)
        func types(_ transport: Transport) throws {
            let connection = try connect(transport)
            #expect(try connection.command("CLIENT", "GETNAME") == .null)
            let port = "\(try ServerProcess.shared().port)"
            #expect(
                try connection.command("CONFIG", "GET", "port") == .map(["port", .bulk(port)]))
            for command in [["INFO"], ["CLIENT", "LIST"], ["CLIENT", "INFO"], ["LOLWUT"]] {
                guard case .verbatim("txt", let bytes) = try connection.command(command) else {
                    Issue.record("\(command) is no verbatim text")
                    continue
                }
                #expect(!bytes.isEmpty)
            }
            guard case .map = try connection.command("COMMAND", "DOCS", "publish") else {
                Issue.record("COMMAND DOCS is no map")
                return
            }
            let publish = try connection.command("COMMAND", "INFO", "publish").elements?.first
            guard case .set(let flags) = publish?.elements?[2] else {
                Issue.record("the flags of a command are no set")
                return
            }
            #expect(flags.contains(.status("pubsub")))
        }

        @Test("Confirmations and messages are pushes", arguments: Transport.allCases)
        func pushes(_ transport: Transport) throws {
            let subscriber = try connect(transport)
            let publisher = try HiredisConnection(.shared(), transport)
            try subscriber.append("SUBSCRIBE", "push:1", "push:2")
            try subscriber.append("PSUBSCRIBE", "push:*")
            try subscriber.append("SSUBSCRIBE", "push:1")
            #expect(
                try subscriber.replies(4) == [
                    .push(["subscribe", "push:1", 1]), .push(["subscribe", "push:2", 2]),
                    .push(["psubscribe", "push:*", 3]), .push(["ssubscribe", "push:1", 1]),
                ])
            #expect(try publisher.command("PUBLISH", "push:1", "x") == 2)
            #expect(try publisher.command("SPUBLISH", "push:1", "y") == 1)
            #expect(
                try subscriber.replies(3) == [
                    .push(["message", "push:1", "x"]),
                    .push(["pmessage", "push:*", "push:1", "x"]),
                    .push(["smessage", "push:1", "y"]),
                ])
            // Every command is allowed, and PING is the plain one.
            #expect(try subscriber.command("PING") == .status("PONG"))
            #expect(try subscriber.command("ECHO", "x") == "x")
            #expect(
                try subscriber.command("SUNSUBSCRIBE") == .push(["sunsubscribe", "push:1", 0]))
            #expect(
                try subscriber.command("PUNSUBSCRIBE") == .push(["punsubscribe", "push:*", 2]))
            try subscriber.append("UNSUBSCRIBE")
            let ended = try subscriber.replies(2).compactMap(\.elements)
            #expect(Set(ended.compactMap { $0[1].text }) == ["push:1", "push:2"])
            #expect(ended.map(\.last) == [1, 0])
            #expect(
                try subscriber.command("UNSUBSCRIBE") == .push(["unsubscribe", .null, 0]))
        }

        @Test("redisSetPushCallback gets the pushes between replies", arguments: Transport.allCases)
        func pushCallback(_ transport: Transport) throws {
            let subscriber = try connect(transport)
            let publisher = try HiredisConnection(.shared(), transport)
            subscriber.collectPushes()
            try subscriber.append("SUBSCRIBE", "callback")
            #expect(try subscriber.command("PING") == .status("PONG"))
            for number in 0..<100 { _ = try publisher.command("PUBLISH", "callback", number) }
            // hiredis hands pushes out while it waits for a reply.
            try eventually {
                _ = try subscriber.command("PING")
                return subscriber.pushes.count == 101
            }
            let messages = (0..<100).map { Reply.push(["message", "callback", .bulk("\($0)")]) }
            #expect(subscriber.pushes == [.push(["subscribe", "callback", 1])] + messages)
        }

        @Test(
            "A client's own message follows the reply to PUBLISH",
            .enabled(if: ServerProcess.imitates72, "7.0 sends it before"),
            arguments: Transport.allCases)
        func ownMessage(_ transport: Transport) throws {
            let connection = try connect(transport)
            _ = try connection.command("SUBSCRIBE", "own")
            try connection.append("PUBLISH", "own", "x")
            #expect(try connection.replies(2) == [1, .push(["message", "own", "x"])])
        }

        @Test("HELLO 2 and RESET go back to RESP2", arguments: Transport.allCases)
        func back(_ transport: Transport) throws {
            let connection = try connect(transport)
            _ = try connection.command("SUBSCRIBE", "back")
            let publisher = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("HELLO", 2)["proto"] == 2)
            #expect(try publisher.command("PUBLISH", "back", "x") == 1)
            #expect(try connection.reply() == ["message", "back", "x"])
            #expect(try connection.command("PING") == ["pong", ""])
            #expect(try connection.command("RESET") == .status("RESET"))
            _ = try connection.command("HELLO", 3)
            #expect(try connection.command("RESET") == .status("RESET"))
            #expect(try connection.command("SUBSCRIBE", "back") == ["subscribe", "back", 1])
        }

        @Test("Asynchronous: replies and messages on one connection", arguments: Transport.allCases)
        func asynchronous(_ transport: Transport) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            var replies: [Reply?] = []
            var messages: [Reply?] = []
            try connection.command("HELLO", 3) { replies.append($0) }
            try connection.command("SUBSCRIBE", "async3") { messages.append($0) }
            try connection.command("ECHO", "x") { replies.append($0) }
            try connection.run { replies.count == 2 && messages.count == 1 }
            #expect(replies.last == "x")
            #expect(try publisher.command("PUBLISH", "async3", "1") == 1)
            try connection.command("ECHO", "y") { replies.append($0) }
            try connection.run { replies.count == 3 && messages.count == 2 }
            #expect(replies.last == "y")
            #expect(
                messages == [
                    .push(["subscribe", "async3", 1]), .push(["message", "async3", "1"]),
                ])
        }

        @Test(
            "redisAsyncSetPushCallback gets what belongs to no SUBSCRIBE",
            arguments: Transport.allCases)
        func asynchronousPushes(_ transport: Transport) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            connection.collectPushes()
            var hello: Reply?
            try connection.command("HELLO", 3) { hello = $0 }
            try connection.run { hello != nil }
            // hiredis knows no sharded Pub/Sub: to it, these pushes are nobody's.
            try connection.commandWithoutReply("SSUBSCRIBE", "shard3")
            try connection.run { connection.pushes.count == 1 }
            for number in 0..<10 {
                #expect(try publisher.command("SPUBLISH", "shard3", number) == 1)
            }
            try connection.run { connection.pushes.count == 11 }
            let messages = (0..<10).map { Reply.push(["smessage", "shard3", .bulk("\($0)")]) }
            #expect(connection.pushes == [.push(["ssubscribe", "shard3", 1])] + messages)
        }
    }
}

private struct UnexpectedReply: Error {
    let reply: Reply
}
