// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization
import Testing

@testable import MartletCommands

/// A log in memory, which is as far as the test wants it.
final class RecordingSink: EffectSink {
    private let bytes = Mutex<[UInt8]>([])
    private let released = Atomic<UInt64>(0)
    let isFailing = Atomic(false)

    func append(_ effects: UnsafeRawBufferPointer, database: Int) -> UInt64 {
        bytes.withLock { bytes in
            bytes += effects
            return UInt64(bytes.count)
        }
    }

    func commit() {}
    var releasedPosition: UInt64 { released.load(ordering: .relaxed) }
    func awaitRelease(of position: UInt64, shard: Int) -> Bool { position > releasedPosition }
    var isRefusing: Bool { isFailing.load(ordering: .relaxed) }
    var refusalReason: String { "No space left on device" }

    func releaseAll() {
        released.store(bytes.withLock { UInt64($0.count) }, ordering: .relaxed)
    }

    var contents: [UInt8] { bytes.withLock { $0 } }

    /// What was appended since this was read last, a command each, words separated by blanks.
    func take() -> [String] {
        let text = bytes.withLock { bytes in
            defer { bytes = [] }
            return String(decoding: bytes, as: UTF8.self)
        }
        return text.split(separator: "*").map { command in
            command.split(separator: "\r\n").dropFirst().enumerated()
                .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
                .joined(separator: " ")
        }
    }
}

@Suite("What the log is told")
struct EffectTests {
    private let server = TestServer(shardCount: 2)
    private let sink = RecordingSink()
    private let client: TestClient
    /// Milliseconds since the epoch.
    private let now = 1_700_000_000_000

    init() {
        server.context.attach(sink)
        server.settle()
        client = server.connect()
    }

    private func effects(_ requests: String...) -> [String] {
        for request in requests { client.send(request) }
        return sink.take()
    }

    @Test("Commands that changed something, as they came")
    func changes() {
        #expect(
            effects("SET a 1", "GET a", "INCR a", "SET a x NX", "DEL b", "INCR nosuch x")
                == ["SELECT 0", "SET a 1", "INCR a"])
        #expect(effects("SELECT 3", "SET a 1", "DEL a") == ["SELECT 3", "SET a 1", "DEL a"])
    }

    @Test("Times to live as the moments when they end")
    func times() {
        #expect(
            effects("SET a 1 EX 10", "EXPIRE a 20", "PEXPIRE a 5", "EXPIRE a -1", "EXPIRE a 1")
                == [
                    "SELECT 0", "SET a 1 PXAT \(now + 10_000)", "PEXPIREAT a \(now + 20_000)",
                    "PEXPIREAT a \(now + 5)", "DEL a",
                ])
    }

    @Test("A key that expires is deleted, by whoever finds it and by the clock")
    func expiry() {
        _ = effects("SET a 1 PX 10", "SET b 1 PX 10", "SET c 1")
        server.advance(milliseconds: 10, firingTimers: false)
        #expect(effects("GET a") == ["DEL a"])
        server.advance(milliseconds: 40)
        server.settle()
        #expect(sink.take() == ["DEL b"])
    }

    @Test("A transaction is one step, if it has several effects")
    func transaction() {
        #expect(
            effects("MULTI", "SET a 1", "GET a", "SELECT 1", "SET b 1", "SET c 1 EX 1", "EXEC")
                == [
                    "MULTI", "SELECT 0", "SET a 1", "SELECT 1", "SET b 1",
                    "SET c 1 PXAT \(now + 1000)", "EXEC",
                ])
        #expect(effects("MULTI", "INCR b", "EXEC", "MULTI", "GET b", "EXEC") == ["INCR b"])
    }

    @Test("What a waiting client takes is an effect of its own")
    func waiting() {
        let other = server.connect(toShard: 1)
        #expect(other.ask("TAKE a 0") == [])
        #expect(effects("SET a 1") == ["SELECT 0", "SET a 1", "DEL a"])
        server.settle()
        #expect(other.replies == [#"["a", "1"]"#])
    }

    @Test("A reply waits for what it tells of, and a read for what it may have seen")
    func holding() {
        let reader = server.connect(toShard: 1)
        let other = server.connect(toShard: 1)
        client.send("SET a 1")
        reader.send("GET a")
        other.send("PING")
        #expect(client.session.outlet.isHeld)
        #expect(reader.session.outlet.isHeld)
        #expect(!other.session.outlet.isHeld)
        sink.releaseAll()
        for shard in server.context.broker.shards { shard.commit() }
        #expect(!client.session.outlet.isHeld)
        #expect(!reader.session.outlet.isHeld)
    }

    @Test("Held outlets are flushed when the log has come so far, and not before")
    func heldOutlets() {
        client.send("SET a 1")
        let shard = client.session.outlet.shard
        shard.commit()
        shard.flush(atMost: 10)
        #expect(client.flushCount == 0)
        sink.releaseAll()
        shard.positionWasReleased()
        shard.flush(atMost: 10)
        #expect(client.flushCount == 1)
    }

    @Test("While the log cannot be written, what writes is refused and the rest goes on")
    func refusal() {
        _ = client.ask("SET a 1")
        sink.isFailing.store(true, ordering: .relaxed)
        let error = "-MISCONF Errors writing to the AOF file: No space left on device"
        #expect(client.ask("SET a 2", "GET a", "PUBLISH a x") == [error, #""1""#, ":0"])
        #expect(
            client.ask("MULTI", "SET a 2", "EXEC").last
                == "-EXECABORT Transaction discarded because of previous errors.")
        sink.isFailing.store(false, ordering: .relaxed)
        #expect(client.ask("SET a 2") == ["+OK"])
    }

    @Test("What was told, replayed, gives the same keys", arguments: [1, 2, 3])
    func replay(seed: Int) throws {
        let requests = [
            "SET a 1", "SET b 2 EX 100", "RENAME a c", "COPY c d DB 2", "MOVE b 1", "SWAPDB 0 1",
            "INCR c", "SELECT 2", "EXPIRE d 50", "MULTI", "SET e 5", "PERSIST d", "EXEC",
            "SELECT 0", "SET f 1 PX 1", "SET g 1 PXAT 1",
        ]
        for request in requests.dropLast(seed - 1) { client.send(request) }
        let told = sink.take()
        let copy = TestServer()
        let replay = KeyReplay(copy.context)
        for command in told where command != "MULTI" && command != "EXEC" {
            let owned = OwnedArguments(words: command.split(separator: " ").map(String.init))
            try owned.withArguments { (arguments) throws(ReplyError) in
                try replay.replay(arguments)
            }
        }
        replay.end()
        let copied = copy.connect()
        _ = client.replies
        for database in 0..<3 {
            for key in ["a", "b", "c", "d", "e", "f", "g"] {
                let question = ["SELECT \(database)", "GET \(key)", "PEXPIRETIME \(key)"]
                let answers = question.flatMap { client.ask($0) }
                #expect(question.flatMap { copied.ask($0) } == answers, "\(database) \(key)")
            }
        }
    }
}

extension OwnedArguments {
    fileprivate init(words: [String]) {
        let bytes = words.map { Array($0.utf8) }
        var spans: [ArgumentSpan] = []
        var offset = 0
        for word in bytes {
            spans.append(ArgumentSpan(offset: offset, count: word.count))
            offset += word.count
        }
        let all = Array(bytes.joined()) + [0]
        self = all.withUnsafeBytes { all in
            spans.withUnsafeBufferPointer {
                OwnedArguments(Arguments(base: all.baseAddress!, spans: $0))
            }
        }
    }
}
