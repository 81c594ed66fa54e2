// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Testing

@testable import MartletCommands

@Suite("What the log is told of lists, hashes, sets and sorted sets")
struct TypeEffectTests {
    private let server = TestServer(shardCount: 2)
    private let sink = RecordingSink()
    private let client: TestClient

    init() {
        server.context.attach(sink)
        server.settle()
        client = server.connect()
        client.send("SELECT 0", "RPUSH l a b c d", "SADD one x", "ZADD z 1 a 2 b 3 c", "HSET h f 1")
        _ = sink.take()
    }

    private func effects(_ requests: String...) -> [String] {
        for request in requests { client.send(request) }
        return sink.take()
    }

    @Test(
        "A command that waits is logged as the one that does not",
        arguments: [
            ("BLPOP nk l 0", ["LPOP l"]),
            ("BRPOP l 0", ["RPOP l"]),
            ("BLMOVE l m LEFT RIGHT 0", ["LMOVE l m LEFT RIGHT"]),
            ("BRPOPLPUSH l m 0", ["RPOPLPUSH l m"]),
            ("BLMPOP 0 2 nk l RIGHT COUNT 9", ["RPOP l 4"]),
            ("LMPOP 2 nk l LEFT COUNT 2", ["LPOP l 2"]),
            ("BZPOPMIN z 0", ["ZPOPMIN z"]),
            ("BZPOPMAX nk z 0", ["ZPOPMAX z"]),
            ("ZMPOP 1 z MAX COUNT 2", ["ZPOPMAX z 2"]),
            ("BZMPOP 0 1 z MIN COUNT 9", ["ZPOPMIN z 3"]),
        ])
    func waiting(request: String, logged: [String]) {
        #expect(effects(request) == logged)
    }

    @Test(
        "What is computed or drawn is logged as its result",
        arguments: [
            ("SPOP one", ["SREM one x"]), ("SPOP one 5", ["DEL one"]),
            ("HINCRBYFLOAT h f 0.5", ["HSET h f 1.5"]),
        ])
    func results(request: String, logged: [String]) {
        #expect(effects(request) == logged)
    }

    @Test(
        "What changed nothing is not logged",
        arguments: [
            "LPUSHX nk a", "LREM l 0 nosuch", "LINSERT l BEFORE nosuch x", "HSETNX h f 2",
            "HDEL h nosuch", "SADD one x", "SREM one nosuch", "ZADD z 1 a", "ZREM z nosuch",
            "ZADD z XX 5 nosuch", "LPOP l 0", "SPOP nk", "ZPOPMIN nk", "SMOVE one l nosuch",
            "ZREMRANGEBYSCORE z 7 9", "SINTERSTORE nk one nk",
        ])
    func nothing(request: String) {
        #expect(effects(request) == [])
    }

    @Test("Several members popped at random are logged by name, and no others")
    func popped() {
        client.send("SADD s 1 2 3 4 5 6 7 8")
        _ = sink.take()
        let words = effects("SPOP s 3").flatMap { $0.split(separator: " ").map(String.init) }
        #expect(words.prefix(2) == ["SREM", "s"] && words.count == 5)
        for member in words.dropFirst(2) {
            client.send("SISMEMBER s \(member)")
        }
        #expect(client.ask("SCARD s").last == ":5")
    }

    @Test("Who waited is logged when it is served")
    func served() {
        let other = server.connect()
        other.send("BLPOP q 0")
        #expect(sink.take() == [])
        #expect(effects("RPUSH q a b") == ["RPUSH q a b", "LPOP q"])
    }
}

@Suite("A value as the commands that make it again")
struct ValueRewriteTests {
    /// The commands, as a client would send them.
    private func commands(_ rewrite: ValueRewrite) -> [String] {
        var rewrite = rewrite
        var commands: [String] = []
        func text(_ word: EffectWord) -> String {
            switch word {
            case .word(let word): "\(word)"
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            case .integer(let integer): "\(integer)"
            default: "?"
            }
        }
        while rewrite.next({ commands.append($0.map(text).joined(separator: " ")) }) {}
        return commands
    }

    @Test("Every type comes back, small and large", arguments: [3, 64, 65, 2000])
    func all(count: Int) {
        var list = ListValue()
        var hash = HashValue()
        var set = SetValue()
        var sortedSet = SortedSetValue()
        for number in 0..<count {
            Array("m\(number)".utf8).withUnsafeBytes { name in
                list.push(name, at: .tail, ListLimits())
                hash.set(name, to: name, HashLimits())
                set.insert(name, SetLimits())
                sortedSet.set(name, score: Double(number) / 4, SortedSetLimits())
            }
        }
        let server = TestServer(shardCount: 1)
        let client = server.connect()
        for rewrite in [
            ValueRewrite(key: Array("l".utf8), list: list),
            ValueRewrite(key: Array("h".utf8), hash: hash),
            ValueRewrite(key: Array("s".utf8), set: set),
            ValueRewrite(key: Array("z".utf8), sortedSet: sortedSet),
        ] {
            for command in commands(rewrite) { _ = client.ask(command) }
        }
        let last = count - 1
        #expect(
            client.ask("LLEN l", "HLEN h", "SCARD s", "ZCARD z").allSatisfy { $0 == ":\(count)" })
        #expect(client.ask("LPOS l m\(last)", "ZRANK z m\(last)") == [":\(last)", ":\(last)"])
        #expect(client.ask("HSTRLEN h m\(last)", "SISMEMBER s m\(last)").last == ":1")
        #expect(client.ask("ZCOUNT z 0.25 0.5") == [":2"])
    }
}
