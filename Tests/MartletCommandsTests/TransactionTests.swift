// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("MULTI and EXEC")
struct TransactionTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "MULTI", "PING", "ECHO x", "EXEC",
            replies: ["+OK", "+QUEUED", "+QUEUED", #"[+PONG, "x"]"#]),
        Exchange("MULTI", "EXEC", "EXEC", replies: ["+OK", "[]", "-ERR EXEC without MULTI"]),
        Exchange(
            "DISCARD", "MULTI", "PING", "DISCARD", "EXEC",
            replies: [
                "-ERR DISCARD without MULTI", "+OK", "+QUEUED", "+OK", "-ERR EXEC without MULTI",
            ]),
        Exchange(
            "MULTI", "MULTI", "WATCH a", "PING", "EXEC",
            replies: [
                "+OK", "-ERR MULTI calls can not be nested",
                "-ERR WATCH inside MULTI is not allowed", "+QUEUED", "[+PONG]",
            ]),
        Exchange(
            "MULTI", "NOSUCH", "PING", "EXEC", "PING",
            replies: [
                "+OK", "-ERR unknown command 'NOSUCH', with args beginning with: ", "+QUEUED",
                "-EXECABORT Transaction discarded because of previous errors.", "+PONG",
            ]),
        Exchange(
            "MULTI", "ECHO", "EXEC x", "EXEC",
            replies: [
                "+OK", "-ERR wrong number of arguments for 'echo' command",
                "-EXECABORT Transaction discarded because of: wrong number of arguments for "
                    + "'exec' command",
                "-ERR EXEC without MULTI",
            ]),
        Exchange(
            "MULTI", "SELECT x", "PING", "EXEC",
            replies: [
                "+OK", "+QUEUED", "+QUEUED",
                "[-ERR value is not an integer or out of range, +PONG]",
            ]),
        Exchange("MULTI", "QUIT", "EXEC", replies: ["+OK", "+OK", "closed"]),
        Exchange(
            "WATCH a b", "UNWATCH", "MULTI", "UNWATCH", "EXEC",
            replies: ["+OK", "+OK", "+OK", "+QUEUED", "[+OK]"]),
        Exchange(
            "MULTI", "SUBSCRIBE a", "PUBLISH a x", "PING", "EXEC",
            replies: [
                "+OK", "+QUEUED", "+QUEUED", "+QUEUED",
                #"[["subscribe", "a", :1], :1, ["pong", ""]]"#, #"["message", "a", "x"]"#,
            ]),
        Exchange(
            "MULTI", "SSUBSCRIBE a", "EXEC",
            replies: [
                "+OK", "+QUEUED", "[-ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client]",
            ]),
        Exchange(
            "MULTI", "MONITOR", "EXEC",
            replies: [
                "+OK", "+QUEUED", "[-ERR MONITOR isn't allowed for DENY BLOCKING client]",
            ]),
    ]

    @Test("Replies", arguments: exchanges, Feed.allCases)
    func conversation(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    @Test("Watched keys are counted, each once in its database, until the transaction ends")
    func watchedKeys() {
        let client = TestServer().connect()
        let count = { client.session.record.watchedKeyCount.load(ordering: .relaxed) }
        _ = client.ask("WATCH a b a", "WATCH b", "SELECT 1", "WATCH a")
        #expect(count() == 3)
        for end in [["UNWATCH"], ["MULTI", "EXEC"], ["MULTI", "DISCARD"], ["RESET"], ["EXEC x"]] {
            _ = client.ask("WATCH a")
            #expect(count() > 0)
            for request in end { client.send(request) }
            #expect(count() == 0, "\(end)")
        }
    }

    @Test("What a client publishes to itself comes behind the reply, and behind all of EXEC's")
    func deferral() {
        let client = TestServer().connect()
        client.send("HELLO 3", "SUBSCRIBE a")
        _ = client.replies
        let message = #">["message", "a", "x"]"#
        #expect(client.ask("PUBLISH a x", "PING") == [":1", message, "+PONG"])
        #expect(
            client.ask("MULTI", "PUBLISH a x", "PING", "EXEC")
                == ["+OK", "+QUEUED", "+QUEUED", "[:1, +PONG]", message])
    }

    @Test("Nothing is kept of a transaction that cannot be executed")
    func aborted() {
        let client = TestServer().connect()
        client.send("MULTI", "PING", "NOSUCH", "ECHO x")
        #expect(client.session.transaction?.commands.count == 1)
    }
}
