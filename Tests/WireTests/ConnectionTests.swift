// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("Connection commands")
    struct ConnectionTests {
        @Test("PING answers PONG or its argument", arguments: Transport.allCases)
        func ping(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("PING") == .status("PONG"))
            #expect(try connection.command("ping") == .status("PONG"))
            #expect(try connection.command("PING", "hello") == "hello")
            #expect(try connection.command("PING", "") == "")
            let error = Reply.error("ERR wrong number of arguments for 'ping' command")
            #expect(try connection.command("PING", "a", "b") == error)
        }

        @Test("ECHO answers its argument, whatever its bytes", arguments: Transport.allCases)
        func echo(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let allBytes = Array(UInt8.min...UInt8.max)
            #expect(try connection.command("ECHO", allBytes) == .bulk(allBytes))
            #expect(try connection.command("ECHO", "") == "")
            let error = Reply.error("ERR wrong number of arguments for 'echo' command")
            #expect(try connection.command("ECHO") == error)
        }

        @Test("QUIT answers OK and the server closes", arguments: Transport.allCases)
        func quit(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            try connection.append("PING")
            try connection.append("QUIT")
            try connection.append("PING")
            #expect(try connection.reply() == .status("PONG"))
            #expect(try connection.reply() == .ok)
            #expect(try connection.isClosedByPeer())
        }

        @Test(
            "RESET ends a transaction, subscriptions, the name and the database",
            arguments: Transport.allCases)
        func reset(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("CLIENT", "SETNAME", "before") == .ok)
            #expect(try connection.command("SELECT", 3) == .ok)
            #expect(try connection.command("MULTI") == .ok)
            #expect(try connection.command("RESET") == .status("RESET"))
            #expect(try connection.command("EXEC") == .error("ERR EXEC without MULTI"))
            // 7.0 answers null and later versions an empty string; both mean no name.
            #expect(try [.null, ""].contains(connection.command("CLIENT", "GETNAME")))
            let info = try #require(try connection.command("CLIENT", "INFO").text)
            #expect(info.contains(" db=0 "))

            #expect(try connection.command("SUBSCRIBE", "reset") == ["subscribe", "reset", 1])
            #expect(try connection.command("RESET") == .status("RESET"))
            #expect(try connection.command("ECHO", "allowed again") == "allowed again")
            let publisher = try HiredisConnection(.shared(), transport)
            #expect(try publisher.command("PUBLISH", "reset", "x") == 0)
        }

        @Test("SELECT knows 16 databases", arguments: Transport.allCases)
        func select(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("SELECT", 0) == .ok)
            #expect(try connection.command("SELECT", 15) == .ok)
            let outOfRange = Reply.error("ERR DB index is out of range")
            #expect(try connection.command("SELECT", 16) == outOfRange)
            #expect(try connection.command("SELECT", -1) == outOfRange)
            let error = try connection.command("SELECT", "x").errorText
            #expect(
                error == "ERR value is not an integer or out of range"
                    || error == "ERR invalid DB index")
            let info = try #require(try connection.command("CLIENT", "INFO").text)
            #expect(info.contains(" db=15 "))
        }

        @Test(
            "An unknown command and a wrong number of arguments have Redis's texts",
            arguments: Transport.allCases)
        func unknownCommand(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(
                try connection.command("NOSUCH", "a", "b")
                    == .error("ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' "))
            #expect(
                try connection.command("nosuch")
                    == .error("ERR unknown command 'nosuch', with args beginning with: "))
            #expect(
                try connection.command("PUBLISH", "a")
                    == .error("ERR wrong number of arguments for 'publish' command"))
            #expect(
                try connection.command("CLIENT", "NOSUCH")
                    == .error("ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP."))
        }

        @Test("HELLO 2 describes the server", arguments: Transport.allCases)
        func hello(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let hello = try connection.command("HELLO", 2, "SETNAME", "greeted")
            #expect(hello["server"]?.text?.isEmpty == false)
            #expect(hello["version"]?.text?.contains(".") == true)
            #expect(hello["proto"] == 2)
            #expect(try hello["id"] == connection.command("CLIENT", "ID"))
            #expect(hello["mode"] == "standalone")
            #expect(hello["role"] == "master")
            #expect(hello["modules"]?.elements != nil)
            #expect(try connection.command("CLIENT", "GETNAME") == "greeted")
            #expect(try connection.command("HELLO")["proto"] == 2)
        }

        static let helloErrorTexts: [([String], String)] = [
            (["4"], "NOPROTO unsupported protocol version"),
            (["1"], "NOPROTO unsupported protocol version"),
            (["x"], "ERR Protocol version is not an integer or out of range"),
            (["2", "AUTH", "a"], "ERR Syntax error in HELLO option 'AUTH'"),
            (["2", "SETNAME"], "ERR Syntax error in HELLO option 'SETNAME'"),
            (["2", "NOSUCH"], "ERR Syntax error in HELLO option 'NOSUCH'"),
            (
                ["2", "SETNAME", "a b"],
                "ERR Client names cannot contain spaces, newlines or special characters."
            ),
            (
                ["2", "AUTH", "nobody", "x"],
                "WRONGPASS invalid username-password pair or user is disabled."
            ),
        ]

        @Test("HELLO refuses what it does not know", arguments: Transport.allCases, helloErrorTexts)
        func helloErrors(_ transport: Transport, _ helloCase: ([String], String)) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command(["HELLO"] + helloCase.0) == .error(helloCase.1))
            #expect(try connection.command("PING") == .status("PONG"))
        }

        @Test("TIME is the time of day", arguments: Transport.allCases)
        func time(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let earlier = try Self.microseconds(connection.command("TIME"))
            let later = try Self.microseconds(connection.command("TIME"))
            #expect(earlier <= later)
            #expect(earlier > 1_700_000_000_000_000)
        }

        private static func microseconds(_ reply: Reply) throws -> Int {
            let parts = try #require(reply.elements).compactMap { $0.text.flatMap { Int($0) } }
            try #require(parts.count == 2 && (0..<1_000_000).contains(parts[1]))
            return parts[0] * 1_000_000 + parts[1]
        }
    }
}
