// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("Strings")
struct StringCommandTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "SET a 1", "GET a", "TYPE a", "EXISTS a a b", "DEL a b", "GET a", "TYPE a",
            replies: ["+OK", #""1""#, "+string", ":2", ":1", "nil", "+none"]),
        Exchange(
            "SET a 1 XX", "SET a 1 NX", "SET a 2 NX", "SET a 2 XX GET", "SET a 3 NX GET", "GET a",
            "SET b 1 GET", "SET a 1 NX XX", "SET a 1 EX 1 PX 1", "SET a 1 EX", "SET a 1 EX x",
            "SET a 1 EX 0", "SET a 1 KEEPTTL EX 1",
            replies: [
                "nil", "+OK", "nil", #""1""#, #""2""#, #""2""#, "nil", "-ERR syntax error",
                "-ERR syntax error", "-ERR syntax error",
                "-ERR value is not an integer or out of range",
                "-ERR invalid expire time in 'set' command", "-ERR syntax error",
            ]),
        Exchange(
            "INCR a", "INCRBY a 9", "DECR a", "DECRBY a 10", "GET a", "SET a x", "INCR a",
            "SET a 9223372036854775807", "INCR a", "DECRBY a -9223372036854775808",
            replies: [
                ":1", ":10", ":9", ":-1", #""-1""#, "+OK",
                "-ERR value is not an integer or out of range", "+OK",
                "-ERR increment or decrement would overflow", "-ERR decrement would overflow",
            ]),
        Exchange(
            "MULTI", "SET a 1", "INCR a", "PUBLISH c x", "GET a", "EXEC", "GET a",
            replies: [
                "+OK", "+QUEUED", "+QUEUED", "+QUEUED", "+QUEUED", #"[+OK, :2, :0, "2"]"#, #""2""#,
            ]),
        Exchange(
            "SELECT 1", "SET a 1", "SELECT 0", "GET a", "MULTI", "SELECT 1", "GET a", "EXEC",
            replies: [
                "+OK", "+OK", "+OK", "nil", "+OK", "+QUEUED", "+QUEUED", #"[+OK, "1"]"#,
            ]),
    ]

    @Test("Replies", arguments: exchanges, Feed.allCases)
    func conversation(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    @Test("A key is there until its time has come")
    func expiry() {
        let server = TestServer()
        let client = server.connect()
        #expect(
            client.ask("SET a 1 PX 100", "SET b 1 EX 1", "SET a 2 KEEPTTL") == [
                "+OK", "+OK", "+OK",
            ])
        server.advance(milliseconds: 99)
        #expect(client.ask("GET a", "GET b") == [#""2""#, #""1""#])
        server.advance(milliseconds: 1)
        #expect(client.ask("GET a", "GET b", "SET b 2") == ["nil", #""1""#, "+OK"])
        server.advance(milliseconds: 1000)
        #expect(client.ask("GET b", "EXISTS a b") == [#""2""#, ":1"])
    }
}
