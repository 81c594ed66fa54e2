// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import Testing

@testable import MartletCommands

@Suite("What the log is told of streams")
struct StreamEffectTests {
    @Test(
        "Commands in any order come back as they were from what the log was told",
        arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func replay(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let server = TestServer()
        let sink = RecordingSink()
        server.context.keyspace.sink = sink
        let client = server.connect()
        for step in 0..<400 {
            _ = client.ask(Self.command(using: &random))
            if step % 7 == 0 { server.advance(milliseconds: 3) }
        }
        let copy = TestServer()
        copy.advance(milliseconds: 58 * 3)
        let loader = copy.connect()
        Self.load(sink.contents, into: loader)
        let errors = loader.replies.filter { $0.contains("ERR") || $0.contains("NOGROUP") }
        #expect(errors == [], "seed \(seed)")
        expectSame(client, loader, seed)
    }

    @Test(
        "A rewritten stream is what it was, with what is pending for entries that are gone",
        arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func rewrite(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let server = TestServer()
        let client = server.connect()
        let copy = TestServer()
        let loader = copy.connect()
        for step in 0..<300 {
            _ = client.ask(Self.command(using: &random))
            if step % 7 == 0 {
                server.advance(milliseconds: 3)
                copy.advance(milliseconds: 3)
            }
            guard step % 20 == 19 else { continue }
            var commands: [UInt8] = []
            for key in ["s", "t"] {
                guard let stream = Self.stream(key, of: server) else { continue }
                var rewrite = StreamRewrite(key: Array(key.utf8), stream: stream)
                // What changes meanwhile does not matter.
                _ = client.ask("XADD \(key) * late entry", "XTRIM \(key) MAXLEN 0")
                while rewrite.next({ commands += Self.encoded($0) }) {}
                Self.set(key, to: stream, of: server)
            }
            _ = loader.ask("DEL s t")
            Self.load(commands, into: loader)
            let errors = loader.replies.filter { $0.contains("ERR") || $0.contains("NOGROUP") }
            #expect(errors == [], "seed \(seed), step \(step)")
            expectSame(client, loader, seed)
        }
    }

    /// Lines belong to the command behind them.
    private static func load(_ log: [UInt8], into client: TestClient) {
        var rest = log[...]
        while let first = rest.first {
            guard first == UInt8(ascii: "#") else {
                let next = rest.indices.dropFirst().first {
                    rest[$0] == UInt8(ascii: "#") && rest[$0 - 1] == 0x0A
                }
                client.receive(Array(rest[..<(next ?? rest.endIndex)]))
                rest = rest[(next ?? rest.endIndex)...]
                continue
            }
            let end = rest.firstIndex(of: 0x0A)! + 1
            rest[..<end].withUnsafeBytes { client.session.keyContext.load(annotation: $0) }
            rest = rest[end...]
        }
    }

    /// All that both show of the streams but for when consumers were there.
    private func expectSame(_ client: TestClient, _ other: TestClient, _ seed: UInt64) {
        for key in ["s", "t"] {
            let shown = [client, other].map { client in
                client.ask("XINFO STREAM \(key) FULL COUNT 0").map(Self.withoutClock)
            }
            #expect(shown[0] == shown[1], "seed \(seed), key \(key)")
        }
    }

    private static func withoutClock(_ reply: String) -> String {
        var reply = reply
        for field in ["seen-time", "active-time"] {
            reply = reply.replacing(try! Regex("(\(field))\\W+-?[0-9]+"), with: field)
        }
        reply = reply.replacing(try! Regex("iids-duplicates\\W+[0-9]+"), with: "duplicates")
        return reply.replacing(try! Regex("radix-tree-\\w+\\W+[0-9]+"), with: "radix-tree")
    }

    private static func stream(_ key: String, of server: TestServer) -> MartletCore.Stream? {
        let keyspace = server.context.keyspace
        return Array(key.utf8).withUnsafeBytes {
            guard let entry = keyspace.find(KeyName($0), in: keyspace.databases[0]),
                case .stream(let object) = entry.value
            else { return nil }
            return object.stream
        }
    }

    private static func set(
        _ key: String, to stream: MartletCore.Stream, of server: TestServer
    ) {
        let keyspace = server.context.keyspace
        Array(key.utf8).withUnsafeBytes {
            guard let entry = keyspace.find(KeyName($0), in: keyspace.databases[0]),
                case .stream(let object) = entry.value
            else { return }
            object.stream = stream
        }
    }

    private static func encoded(_ words: [EffectWord]) -> [UInt8] {
        if case .annotation(let line)? = words.first { return Array(line) }
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            let text: [UInt8] =
                switch word {
                case .word(let word): Array("\(word)".utf8)
                case .bytes(let bytes): Array(bytes)
                case .integer(let number): Array("\(number)".utf8)
                case .streamID(let id): Array("\(id.milliseconds)-\(id.sequence)".utf8)
                case .annotation: []
                }
            bytes += Array("$\(text.count)\r\n".utf8) + text + [13, 10]
        }
        return bytes
    }

    private static func command(using random: inout SplitMix64) -> String {
        func one(_ words: String...) -> String { words.randomElement(using: &random)! }
        let key = one("s", "s", "s", "t")
        let group = one("g", "h")
        let consumer = one("a", "b", "c")
        let id = "\(Int.random(in: 1...40, using: &random))"
        let other = "\(Int.random(in: 1...40, using: &random))"
        let policy = one("", "KEEPREF", "DELREF", "ACKED")
        let count = Int.random(in: 1...4, using: &random)
        switch Int.random(in: 0..<38, using: &random) {
        case 34: return "XADD \(key) IDMP \(group) \(count) * f \(id)"
        case 35: return "XADD \(key) IDMPAUTO \(group) MAXLEN ~ 5 * f \(count)"
        case 36: return "XADD \(key) IDMPAUTO \(group) ACKED MINID 5 * f \(count)"
        case 37 where count == 1:
            return "XCFGSET \(key) IDMP-MAXSIZE \(id) IDMP-DURATION \(Int(other)! + 5000)"
        case 0..<6:
            return "XADD \(key) \(one("", "MAXLEN ~ 9", "MAXLEN 12", "MINID 5", "MAXLEN 9 ACKED"))"
                + " \(one("*", "\(id)-*", "41-*", "42-*")) f \(id) g x"
        case 6: return "XADD \(key) \(policy) MAXLEN \(one("~", "=", "")) 8 * other \(id)"
        case 7: return "XTRIM \(key) MAXLEN \(one("~", "=")) \(count * 3) \(policy)"
        case 8: return "XTRIM \(key) MINID \(id) \(policy)"
        case 9..<12: return "XDEL \(key) \(id) \(other) 41-1"
        case 12: return "XDELEX \(key) \(policy) IDS 2 \(id) \(other)"
        case 13..<15: return "XACKDEL \(key) \(group) \(policy) IDS 3 \(id) \(other) 41-0"
        case 15: return "XGROUP CREATE \(key) \(group) \(one("0", "$", id)) \(one("", "MKSTREAM"))"
        case 16:
            return "XGROUP SETID \(key) \(group) \(id) \(one("", "ENTRIESREAD \(count)"))"
        case 17: return "XGROUP \(one("CREATECONSUMER", "DELCONSUMER")) \(key) \(group) \(consumer)"
        case 18: return one("XGROUP DESTROY \(key) \(group)", "DEL \(key)", "XLEN \(key)")
        case 19..<24:
            return "XREADGROUP GROUP \(group) \(consumer) COUNT \(count) \(one("", "", "NOACK"))"
                + " STREAMS \(key) \(one(">", ">", ">", "0", id))"
        case 24:
            return "XREADGROUP GROUP \(group) \(consumer) COUNT \(count) CLAIM \(count)"
                + " STREAMS \(key) >"
        case 25..<28: return "XACK \(key) \(group) \(id) \(other) 41-2 41-3"
        case 28..<30:
            return "XCLAIM \(key) \(group) \(consumer) 0 \(id) \(other) 41-1"
                + " \(one("FORCE", "JUSTID", "IDLE 5", "RETRYCOUNT 7 FORCE", "LASTID 9"))"
        case 30: return "XAUTOCLAIM \(key) \(group) \(consumer) \(count) \(id) COUNT \(count)"
        case 31: return "XSETID \(key) 90 ENTRIESADDED 300 MAXDELETEDID \(id)"
        default: return "XADD \(key) \(id)-* f \(id) g x"
        }
    }
}
