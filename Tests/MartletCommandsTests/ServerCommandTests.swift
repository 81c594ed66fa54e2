// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("Commands about the server")
struct ServerCommandTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "DBSIZE", "ROLE", "LASTSAVE", "TIME",
            replies: [
                ":0", #"["master", :0, []]"#, ":1700000000", #"["1700000000", "0"]"#,
            ]),
        Exchange(
            "FLUSHALL", "FLUSHDB async", "FLUSHALL SYNC", "FLUSHALL x", "FLUSHDB SYNC ASYNC",
            replies: ["+OK", "+OK", "+OK", "-ERR syntax error", "-ERR syntax error"]),
        Exchange(
            "SHUTDOWN x", "SHUTDOWN SAVE NOSAVE", "SHUTDOWN ABORT NOW", "SHUTDOWN ABORT",
            replies: [
                "-ERR syntax error", "-ERR syntax error", "-ERR syntax error",
                "-ERR No shutdown in progress.",
            ]),
        Exchange("SHUTDOWN", "PING", replies: []),
        Exchange(
            "LOLWUT VERSION 99", "LOLWUT x", "LOLWUT VERSION x", "LOLWUT VERSION 5 x",
            replies: [
                "\"Redis ver. 7.2.4\n\"", "\"Redis ver. 7.2.4\n\"",
                "-ERR value is not an integer or out of range",
                "-ERR value is not an integer or out of range",
            ]),
        Exchange(
            "LATENCY LATEST", "LATENCY RESET a", "LATENCY HISTORY a", "LATENCY GRAPH a",
            "LATENCY HISTOGRAM",
            replies: ["[]", ":0", "[]", "-ERR No samples available for event 'a'", "[]"]),
        Exchange(
            "WAIT x 0", "WAIT 1 x", "WAIT 0 -1", "WAITAOF 2 0 0", "WAITAOF 0 -1 0", "WAITAOF 0 0 0",
            "MULTI", "WAIT 1 0", "EXEC",
            replies: [
                "-ERR value is not an integer or out of range",
                "-ERR timeout is not an integer or out of range", "-ERR timeout is negative",
                "-ERR value is out of range, value must between 0 and 1",
                "-ERR value is out of range, must be positive", "[:0, :0]", "+OK", "+QUEUED",
                "[:0]",
            ]),
        Exchange(
            "FAILOVER ABORT", "FAILOVER TIMEOUT 0", "FAILOVER TO a x", "FAILOVER x",
            "FAILOVER TO a 1 FORCE", "REPLICAOF a x", "REPLCONF", "REPLCONF a",
            replies: [
                "-ERR No failover in progress.", "-ERR FAILOVER timeout must be greater than 0",
                "-ERR value is not an integer or out of range", "-ERR syntax error",
                "-ERR FAILOVER requires connected replicas.", "-ERR Invalid master port", "+OK",
                "-ERR syntax error",
            ]),
        Exchange(
            "ACL WHOAMI", "ACL USERS", "ACL LIST", "ACL GETUSER nobody", "ACL DELUSER nobody",
            "ACL DELUSER nobody default", "ACL LOG", "ACL LOG RESET", "ACL LOG x",
            "ACL CAT nosuch", "ACL CAT TRANSACTION", "ACL GENPASS 0",
            replies: [
                #""default""#, #"["default"]"#, #"["user default on nopass ~* &* +@all"]"#, "nil",
                ":0", "-ERR The 'default' user cannot be removed", "[]", "+OK",
                "-ERR value is not an integer or out of range", "-ERR Unknown category 'nosuch'",
                #"["discard", "exec", "multi", "unwatch", "watch"]"#,
                "-ERR ACL GENPASS argument must be the number of bits for the output password, "
                    + "a positive number up to 4096",
            ]),
        Exchange(
            "ACL DRYRUN default PING", "ACL DRYRUN default NOSUCH", "ACL DRYRUN nobody PING",
            "ACL DRYRUN default ECHO",
            replies: [
                "+OK", "-ERR Command 'NOSUCH' not found", "-ERR User 'nobody' not found",
                "-ERR wrong number of arguments for 'echo' command",
            ]),
    ]

    @Test("answer as Redis does, however they arrive", arguments: exchanges, Feed.allCases)
    func exchange(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    @Test("what is not supported is answered as stated")
    func unsupported() {
        for (request, reply) in UnsupportedCommands.all {
            let expected = reply == "*0" ? "[]" : reply
            #expect(TestServer().connect().ask(request) == [expected], "\(request)")
        }
    }

    @Test("ACL shows the hash of the password")
    func password() {
        let client = TestServer { $0.requirepass = Array("x".utf8) }.connect()
        let hash = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        let replies = client.ask("AUTH x", "ACL LIST", "ACL GETUSER default")
        #expect(replies[1] == "[\"user default on #\(hash) ~* &* +@all\"]")
        #expect(
            replies[2]
                == #"["flags", ["on"], "passwords", ["\#(hash)"], "commands", "+@all", "keys", "#
                + #""~*", "channels", "&*", "selectors", []]"#)
    }

    @Test(
        "SHA-256 gives the standard's digests, at every length of the last block",
        arguments: [
            ("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("a", 1_000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
            ("a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
            ("a", 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
            ("a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        ])
    func digest(_ word: String, _ count: Int, _ expected: String) {
        let message = Array(String(repeating: word, count: count).utf8)
        #expect(SHA256.hexadecimalDigest(of: message) == expected)
    }

    // MARK: DEBUG

    @Test("DEBUG is refused unless the settings allow it, and aborts a transaction")
    func debugRefused() {
        let refusal = String(decoding: ReplyError.debugNotAllowed.message, as: UTF8.self)
        let replies = TestServer().connect().ask("DEBUG SLEEP 0", "MULTI", "DEBUG SLEEP 0", "EXEC")
        #expect(
            replies == [
                "-" + refusal, "+OK", "-" + refusal,
                "-EXECABORT Transaction discarded because of previous errors.",
            ])
    }

    @Test("DEBUG SLEEP holds up its client alone, and keeps the order of replies")
    func debugSleep() {
        let server = TestServer { $0.enableDebugCommand = .yes }
        let sleeper = server.connect()
        let other = server.connect()
        sleeper.send("PING 1", "DEBUG SLEEP 0.25", "PING 2")
        #expect(sleeper.replies == [#""1""#])
        #expect(other.ask("PING") == ["+PONG"])
        server.advance(milliseconds: 249)
        server.settle()
        #expect(sleeper.replies.isEmpty)
        server.advance(milliseconds: 1)
        server.settle()
        #expect(sleeper.replies == ["+OK", #""2""#])
    }

    @Test("DEBUG SLEEP 0, negative or no number is answered at once, and so it is in EXEC")
    func debugSleepAtOnce() {
        let client = TestServer { $0.enableDebugCommand = .local }.connect()
        let replies = client.ask(
            "DEBUG SLEEP 0", "DEBUG SLEEP -1", "DEBUG SLEEP x", "MULTI", "DEBUG SLEEP 1", "EXEC",
            "DEBUG SLEEP", "DEBUG NOSUCH")
        let unknown = { (name: String) in
            "-ERR unknown subcommand or wrong number of arguments for '\(name)'. Try DEBUG HELP."
        }
        #expect(
            replies == [
                "+OK", "+OK", "+OK", "+OK", "+QUEUED", "[+OK]", unknown("SLEEP"), unknown("NOSUCH"),
            ])
    }

    @Test("a client that leaves while it waits is forgotten")
    func leaving() {
        let server = TestServer()
        let client = server.connect()
        client.send("WAIT 1 10")
        client.disconnect()
        server.advance(milliseconds: 10)
        server.settle()
        #expect(server.context.clients.count == 0)
    }

    @Test("WAIT answers when its time is over; CLIENT REPLY SKIP drops that answer")
    func wait() {
        let server = TestServer()
        let client = server.connect()
        let silent = server.connect()
        client.send("WAIT 1 50", "PING")
        silent.send("CLIENT REPLY SKIP", "WAIT 1 50", "PING")
        #expect(client.replies.isEmpty)
        server.advance(milliseconds: 50)
        server.settle()
        #expect(client.replies == [":0", "+PONG"])
        #expect(silent.replies == ["+PONG"])
    }

    @Test("LOLWUT draws, always in the same size, and names the versions")
    func lolwut() throws {
        let art = try #require(TestServer().connect().ask("LOLWUT").first)
        let lines = art.dropFirst().dropLast().split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 15)
        #expect(lines.prefix(12).allSatisfy { $0.count == 72 })
        #expect(art.contains("~v~"))
        #expect(lines[13] == "Martlet ver. 0.1.0, in the manner of Redis ver. 7.2.4")
    }
}
