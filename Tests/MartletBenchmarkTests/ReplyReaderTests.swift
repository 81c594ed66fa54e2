// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletBenchmark

@Suite("Replies")
struct ReplyReaderTests {
    /// The replies in a text that comes in pieces; nil where it is refused.
    private static func read(
        _ name: String, _ text: String, size: Int, channels: [Int] = [0]
    ) throws -> ReplyReader.Replies? {
        var overrides = WorkloadOverrides()
        overrides.payloadByteCount = 16
        let workload = try overrides.applied(to: #require(Workload.list(name).first))
        var reader = ReplyReader(workload, channels: channels)
        var sum = ReplyReader.Replies()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = bytes[start..<min(start + size, bytes.count)]
            guard let replies = piece.withUnsafeBytes({ reader.read($0) }) else { return nil }
            sum.count += replies.count
            sum.sum += replies.sum
        }
        return sum
    }

    @Test("are read in pieces of any size", arguments: 1...9)
    func pieces(size: Int) throws {
        func read(_ name: String, _ text: String) throws -> ReplyReader.Replies? {
            try Self.read(name, text, size: size)
        }
        #expect(try read("publish", ":0\r\n:12\r\n:3\r\n:4") == .init(count: 3, sum: 15))
        #expect(try read("ping", "+PONG\r\n+PONG\r\n+PO") == .init(count: 2))
        #expect(try read("set", "+OK\r\n+OK\r\n+OK\r") == .init(count: 2))
        #expect(try read("xadd", "$3\r\n7-0\r\n$4\r\n7-10\r\n$3\r\n8-") == .init(count: 2))
        for text in ["-ERR no\r\n", ":\r\n", ":1\n", ":1\r\n1", ":1-\r\n", "1\r\n"] {
            #expect(try read("publish", text) == nil, "\(text.debugDescription)")
        }
        for text in ["-ERR no\r\n", "+PING\r\n", "+PONG\n", ":1\r\n"] {
            #expect(try read("ping", text) == nil, "\(text.debugDescription)")
        }
        for text in ["-ERR no\r\n", "$2\r\n7-0\r\n", "$3\r\n7:0\r\n", "$3\n7-0\r\n", "$-1\r\n"] {
            #expect(try read("xadd", text) == nil, "\(text.debugDescription)")
        }
    }

    @Test("of XADD have IDs that grow, where a connection has one stream")
    func growingIdentifiers() throws {
        for text in ["$3\r\n7-1\r\n$3\r\n7-1\r\n", "$3\r\n7-1\r\n$3\r\n6-9\r\n"] {
            #expect(try Self.read("xadd", text, size: 100) == nil)
            let replies = try Self.read("xadd", text, size: 100, channels: [0, 1])
            #expect(replies == .init(count: 2))
        }
    }

    @Test("of GET are the values of the keys in turn", arguments: 1...9)
    func values(size: Int) throws {
        var overrides = WorkloadOverrides()
        overrides.payloadByteCount = 16
        let workload = try overrides.applied(to: #require(Workload.list("get").first))
        let values = [5, 7].map {
            String(decoding: Keys.valueReply($0, of: workload), as: UTF8.self)
        }
        func count(_ text: String) throws -> Int? {
            try Self.read("get", text, size: size, channels: [5, 7])?.count
        }
        #expect(try count(values[0] + values[1] + values[0]) == 3)
        #expect(try count(values[0] + values[0]) == nil)
        #expect(try count(values[1]) == nil)
        #expect(try count("$-1\r\n") == nil)
    }
}
