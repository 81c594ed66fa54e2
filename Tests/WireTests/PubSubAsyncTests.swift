// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CHiredis
import Testing

extension WireTests {
    @Suite("Pub/Sub, asynchronous")
    struct PubSubAsyncTests {
        @Test("Connects, answers in order and disconnects cleanly", arguments: Transport.allCases)
        func commands(_ transport: Transport) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            var replies: [Reply?] = []
            for number in 0..<1_000 {
                try connection.command("ECHO", number) { replies.append($0) }
            }
            try connection.run { replies.count == 1_000 }
            #expect(replies == (0..<1_000).map { Reply.bulk("\($0)") })
            #expect(connection.connectStatus == REDIS_OK)
            try connection.command("PING") { replies.append($0) }
            connection.disconnect()
            try connection.run { connection.isFreed }
            #expect(replies.last == .status("PONG"))
            #expect(connection.disconnectStatus == REDIS_OK)
        }

        @Test("QUIT ends the connection from the server's side", arguments: Transport.allCases)
        func quit(_ transport: Transport) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            var replies: [Reply?] = []
            try connection.command("QUIT") { replies.append($0) }
            try connection.run { connection.isFreed }
            #expect(replies == [.ok])
            #expect(connection.disconnectStatus == REDIS_ERR)
        }

        @Test(
            "Messages reach the callback; count 0 frees the subscription",
            arguments: Transport.allCases, ["", "p"])
        func subscription(_ transport: Transport, _ prefix: String) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            var received: [Reply?] = []
            for channel in ["async:1", "async:2"] {
                try connection.command(prefix + "subscribe", channel) { received.append($0) }
            }
            try connection.run { received.count == 2 }
            let subscribed = Reply.bulk(prefix + "subscribe")
            #expect(received == [[subscribed, "async:1", 1], [subscribed, "async:2", 2]])
            #expect(connection.isSubscribed)

            received = []
            for number in 0..<500 { try publisher.append("PUBLISH", "async:1", number) }
            #expect(try publisher.replies(500) == Array(repeating: 1, count: 500))
            try connection.run { received.count == 500 }
            #expect(received.compactMap { $0?.elements?.last } == (0..<500).map { .bulk("\($0)") })
            #expect(received.allSatisfy { $0?.elements?.first == .bulk(prefix + "message") })

            received = []
            try connection.command(prefix + "unsubscribe") { _ in }
            try connection.run { received.count == 2 }
            let ended = received.compactMap { $0?.elements }
            #expect(ended.map(\.first) == Array(repeating: .bulk(prefix + "unsubscribe"), count: 2))
            #expect(Set(ended.compactMap { $0[1].text }) == ["async:1", "async:2"])
            #expect(ended.map(\.last) == [1, 0])
            #expect(!connection.isSubscribed)

            // The context is an ordinary one again.
            var pong: Reply?
            try connection.command("PING") { pong = $0 }
            try connection.run { pong != nil }
            #expect(pong == .status("PONG"))
        }

        @Test("Channels and patterns have callbacks of their own", arguments: Transport.allCases)
        func callbacks(_ transport: Transport) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            var byChannel: [Reply?] = []
            var byPattern: [Reply?] = []
            try connection.command("SUBSCRIBE", "own:channel") { byChannel.append($0) }
            try connection.command("PSUBSCRIBE", "own:*") { byPattern.append($0) }
            try connection.run { byChannel.count == 1 && byPattern.count == 1 }
            #expect(try publisher.command("PUBLISH", "own:channel", "x") == 2)
            #expect(try publisher.command("PUBLISH", "own:other", "y") == 1)
            try connection.run { byChannel.count == 2 && byPattern.count == 3 }
            #expect(
                byChannel == [["subscribe", "own:channel", 1], ["message", "own:channel", "x"]])
            #expect(
                byPattern == [
                    ["psubscribe", "own:*", 2], ["pmessage", "own:*", "own:channel", "x"],
                    ["pmessage", "own:*", "own:other", "y"],
                ])
        }

        @Test("A killed subscriber's callback gets nil", arguments: Transport.allCases)
        func killed(_ transport: Transport) throws {
            let connection = try HiredisAsyncConnection(.shared(), transport)
            let killer = try HiredisConnection(.shared(), transport)
            var id: Reply?
            try connection.command("CLIENT", "ID") { id = $0 }
            try connection.run { id != nil }
            var received: [Reply?] = []
            try connection.command("SUBSCRIBE", "killed:async") { received.append($0) }
            try connection.run { received.count == 1 }
            let number = try #require(id?.integer)
            #expect(try killer.command("CLIENT", "KILL", "ID", number) == 1)
            try connection.run { connection.isFreed }
            #expect(received == [["subscribe", "killed:async", 1], nil])
            #expect(connection.disconnectStatus == REDIS_ERR)
        }

        @Test("MONITOR's lines keep coming to one callback", arguments: Transport.allCases)
        func monitor(_ transport: Transport) throws {
            let monitor = try HiredisAsyncConnection(.shared(), transport)
            let other = try HiredisConnection(.shared(), transport)
            var lines: [Reply?] = []
            try monitor.command("MONITOR") { lines.append($0) }
            try monitor.run { lines.count == 1 }
            for number in 0..<100 { _ = try other.command("ECHO", number) }
            try monitor.run { lines.count == 101 }
            #expect(lines.first == .ok)
            for (number, line) in lines.dropFirst().enumerated() {
                #expect(line?.text?.hasSuffix(#" "ECHO" "\#(number)""#) == true)
            }
        }
    }
}
