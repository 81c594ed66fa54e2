// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@testable import MartletCommands

@Suite("SLOWLOG")
struct SlowlogTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "SLOWLOG GET -2", "SLOWLOG GET x", "SLOWLOG GET 1 2", "SLOWLOG GET", "SLOWLOG LEN",
            "SLOWLOG RESET",
            replies: [
                "-ERR count should be greater than or equal to -1",
                "-ERR count should be greater than or equal to -1",
                "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.",
                "[]", ":0", "+OK",
            ])
    ]

    @Test("answers as Redis does", arguments: exchanges, Feed.allCases)
    func exchange(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    @Test("the latest comes first, with number, time, duration, words, address and name")
    func entries() {
        let client = TestServer { $0.slowlogLogSlowerThan = 0 }.connect()
        let replies = client.ask("CLIENT SETNAME me", "PING 1", "PING 2", "SLOWLOG GET 2")
        #expect(
            replies.last
                == #"[[:2, :1700000000, :0, ["PING", "2"], "127.0.0.1:1001", "me"], "#
                + #"[:1, :1700000000, :0, ["PING", "1"], "127.0.0.1:1001", "me"]]"#)
    }

    @Test("the log keeps the latest, also when its length is changed; numbers go on after RESET")
    func length() {
        let client = TestServer { $0.slowlogLogSlowerThan = 0 }.connect()
        for _ in 0..<300 { client.send("PING") }
        #expect(client.ask("SLOWLOG LEN").last == ":128")
        #expect(client.ask("CONFIG SET slowlog-max-len 2", "SLOWLOG LEN").last == ":2")
        #expect(client.ask("CONFIG SET slowlog-max-len 0", "PING", "SLOWLOG LEN").last == ":0")
        let replies = client.ask(
            "CONFIG SET slowlog-max-len 3", "SLOWLOG RESET", "PING", "SLOWLOG GET 1")
        // 300, LEN, SET, LEN, SET, PING, LEN, SET and RESET came before.
        #expect(replies.last?.hasPrefix("[[:308, ") == true)
    }

    @Test("many and long arguments are cut short")
    func shortening() {
        let words =
            ["PUBSUB", "NUMSUB", String(repeating: "x", count: 130)]
            + (0..<40).map { "c\($0)" }
        let client = TestServer { $0.slowlogLogSlowerThan = 0 }.connect()
        client.send(words.joined(separator: " "))
        let long = String(repeating: "x", count: 128) + "... (2 more bytes)"
        let kept = ["PUBSUB", "NUMSUB", long] + (0..<28).map { "c\($0)" }
        let shown = (kept + ["... (12 more arguments)"]).map { "\"\($0)\"" }
        let entry = client.ask("SLOWLOG GET 1").last
        #expect(entry?.contains("[\(shown.joined(separator: ", "))]") == true)
    }

    @Test("entries come and go as in an array that is cut")
    func trimming() {
        let log = Slowlog()
        var twin: [Int] = []
        var generator = SplitMix(state: 7)
        for id in 0..<2_000 {
            let lengthMax = Int(generator.next() % 40)
            log.add(
                [], microseconds: 0, time: 0, address: "", clientName: [], lengthMax: lengthMax)
            twin = Array(([id] + twin).prefix(lengthMax))
            #expect(log.latest(.max).map(\.id) == twin)
            #expect(log.count == twin.count)
        }
    }
}

/// Fixed, so that a failure can be seen again.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
