// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("CLIENT")
    struct ClientCommandTests {
        @Test("ID grows, and INFO and LIST describe the connection", arguments: Transport.allCases)
        func listed(_ transport: Transport) throws {
            let first = try HiredisConnection(.shared(), transport)
            let second = try HiredisConnection(.shared(), transport)
            let firstID = try #require(try first.command("CLIENT", "ID").integer)
            let secondID = try #require(try second.command("CLIENT", "ID").integer)
            #expect(firstID < secondID)

            #expect(try second.command("CLIENT", "SETNAME", "listed") == .ok)
            let info = try Self.fields(second.command("CLIENT", "INFO"))
            #expect(info["id"] == "\(secondID)")
            #expect(info["name"] == "listed")
            #expect(info["cmd"] == "client|info")
            #expect(info["resp"] == "2")
            #expect(info["user"] == "default")
            switch transport {
            case .tcp: #expect(info["laddr"] == "127.0.0.1:\(try ServerProcess.shared().port)")
            case .unix:
                // Valkey puts brackets around it.
                let address = "\(try ServerProcess.shared().unixSocketPath):0"
                #expect(info["addr"]?.contains(address) == true)
            }

            let all = try #require(try first.command("CLIENT", "LIST").text)
            #expect(all.contains("id=\(firstID) ") && all.contains("id=\(secondID) "))
            let one = try #require(try first.command("CLIENT", "LIST", "ID", secondID).text)
            #expect(one.hasPrefix("id=\(secondID) ") && one.hasSuffix("\n"))
            #expect(try second.command("SUBSCRIBE", "listed") == ["subscribe", "listed", 1])
            let pubsub = try #require(try first.command("CLIENT", "LIST", "TYPE", "pubsub").text)
            #expect(pubsub.contains("id=\(secondID) ") && !pubsub.contains("id=\(firstID) "))
            #expect(pubsub.contains(" sub=1 "))
        }

        @Test("A name is set, read and refused", arguments: Transport.allCases)
        func name(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("CLIENT", "GETNAME") == .null)
            #expect(try connection.command("CLIENT", "SETNAME", "worker-1") == .ok)
            #expect(try connection.command("CLIENT", "GETNAME") == "worker-1")
            let refusal = Reply.error(
                "ERR Client names cannot contain spaces, newlines or special characters.")
            #expect(try connection.command("CLIENT", "SETNAME", "a b") == refusal)
            #expect(try connection.command("CLIENT", "GETNAME") == "worker-1")
            #expect(try connection.command("CLIENT", "SETNAME", "") == .ok)
            #expect(try connection.command("CLIENT", "GETNAME") == .null)
        }

        @Test(
            "SETINFO and NO-TOUCH",
            .enabled(if: ServerProcess.imitates72, "they came with Redis 7.2"),
            arguments: Transport.allCases)
        func setInfo(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("CLIENT", "SETINFO", "LIB-NAME", "hiredis") == .ok)
            #expect(try connection.command("CLIENT", "SETINFO", "lib-ver", "0.14.1") == .ok)
            let info = try Self.fields(connection.command("CLIENT", "INFO"))
            #expect(info["lib-name"] == "hiredis")
            #expect(info["lib-ver"] == "0.14.1")
            let refusal = try connection.command("CLIENT", "SETINFO", "nosuch", "x").errorText
            #expect(refusal == "ERR Unrecognized option 'nosuch'")
            #expect(try connection.command("CLIENT", "NO-TOUCH", "ON") == .ok)
            #expect(try connection.command("CLIENT", "NO-TOUCH", "OFF") == .ok)
        }

        @Test("KILL by ID and by address closes the connection", arguments: Transport.allCases)
        func kill(_ transport: Transport) throws {
            let killer = try HiredisConnection(.shared(), transport)
            let byID = try HiredisConnection(.shared(), transport)
            let id = try #require(try byID.command("CLIENT", "ID").integer)
            #expect(try killer.command("CLIENT", "KILL", "ID", id) == 1)
            #expect(try byID.isClosedByPeer())
            #expect(try killer.command("CLIENT", "KILL", "ID", id) == 0)

            // Every client of a Unix socket has the same address, so this one comes by TCP.
            let byAddress = try HiredisConnection(.shared(), .tcp)
            let address = try #require(Self.fields(byAddress.command("CLIENT", "INFO"))["addr"])
            #expect(try killer.command("CLIENT", "KILL", address) == .ok)
            #expect(try byAddress.isClosedByPeer())
            let error = Reply.error("ERR No such client")
            #expect(try killer.command("CLIENT", "KILL", "127.0.0.1:1") == error)
        }

        @Test("KILL with filters, of oneself too", arguments: Transport.allCases)
        func killFilters(_ transport: Transport) throws {
            let killer = try HiredisConnection(.shared(), transport)
            let subscriber = try HiredisConnection(.shared(), transport)
            _ = try subscriber.command("SUBSCRIBE", "killed")
            #expect(try killer.command("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes") == 1)
            #expect(try subscriber.isClosedByPeer())
            let id = try #require(try killer.command("CLIENT", "ID").integer)
            #expect(try killer.command("CLIENT", "KILL", "ID", id) == 0)
            #expect(try killer.command("CLIENT", "KILL", "ID", id, "SKIPME", "no") == 1)
            #expect(try killer.isClosedByPeer())
        }

        @Test("REPLY OFF, SKIP and ON", arguments: Transport.allCases)
        func reply(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            try connection.append("CLIENT", "REPLY", "OFF")
            try connection.append("PING", "unheard")
            try connection.append("CLIENT", "REPLY", "ON")
            #expect(try connection.reply() == .ok)
            try connection.append("CLIENT", "REPLY", "SKIP")
            try connection.append("PING", "unheard")
            try connection.append("PING", "heard")
            #expect(try connection.reply() == "heard")
            let refusal = Reply.error("ERR syntax error")
            #expect(try connection.command("CLIENT", "REPLY", "nosuch") == refusal)
        }

        @Test("PAUSE holds others' commands back until UNPAUSE", arguments: Transport.allCases)
        func pause(_ transport: Transport) throws {
            let pausing = try HiredisConnection(.shared(), transport)
            let waiting = try HiredisConnection(.shared(), transport)
            let subscriber = try HiredisConnection(.shared(), transport)
            _ = try subscriber.command("SUBSCRIBE", "paused")
            #expect(try pausing.command("CLIENT", "PAUSE", 60_000, "WRITE") == .ok)
            // PUBLISH would be replicated, so it waits; PING does not.
            #expect(try waiting.command("PING") == .status("PONG"))
            try waiting.append("PUBLISH", "paused", "x")
            try waiting.flush()
            #expect(try pausing.command("PING") == .status("PONG"))
            #expect(try subscriber.command("PING") == ["pong", ""])
            #expect(try pausing.command("CLIENT", "UNPAUSE") == .ok)
            #expect(try waiting.reply() == 1)
            #expect(try subscriber.reply() == ["message", "paused", "x"])
        }

        static let errorTexts: [([String], String)] = [
            (["REPLY", "nosuch"], "ERR syntax error"),
            (["KILL", "TYPE", "nosuch"], "ERR Unknown client type 'nosuch'"),
            (["KILL"], "ERR wrong number of arguments for 'client|kill' command"),
            (["LIST", "TYPE", "nosuch"], "ERR Unknown client type 'nosuch'"),
            (["PAUSE", "x"], "ERR timeout is not an integer or out of range"),
            (["NO-EVICT", "maybe"], "ERR syntax error"),
        ]

        @Test("Errors have Redis's texts", arguments: Transport.allCases, errorTexts)
        func errors(_ transport: Transport, _ errorCase: ([String], String)) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(
                try connection.command(["CLIENT"] + errorCase.0) == .error(errorCase.1))
        }

        @Test("NO-EVICT, GETREDIR, HELP and no subcommand", arguments: Transport.allCases)
        func remaining(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("CLIENT", "NO-EVICT", "ON") == .ok)
            #expect(try connection.command("CLIENT", "NO-EVICT", "OFF") == .ok)
            #expect(try connection.command("CLIENT", "GETREDIR") == -1)
            let help = try #require(try connection.command("CLIENT", "HELP").elements)
            #expect(help.first?.text?.hasPrefix("CLIENT <subcommand>") == true)
            #expect(help.contains(.status("GETNAME")))
            let error = Reply.error("ERR wrong number of arguments for 'client' command")
            #expect(try connection.command("CLIENT") == error)
        }

        /// The `name=value` fields of one line of CLIENT LIST.
        private static func fields(_ reply: Reply) throws -> [String: String] {
            let text = try #require(reply.text).trimmingSuffix { $0.isNewline }
            let pairs = text.split(separator: " ").map { field in
                let parts = field.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts.last ?? ""))
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return text
    }
}
