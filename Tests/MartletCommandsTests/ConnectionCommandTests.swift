// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@Suite("PING, HELLO and their kin")
struct ConnectionCommandTests {
    static let hello2 =
        #"["server", "redis", "version", "7.2.4", "proto", :2, "id", :1, "mode", "standalone", "#
        + #""role", "master", "modules", []]"#
    static let hello3 = "%" + hello2.replacing("proto\", :2", with: "proto\", :3")
    static let notAuthenticated =
        "-NOAUTH HELLO must be called with the client already authenticated, otherwise the "
        + "HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and "
        + "select the RESP protocol version at the same time"
    static let wrongPassword = "-WRONGPASS invalid username-password pair or user is disabled."
    static let noPassword =
        "-ERR AUTH <password> called without any password configured for the default user. Are "
        + "you sure your configuration is correct?"
    static let invalidName =
        "-ERR Client names cannot contain spaces, newlines or special characters."

    static let openExchanges: [Exchange] = [
        Exchange("PING", "PING hi", "ECHO x", replies: ["+PONG", #""hi""#, #""x""#]),
        Exchange(
            "PING a b", "ECHO", "NOSUCH a b",
            replies: [
                "-ERR wrong number of arguments for 'ping' command",
                "-ERR wrong number of arguments for 'echo' command",
                "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ",
            ]),
        Exchange("QUIT", "PING", replies: ["+OK", "closed"]),
        Exchange(
            "SELECT 15", "SELECT 16", "SELECT -1", "SELECT x", "SELECT 2147483648",
            replies: [
                "+OK", "-ERR DB index is out of range", "-ERR DB index is out of range",
                "-ERR value is not an integer or out of range",
                "-ERR value is out of range, value must between -2147483648 and 2147483647",
            ]),
        Exchange(
            "AUTH x", "AUTH default x", "AUTH nobody x", "AUTH a b c",
            replies: [noPassword, "+OK", wrongPassword, "-ERR syntax error"]),
        Exchange("HELLO", "HELLO 3", "HELLO 2", replies: [hello2, hello3, hello2]),
        Exchange(
            "HELLO 1", "HELLO 4", "HELLO x", "HELLO 3 NOSUCH", "HELLO 3 AUTH a", "PING",
            replies: [
                "-NOPROTO unsupported protocol version", "-NOPROTO unsupported protocol version",
                "-ERR Protocol version is not an integer or out of range",
                "-ERR Syntax error in HELLO option 'NOSUCH'",
                "-ERR Syntax error in HELLO option 'AUTH'", "+PONG",
            ]),
        Exchange(
            "HELLO 3 AUTH nobody x SETNAME a", "CLIENT GETNAME", "HELLO 3 SETNAME a",
            "CLIENT GETNAME", "HELLO 3 SETNAME \u{7F}",
            replies: [wrongPassword, "nil", hello3, #""a""#, invalidName]),
        Exchange(
            "HELLO 3 SETNAME a", "CLIENT SETINFO LIB-NAME lib", "SELECT 3", "SUBSCRIBE c",
            "MULTI", "RESET", "CLIENT GETNAME", "EXEC",
            replies: [
                hello3, "+OK", "+OK", #">["subscribe", "c", :1]"#, "+OK", "+RESET", "nil",
                "-ERR EXEC without MULTI",
            ]),
    ]

    @Test("Replies without a password", arguments: openExchanges, Feed.allCases)
    func withoutPassword(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    static let closedExchanges: [Exchange] = [
        Exchange(
            "PING", "SUBSCRIBE a", "MULTI", "EXEC", "NOSUCH",
            replies: [
                "-NOAUTH Authentication required.", "-NOAUTH Authentication required.",
                "-NOAUTH Authentication required.",
                "-EXECABORT Transaction discarded because of: NOAUTH Authentication required.",
                "-ERR unknown command 'NOSUCH', with args beginning with: ",
            ]),
        Exchange(
            "AUTH wrong", "AUTH Secret", "AUTH secretx", "AUTH secret", "PING", "AUTH wrong",
            "PING",
            replies: [
                wrongPassword, wrongPassword, wrongPassword, "+OK", "+PONG", wrongPassword,
                "+PONG",
            ]),
        Exchange(
            "AUTH default secret", "RESET", "PING",
            replies: ["+OK", "+RESET", "-NOAUTH Authentication required."]),
        Exchange(
            "HELLO 3", "HELLO 3 AUTH default wrong", "HELLO 3 AUTH default secret", "PING",
            replies: [notAuthenticated, wrongPassword, hello3, "+PONG"]),
        Exchange("QUIT", replies: ["+OK", "closed"]),
    ]

    @Test("Replies under requirepass", arguments: closedExchanges, Feed.allCases)
    func withPassword(_ exchange: Exchange, _ feed: Feed) {
        let server = TestServer { $0.requirepass = Array("secret".utf8) }
        #expect(exchange.actualReplies(feed, server) == exchange.replies)
    }

    @Test("A password that is set asks new clients only, one that is taken away nobody")
    func changedPassword() {
        let server = TestServer()
        let early = server.connect()
        server.configure { $0.requirepass = Array("secret".utf8) }
        let late = server.connect()
        #expect(early.ask("PING") == ["+PONG"])
        #expect(late.ask("PING") == ["-NOAUTH Authentication required."])
        server.configure { $0.requirepass = [] }
        #expect(late.ask("PING") == ["+PONG"])
        #expect(late.ask("HELLO 3") == [Self.notAuthenticated])
    }

    @Test("A client that speaks HTTP is ended without an answer", arguments: ["POST", "Host:"])
    func http(_ word: String) {
        let server = TestServer()
        let client = server.connect()
        client.receive(Array("PING\r\n\(word) / HTTP/1.1\r\nPING\r\n".utf8))
        #expect(client.replies == ["closed"])
        #expect(server.host.logged.count == 1)
        #expect(server.host.logged.first?.hasPrefix("warning: Possible SECURITY ATTACK") == true)
    }

    @Test("A RESP2 subscriber may do little, and its PING has another shape")
    func subscriberMode() {
        let client = TestServer().connect()
        let exchange = client.ask("SUBSCRIBE a", "PING", "PING x", "ECHO x", "CLIENT ID", "RESET")
        #expect(
            exchange == [
                #"["subscribe", "a", :1]"#, #"["pong", ""]"#, #"["pong", "x"]"#,
                "-ERR Can't execute 'echo': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT "
                    + "/ RESET are allowed in this context",
                "-ERR Can't execute 'client|id': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / "
                    + "QUIT / RESET are allowed in this context",
                "+RESET",
            ])
        #expect(client.ask("PING") == ["+PONG"])
    }
}
