// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

/// What Redis 7.2 does not have, by the documentation of 8.2 to 8.6; the rest is compared with the
/// servers themselves.
@Suite("Streams: later additions")
struct StreamCommandTests {
    /// A stream of the entries 1 to 5, with two groups: `g` has 1, 2 and 3 pending, `h` has 1 and
    /// has come to the end.
    private static func prepared() -> TestClient {
        let client = TestServer().connect()
        for number in 1...5 { _ = client.ask("XADD s \(number) n \(number)") }
        _ = client.ask(
            "XGROUP CREATE s g 0", "XREADGROUP GROUP g a COUNT 3 STREAMS s >",
            "XGROUP CREATE s h 0", "XREADGROUP GROUP h b COUNT 1 STREAMS s >",
            "XGROUP SETID s h 5", "XGROUP SETID s g 5")
        return client
    }

    @Test(
        "XACKDEL and XDELEX say of each ID what became of it",
        arguments: [
            ("XACKDEL s g IDS 3 1 2 9", "[:1, :1, :-1]", [3, 4, 5], [3], [1]),
            ("XACKDEL s g KEEPREF IDS 2 1 4", "[:1, :-1]", [2, 3, 4, 5], [2, 3], [1]),
            ("XACKDEL s g DELREF IDS 1 1", "[:1]", [2, 3, 4, 5], [2, 3], []),
            ("XACKDEL s g ACKED IDS 2 1 2", "[:2, :1]", [1, 3, 4, 5], [3], [1]),
            ("XACKDEL s h acked IDS 1 1", "[:2]", [1, 2, 3, 4, 5], [1, 2, 3], []),
            ("XACKDEL s nosuch IDS 2 1 2", "[:-1, :-1]", [1, 2, 3, 4, 5], [1, 2, 3], [1]),
            ("XDELEX s IDS 2 1 9", "[:1, :-1]", [2, 3, 4, 5], [1, 2, 3], [1]),
            ("XDELEX s DELREF IDS 2 1 2", "[:1, :1]", [3, 4, 5], [3], []),
            ("XDELEX s ACKED IDS 3 1 4 9", "[:2, :1, :-1]", [1, 2, 3, 5], [1, 2, 3], [1]),
        ])
    func removal(
        request: String, reply: String, left: [Int], pendingOfG: [Int], pendingOfH: [Int]
    ) {
        let client = Self.prepared()
        #expect(client.ask(request) == [reply])
        let entries = client.ask("XRANGE s - +")
        #expect(
            entries == [
                "[" + left.map { "[\"\($0)-0\", [\"n\", \"\($0)\"]]" }.joined(separator: ", ") + "]"
            ]
        )
        for (group, expected) in [("g", pendingOfG), ("h", pendingOfH)] {
            let pending = client.ask("XPENDING s \(group) - + 10")[0]
            for id in 1...5 {
                #expect(pending.contains("\"\(id)-0\"") == expected.contains(id), "\(group) \(id)")
            }
        }
    }

    @Test(
        "XACKDEL and XDELEX refuse what is not well-formed",
        arguments: [
            ("XDELEX s NOSUCH IDS 1 1", "-ERR syntax error"),
            ("XDELEX s KEEPREF ACKED IDS 1 1", "-ERR syntax error"),
            ("XDELEX s IDS 0 1", "-ERR Number of IDs must be a positive integer"),
            ("XDELEX s IDS x 1", "-ERR Number of IDs must be a positive integer"),
            ("XDELEX s IDS 2 1", "-ERR The `numids` parameter must match the number of arguments"),
            ("XDELEX s IDS 1 1 2", "-ERR syntax error"),
            ("XDELEX s IDS 1 x", "-ERR Invalid stream ID specified as stream command argument"),
            ("XDELEX s IDS 1", "-ERR wrong number of arguments for 'xdelex' command"),
            ("XACKDEL s g IDS 1", "-ERR wrong number of arguments for 'xackdel' command"),
            ("XDELEX nosuch IDS 1 1", "[:-1]"),
        ])
    func refusals(request: String, reply: String) {
        #expect(Self.prepared().ask(request) == [reply])
    }

    @Test("XADD and XTRIM heed the references they are told to")
    func trimming() {
        let client = Self.prepared()
        #expect(client.ask("XTRIM s MAXLEN 0 ACKED") == [":2"])
        #expect(client.ask("XLEN s", "XTRIM s MAXLEN 1 DELREF") == [":3", ":2"])
        #expect(
            client.ask("XPENDING s g", "XPENDING s h").map { $0.prefix(4) } == ["[:1,", "[:0,"])
        #expect(client.ask("XADD s DELREF MAXLEN 1 9 a b", "XLEN s") == ["\"9-0\"", ":1"])
        #expect(client.ask("XPENDING s g").map { $0.prefix(4) } == ["[:0,"])
        #expect(client.ask("XTRIM s KEEPREF DELREF MAXLEN 0") == ["-ERR syntax error"])
    }

    @Test("XREADGROUP with CLAIM takes over what others have had for too long, oldest first")
    func claiming() {
        let server = TestServer()
        let client = server.connect()
        for number in 1...4 { _ = client.ask("XADD s \(number) n \(number)") }
        _ = client.ask("XGROUP CREATE s g 0", "XREADGROUP GROUP g a COUNT 1 STREAMS s >")
        server.advance(milliseconds: 50)
        _ = client.ask(
            "XREADGROUP GROUP g a COUNT 1 STREAMS s >", "XCLAIM s g a 0 1 IDLE 20 JUSTID")
        server.advance(milliseconds: 100)
        let claim = "XREADGROUP GROUP g b COUNT 3 CLAIM 100 STREAMS s >"
        #expect(
            client.ask(claim) == [
                "[[\"s\", [[\"1-0\", [\"n\", \"1\"], :120, :1], [\"2-0\", [\"n\", \"2\"], :100, :1], "
                    + "[\"3-0\", [\"n\", \"3\"], :0, :0]]]]"
            ])
        #expect(client.ask(claim) == ["[[\"s\", [[\"4-0\", [\"n\", \"4\"], :0, :0]]]]"])
        #expect(client.ask(claim) == ["nil"])
        server.advance(milliseconds: 100)
        // What is gone is left out, and what the consumer has already is delivered once more.
        #expect(
            client.ask("XDEL s 1 3", claim) == [
                ":2",
                "[[\"s\", [[\"2-0\", [\"n\", \"2\"], :100, :2], [\"4-0\", [\"n\", \"4\"], :100, :1]]]]",
            ])
        #expect(
            client.ask("XREADGROUP GROUP g b CLAIM x STREAMS s >") == [
                "-ERR min-idle-time is not an integer"
            ])
        #expect(client.ask("XREAD CLAIM 1 STREAMS s 0") == ["-ERR syntax error"])
    }

    @Test("XREADGROUP with CLAIM waits until something has been pending for long enough")
    func waitingToClaim() {
        let server = TestServer()
        let client = server.connect()
        let other = server.connect()
        _ = client.ask(
            "XADD s 1 n 1", "XADD s 2 n 2", "XGROUP CREATE s g 0",
            "XREADGROUP GROUP g a COUNT 1 STREAMS s >")
        server.advance(milliseconds: 60)
        _ = client.ask("XREADGROUP GROUP g a COUNT 1 STREAMS s >")
        #expect(other.ask("XREADGROUP GROUP g b CLAIM 100 BLOCK 0 STREAMS s >") == [])
        server.advance(milliseconds: 30)
        server.settle()
        #expect(other.replies == [])
        server.advance(milliseconds: 10)
        server.settle()
        #expect(other.replies == ["[[\"s\", [[\"1-0\", [\"n\", \"1\"], :100, :1]]]]"])
        // With nothing pending that is there, and with something new meanwhile.
        _ = client.ask("XDEL s 1 2")
        #expect(other.ask("XREADGROUP GROUP g b CLAIM 100 BLOCK 500 STREAMS s >") == [])
        server.advance(milliseconds: 150)
        server.settle()
        _ = client.ask("XADD s 3 n 3")
        server.settle()
        #expect(other.replies == ["[[\"s\", [[\"3-0\", [\"n\", \"3\"], :0, :0]]]]"])
        // What another consumer gets while this one waits.
        #expect(other.ask("XREADGROUP GROUP g c CLAIM 100 BLOCK 500 STREAMS s >") == [])
        server.advance(milliseconds: 100)
        server.settle()
        #expect(other.replies == ["[[\"s\", [[\"3-0\", [\"n\", \"3\"], :100, :1]]]]"])
        #expect(server.context.keyspace.waiterCount == 0)
    }

    @Test("What trims many entries is done as well")
    func trimsMany() {
        let server = TestServer { $0.streamNodeMaxEntries = 1 }
        let client = server.connect()
        for start in stride(from: 0, to: 101_000, by: 1000) {
            client.receive(
                Array(
                    (start..<(start + 1000)).map { _ in TestClient.encoded("XADD s * a b") }
                        .joined()))
        }
        _ = client.replies
        client.send("XTRIM s MAXLEN 10", "XLEN s")
        server.settle()
        #expect(client.replies == [":100990", ":10"])
    }

    @Test("XREAD with + gives the last entry, if there is one")
    func last() {
        let client = Self.prepared()
        #expect(
            client.ask("XDEL s 5", "XREAD STREAMS s t + +") == [
                ":1", "[[\"s\", [[\"4-0\", [\"n\", \"4\"]]]]]",
            ])
        #expect(client.ask("XTRIM s MAXLEN 0", "XREAD STREAMS s +") == [":4", "nil"])
    }

    @Test("A reader that waited and is gone gets nothing, and the next one does")
    func gone() {
        let server = TestServer()
        let client = server.connect()
        _ = client.ask("XGROUP CREATE s g $ MKSTREAM")
        let readers = (0..<4).map { _ in server.connect() }
        for (index, reader) in readers.enumerated() {
            reader.send("XREADGROUP GROUP g \(index) COUNT 1 BLOCK \(index * 100) STREAMS s >")
        }
        readers[0].disconnect()
        server.advance(milliseconds: 150)
        server.settle()
        #expect(readers[1].replies == ["nil"])
        #expect(client.ask("CLIENT UNBLOCK \(readers[2].id)") == [":1"])
        server.settle()
        #expect(readers[2].replies == ["nil"])
        _ = client.ask("XADD s 1 n 1", "XADD s 2 n 2")
        server.settle()
        #expect(readers[3].replies == ["[[\"s\", [[\"1-0\", [\"n\", \"1\"]]]]]"])
        let pending = client.ask("XPENDING s g")
        #expect(pending == ["[:1, \"1-0\", \"1-0\", [[\"3\", \"1\"]]]"])
        #expect(server.context.keyspace.waiterCount == 0)
    }

    @Test("A message that a producer sends again is not added again")
    func idempotency() {
        let server = TestServer()
        let client = server.connect()
        let id = client.ask("XADD s IDMP p 1 * a b")[0]
        #expect(client.ask("XADD s IDMP p 1 * c d", "XLEN s") == [id, ":1"])
        #expect(client.ask("XADD s IDMP q 1 * a b") != [id])
        #expect(client.ask("XADD s IDMP p 2 * a b") != [id])
        let other = client.ask("XADD s IDMPAUTO p * a b c d")[0]
        #expect(client.ask("XADD s IDMPAUTO p * c d a b", "XLEN s") == [other, ":4"])
        #expect(client.ask("XADD s IDMPAUTO p * a bc", "XADD s IDMPAUTO p * ab c").count == 2)
        #expect(client.ask("XLEN s") == [":6"])
        // What was deleted is still known.
        let gone = id.dropFirst().dropLast()
        #expect(client.ask("XDEL s \(gone)", "XADD s IDMP p 1 * a b") == [":1", id])
        let info = client.ask("XINFO STREAM s")[0]
        #expect(
            info.contains("\"idmp-duration\", :100, \"idmp-maxsize\", :100, \"pids-tracked\", :2"))
        #expect(info.contains("\"iids-tracked\", :6, \"iids-added\", :6, \"iids-duplicates\", :3"))
        server.advance(milliseconds: 100_000)
        #expect(client.ask("XADD s IDMP p 1 * a b") != [id])
        #expect(client.ask("XCFGSET s IDMP-DURATION 5 IDMP-MAXSIZE 2") == ["+OK"])
        let new = client.ask("XADD s IDMP p 1 * a b")[0]
        #expect(client.ask("XADD s IDMP p 1 * a b") == [new])
        _ = client.ask("XADD s IDMP p 2 * a b", "XADD s IDMP p 3 * a b")
        #expect(client.ask("XADD s IDMP p 1 * a b") != [new])
        #expect(!client.ask("XADD t 1 a b", "XINFO STREAM t")[1].contains("idmp"))
    }

    @Test(
        "IDMP and XCFGSET refuse what is not well-formed",
        arguments: [
            (
                "XADD s IDMP p 1 1-1 a b",
                "-ERR IDMP/IDMPAUTO can be used only with auto-generated IDs"
            ),
            (
                "XADD s IDMPAUTO p 1-* a b",
                "-ERR IDMP/IDMPAUTO can be used only with auto-generated IDs"
            ),
            (
                "XADD s IDMP p 1 IDMPAUTO p * a b",
                "-ERR syntax error, IDMP/IDMPAUTO specified multiple times"
            ),
            ("XADD s IDMP \"\" 1 * a b", "-ERR producer ID can't be empty"),
            ("XADD s IDMP p \"\" * a b", "-ERR idempotent ID can't be empty"),
            (
                "XCFGSET s IDMP-DURATION 0",
                "-ERR IDMP-DURATION must be between 1 and 86400 seconds"
            ),
            (
                "XCFGSET s IDMP-MAXSIZE 10001",
                "-ERR IDMP-MAXSIZE must be between 1 and 10000 entries"
            ),
            ("XCFGSET s NOSUCH 1", "-ERR syntax error"),
            ("XCFGSET s IDMP-MAXSIZE 1 IDMP-DURATION", "-ERR syntax error"),
            ("XCFGSET nosuch IDMP-MAXSIZE 1", "-ERR no such key"),
        ])
    func idempotencyRefusals(request: String, reply: String) {
        let client = Self.prepared()
        #expect(client.ask(request, "XLEN s") == [reply, ":5"])
    }
}
