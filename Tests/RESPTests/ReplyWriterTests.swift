// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

/// A reply, and its bytes in both versions of the protocol.
struct ReplyCase: CustomTestStringConvertible, Sendable {
    let name: String
    let write: @Sendable (ReplyWriter) -> Void
    let resp2: String
    let resp3: String

    init(
        _ name: String, _ resp2: String, _ resp3: String? = nil,
        _ write: @escaping @Sendable (ReplyWriter) -> Void
    ) {
        self.name = name
        self.write = write
        self.resp2 = resp2
        self.resp3 = resp3 ?? resp2
    }

    var testDescription: String { name }
}

@Suite("ReplyWriter")
struct ReplyWriterTests {
    private let writer = ReplyWriter()

    private func take() -> [Slice] {
        var slices: [Slice] = []
        writer.take { slices.append($0) }
        return slices
    }

    private func takeBytes() -> [UInt8] { take().flatMap { Array($0.bytes) } }

    private static func bulk(_ bytes: [UInt8]) -> [UInt8] {
        Array("$\(bytes.count)\r\n".utf8) + bytes + [0x0D, 0x0A]
    }

    @Test(
        "writes each kind of reply in both protocols",
        arguments: [
            ReplyCase("OK", "+OK\r\n") { $0.ok() },
            ReplyCase("static line", "+PONG\r\n") { $0.simpleString("PONG") },
            ReplyCase("line", "+a b\r\n") { $0.simpleString(["a", "b"].joined(separator: " ")) },
            ReplyCase("empty line", "+\r\n") { $0.simpleString(String()) },
            ReplyCase("error", "-ERR no\r\n") { $0.error("ERR no") },
            ReplyCase("empty error", "-\r\n") { $0.error("") },
            ReplyCase("zero", ":0\r\n") { $0.integer(0) },
            ReplyCase("negative", ":-42\r\n") { $0.integer(-42) },
            ReplyCase("smallest", ":-9223372036854775808\r\n") { $0.integer(.min) },
            ReplyCase("largest", ":9223372036854775807\r\n") { $0.integer(.max) },
            ReplyCase("bulk", "$5\r\nhello\r\n") { $0.bulk("hello") },
            ReplyCase("empty bulk", "$0\r\n\r\n") { $0.bulk("") },
            ReplyCase("bytes", "$4\r\n\r\n\0$\r\n") { $0.bulk([0x0D, 0x0A, 0, 0x24]) },
            ReplyCase("no bytes", "$0\r\n\r\n") { $0.bulk([UInt8]()) },
            ReplyCase("multibyte text", "$2\r\n\u{C3}\u{A9}\r\n") { $0.bulk("\u{E9}") },
            ReplyCase("verbatim", "$4\r\ntext\r\n", "=8\r\ntxt:text\r\n") { $0.verbatim("text") },
            ReplyCase("markdown", "$1\r\n#\r\n", "=5\r\nmkd:#\r\n") {
                $0.verbatim("#", format: "mkd")
            },
            ReplyCase("null", "$-1\r\n", "_\r\n") { $0.null() },
            ReplyCase("null array", "*-1\r\n", "_\r\n") { $0.nullArray() },
            ReplyCase("true", ":1\r\n", "#t\r\n") { $0.boolean(true) },
            ReplyCase("false", ":0\r\n", "#f\r\n") { $0.boolean(false) },
            ReplyCase("array", "*12\r\n") { $0.arrayHeader(12) },
            ReplyCase("empty array", "*0\r\n") { $0.arrayHeader(0) },
            ReplyCase("map", "*14\r\n", "%7\r\n") { $0.mapHeader(7) },
            ReplyCase("set", "*3\r\n", "~3\r\n") { $0.setHeader(3) },
            ReplyCase("push", "*3\r\n", ">3\r\n") { $0.pushHeader(3) },
            ReplyCase("raw", "abc") { writer in Array("abc".utf8).withUnsafeBytes(writer.raw) },
        ])
    func replies(_ test: ReplyCase) {
        test.write(writer)
        #expect(takeBytes() == latin1(test.resp2))
        writer.version = .resp3
        test.write(writer)
        #expect(takeBytes() == latin1(test.resp3))
        #expect(writer.isEmpty)
    }

    @Test(
        "an error is one line, whatever it quotes",
        arguments: [
            ("ERR a\nb", "-ERR a b\r\n"), ("ERR a\r\nb", "-ERR a  b\r\n"),
            ("ERR \r", "-ERR  \r\n"), ("\n", "- \r\n"),
        ])
    func errorLineEnds(_ message: String, _ expected: String) {
        writer.error(message)
        #expect(takeBytes() == Array(expected.utf8))
    }

    @Test("an error may be of 100 KB", arguments: [false, true])
    func longError(hasLineEnds: Bool) {
        let part = hasLineEnds ? "some text\r\n" : "some text, "
        let message = "ERR " + String(repeating: part, count: 10_000)
        writer.error(message)
        let oneLine = hasLineEnds ? Array("some text  ".utf8) : Array(part.utf8)
        let text = Array("-ERR ".utf8) + (0..<10_000).flatMap { _ in oneLine }
        #expect(takeBytes() == text + [0x0D, 0x0A])
    }

    @Test("a reply goes on from block to block, wherever in it the block ends")
    func blockChanges() {
        // Each offset shifts what lies at the block's end.
        for offset in 0..<40 {
            let writer = ReplyWriter()
            var expected: [UInt8] = []
            writer.simpleString(String(repeating: "x", count: offset))
            expected += Array("+\(String(repeating: "x", count: offset))\r\n".utf8)
            for index in 0..<700 {
                let bytes = [UInt8](repeating: UInt8(index % 251), count: index)
                writer.bulk(bytes)
                writer.integer(index)
                expected += Self.bulk(bytes) + Array(":\(index)\r\n".utf8)
            }
            var slices: [Slice] = []
            writer.take { slices.append($0) }
            #expect(slices.flatMap { Array($0.bytes) } == expected, "offset \(offset)")
            #expect(slices.count == expected.count / BlockArena.blockByteCount + 1)
        }
    }

    @Test("a large string has a block of its own, between the others")
    func large() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        writer.arrayHeader(3)
        writer.bulk(bytes)
        writer.bulk([1])
        writer.bulk(bytes)
        let slices = take()
        let small: [UInt8] = Self.bulk([1])
        #expect(
            slices.flatMap { Array($0.bytes) }
                == Array("*3\r\n".utf8) + Self.bulk(bytes) + small + Self.bulk(bytes))
        #expect(slices.map(\.count) == [13, 100_000, 2 + small.count + 9, 100_000, 2])
        for slice in slices where slice.count == 100_000 {
            #expect(slice.block.capacity == 100_000)
        }
    }

    @Test("a string is large from 16 KB on")
    func largeBound() {
        let bytes = [UInt8](repeating: 1, count: BlockArena.ownBlockByteCount)
        writer.bulk(Array(bytes.dropLast()))
        #expect(take().count == 1)
        writer.bulk(bytes)
        #expect(take().map(\.count) == [8, bytes.count, 2])
    }

    @Test("passes on what was written since it was taken last, once")
    func takeOnce() {
        #expect(writer.isEmpty && take().isEmpty)
        writer.integer(1)
        #expect(!writer.isEmpty)
        let first = take()
        #expect(writer.isEmpty && take().isEmpty)
        writer.integer(2)
        let second = take()
        #expect(first.map { Array($0.bytes) } == [Array(":1\r\n".utf8)])
        #expect(second.map { Array($0.bytes) } == [Array(":2\r\n".utf8)])
        #expect(first[0].block === second[0].block && first[0].end == second[0].start)
    }

    @Test("forgets what was not taken, and nothing else", arguments: [10, 20_000, 200_000])
    func discard(byteCount: Int) {
        writer.bulk("kept")
        let kept = take()
        writer.integer(1)
        for _ in 0..<7 { writer.bulk([UInt8](repeating: 9, count: byteCount)) }
        writer.discard()
        #expect(writer.isEmpty && take().isEmpty)
        writer.integer(2)
        #expect(takeBytes() == Array(":2\r\n".utf8))
        #expect(kept.flatMap { Array($0.bytes) } == Array("$4\r\nkept\r\n".utf8))
    }

    @Test("the next turn writes where the last one did, unless somebody holds that")
    func turns() {
        writer.integer(1)
        var held = take()
        writer.turnEnded()
        writer.integer(2)
        let next = take()
        #expect(next[0].start == held[0].end)
        #expect(Array(held[0].bytes) == Array(":1\r\n".utf8))
        held = []
        writer.turnEnded()
        writer.integer(3)
        #expect(take()[0].start == 8)
        #expect(Array(next[0].bytes) == Array(":2\r\n".utf8))
    }

    @Test("the next turn begins the block anew if all was sent")
    func sentTurn() {
        writer.integer(1)
        var held = take()
        let block = ObjectIdentifier(held[0].block)
        held = []
        writer.turnEnded()
        writer.integer(2)
        let slice = take()[0]
        #expect(slice.start == 0 && ObjectIdentifier(slice.block) == block)
        #expect(Array(slice.bytes) == Array(":2\r\n".utf8))
    }
}
