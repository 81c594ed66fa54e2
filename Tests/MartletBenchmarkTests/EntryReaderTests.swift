// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletBenchmark

@Suite("Replies with entries")
struct EntryReaderTests {
    private static let head = "*1\r\n*2\r\n$16\r\nmartlet:00000000\r\n*2\r\n"

    private static func entry(_ identifier: String, _ number: UInt64) -> [UInt8] {
        Array("*2\r\n$\(identifier.utf8.count)\r\n\(identifier)\r\n*2\r\n$1\r\nm\r\n".utf8)
            + Wire.bulkString(
                Wire.payload(Stamp(rank: 0, number: number), time: number + 5, byteCount: 20))
    }

    /// An acknowledgement, a head and two entries.
    private static let bytes =
        Array(":12\r\n\(head)".utf8) + entry("1700000000000-0", 3) + entry("7-12", 4)

    /// What is read of bytes of which more and more are there; nil where they are refused.
    private static func read(_ bytes: [UInt8], size: Int) throws -> [String]? {
        var overrides = WorkloadOverrides()
        overrides.payloadByteCount = 20
        let reader = EntryReader(
            try overrides.applied(to: #require(Workload.list("group").first)))
        var parts: [String] = []
        var missing = 0
        return bytes.withUnsafeBytes { buffer -> [String]? in
            guard var cursor = buffer.baseAddress else { return parts }
            let base = cursor
            var count = 0
            while count < bytes.count {
                count = min(count + size, bytes.count)
                reading: while true {
                    switch reader.read(
                        &cursor, base + count, channel: 0, isInReply: missing > 0)
                    {
                    case .incomplete:
                        #expect(base + count - cursor <= reader.partByteCountMax)
                        break reading
                    case .wrong: return nil
                    case .acknowledged(let count): parts.append("acknowledged \(count)")
                    case .head(let count):
                        missing = count
                        parts.append("head \(count)")
                    case .entry(let identifier, let byteCount, let stamp, let time):
                        missing -= 1
                        let text = String(
                            decoding: UnsafeRawBufferPointer(start: identifier, count: byteCount),
                            as: UTF8.self)
                        parts.append("\(text.debugDescription) \(stamp.number) \(time)")
                    }
                }
            }
            return parts
        }
    }

    @Test("are read in pieces of any size", arguments: [1, 2, 3, 7, 50, 1000])
    func pieces(size: Int) throws {
        let expected = [
            "acknowledged 12", "head 2", "\"$15\\r\\n1700000000000-0\\r\\n\" 3 8",
            "\"$4\\r\\n7-12\\r\\n\" 4 9",
        ]
        #expect(try Self.read(Self.bytes, size: size) == expected)
    }

    @Test("are not taken for something else when a byte changes", arguments: [1, 1000])
    func damage(size: Int) throws {
        let whole = try Self.read(Self.bytes, size: size)
        for index in Self.bytes.indices {
            var changed = Self.bytes
            changed[index] ^= 0x40
            let parts = try Self.read(changed, size: size)
            // The bytes of an ID, a stamp or a time may be any.
            #expect(parts != whole || Self.bytes[index] == 0, "byte \(index)")
        }
    }
}
