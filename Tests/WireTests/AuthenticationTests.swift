// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("Authentication")
    struct AuthenticationTests {
        private let wrongPassword = Reply.error(
            "WRONGPASS invalid username-password pair or user is disabled.")
        private let noAuthentication = Reply.error("NOAUTH Authentication required.")

        @Test(
            "A server with a password answers nothing else before AUTH",
            arguments: Transport.allCases)
        func passwordRequired(_ transport: Transport) throws {
            try ServerProcess.with(["--requirepass", "s3cret"]) { server in
                let connection = try HiredisConnection(server, transport)
                #expect(try connection.command("PING") == noAuthentication)
                #expect(try connection.command("SUBSCRIBE", "a") == noAuthentication)
                #expect(try connection.command("PUBLISH", "a", "b") == noAuthentication)
                #expect(try connection.command("AUTH", "wrong") == wrongPassword)
                #expect(try connection.command("AUTH", "default", "wrong") == wrongPassword)
                #expect(try connection.command("AUTH", "nobody", "s3cret") == wrongPassword)
                #expect(try connection.command("PING") == noAuthentication)
                #expect(try connection.command("AUTH", "s3cret") == .ok)
                #expect(try connection.command("PING") == .status("PONG"))
                #expect(try connection.command("AUTH", "wrong") == wrongPassword)
                #expect(try connection.command("PING") == .status("PONG"))
                #expect(try connection.command("RESET") == .status("RESET"))
                #expect(try connection.command("PING") == noAuthentication)
            }
        }

        @Test(
            "AUTH by name, HELLO with AUTH, and QUIT without either",
            arguments: Transport.allCases)
        func hello(_ transport: Transport) throws {
            try ServerProcess.with(["--requirepass", "s3cret"]) { server in
                let named = try HiredisConnection(server, transport)
                #expect(try named.command("AUTH", "default", "s3cret") == .ok)
                #expect(try named.command("PING") == .status("PONG"))

                let greeted = try HiredisConnection(server, transport)
                let refusal = try #require(try greeted.command("HELLO", 2).errorText)
                #expect(refusal.hasPrefix("NOAUTH HELLO must be called with the client already"))
                #expect(
                    try greeted.command("HELLO", 2, "AUTH", "default", "wrong") == wrongPassword)
                let hello = try greeted.command("HELLO", 2, "AUTH", "default", "s3cret")
                #expect(hello["proto"] == 2)
                #expect(try greeted.command("PING") == .status("PONG"))

                let leaving = try HiredisConnection(server, transport)
                #expect(try leaving.command("QUIT") == .ok)
                #expect(try leaving.isClosedByPeer())
            }
        }

        @Test(
            "CONFIG SET requirepass takes effect for new connections",
            arguments: Transport.allCases)
        func configSet(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let old = try HiredisConnection(server, transport)
                #expect(try old.command("CONFIG", "SET", "requirepass", "later") == .ok)
                #expect(try old.command("PING") == .status("PONG"))
                let new = try HiredisConnection(server, transport)
                #expect(try new.command("PING") == noAuthentication)
                #expect(try new.command("AUTH", "later") == .ok)
                #expect(try new.command("CONFIG", "SET", "requirepass", "") == .ok)
                let open = try HiredisConnection(server, transport)
                #expect(try open.command("PING") == .status("PONG"))
            }
        }

        @Test("AUTH without a password configured is an error", arguments: Transport.allCases)
        func noPasswordConfigured(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let error = try #require(try connection.command("AUTH", "x").errorText)
            #expect(
                error.hasPrefix(
                    "ERR AUTH <password> called without any password configured for the default"))
            #expect(try connection.command("AUTH", "default", "x") == .ok)
            #expect(try connection.command("AUTH", "a", "b", "c") == .error("ERR syntax error"))
        }
    }
}
