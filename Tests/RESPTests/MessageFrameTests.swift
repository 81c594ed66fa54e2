// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

@Suite("MessageFrame")
struct MessageFrameTests {
    private let arena = BlockArena()

    private static func encoded(_ strings: [[UInt8]], type: String = "*") -> [UInt8] {
        strings.reduce(into: Array("\(type)\(strings.count)\r\n".utf8)) {
            $0 += Array("$\($1.count)\r\n".utf8) + $1 + [0x0D, 0x0A]
        }
    }

    private func message(
        _ channel: [UInt8], _ payload: [UInt8], kind: MessageFrame.Kind = .message
    ) -> Slice {
        channel.withUnsafeBytes { channel in
            payload.withUnsafeBytes {
                MessageFrame.message(kind, channel: channel, payload: $0, in: arena)
            }
        }
    }

    private func patternMessage(_ pattern: [UInt8], _ channel: [UInt8], _ payload: [UInt8]) -> Slice
    {
        pattern.withUnsafeBytes { pattern in
            channel.withUnsafeBytes { channel in
                payload.withUnsafeBytes {
                    MessageFrame.patternMessage(
                        pattern: pattern, channel: channel, payload: $0, in: arena)
                }
            }
        }
    }

    private static let payloadByteCounts =
        [0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 65_535, 65_536, 100_000, 1 << 20]
        + (16_330...16_390)

    @Test("is what a plain encoder writes, as an array and as a push")
    func bytes() {
        let names: [[UInt8]] = [
            [], Array("news".utf8), [0, 0x0D, 0x0A, 0xFF], Array("0123456789".utf8),
        ]
        for (index, byteCount) in Self.payloadByteCounts.enumerated() {
            let payload = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let (channel, pattern) = (names[index % 4], names[(index + 1) % 4])
            for (slice, strings) in [
                (message(channel, payload), [Array("message".utf8), channel, payload]),
                (
                    message(channel, payload, kind: .shardMessage),
                    [Array("smessage".utf8), channel, payload]
                ),
                (
                    patternMessage(pattern, channel, payload),
                    [Array("pmessage".utf8), pattern, channel, payload]
                ),
            ] {
                let push = MessageFrame.pushVariant(of: slice, in: arena)
                #expect(Array(push.bytes) == Self.encoded(strings, type: ">"), "\(byteCount) bytes")
                #expect(Array(slice.bytes) == Self.encoded(strings), "\(byteCount) bytes")
            }
        }
    }

    @Test("frames that are written one after the other lie side by side")
    func contiguous() {
        var last = message([1], [2])
        for _ in 0..<10 {
            let next = message([1], [UInt8](repeating: 3, count: 1000))
            #expect(next.block === last.block && next.start == last.end)
            last = next
        }
        let push = MessageFrame.pushVariant(of: last, in: arena)
        #expect(push.block === last.block && push.start == last.end)
    }

    @Test("a frame that the block has no room for begins the next one, whole")
    func nextBlock() {
        let payload = [UInt8](repeating: 3, count: 10_000)
        let slices = (0..<20).map { _ in message([1], payload) }
        let blocks = Set(slices.map { ObjectIdentifier($0.block) })
        #expect(blocks.count == 4)
        let expected = Self.encoded([Array("message".utf8), [1], payload])
        for slice in slices { #expect(Array(slice.bytes) == expected) }
    }

    @Test("a large frame has a block of its own, which is no larger than it")
    func ownBlock() {
        let frameByteCount = { (payload: Int) in
            Self.encoded([Array("message".utf8), [1], [UInt8](repeating: 0, count: payload)]).count
        }
        let overhead = frameByteCount(16_000) - 16_000
        let limit = BlockArena.ownBlockByteCount - overhead
        let before = message([1], [2])
        let large = message([1], [UInt8](repeating: 0, count: limit))
        #expect(large.count == BlockArena.ownBlockByteCount)
        #expect(large.block !== before.block && large.block.capacity == large.count)
        let push = MessageFrame.pushVariant(of: large, in: arena)
        #expect(push.block !== large.block && push.block.capacity == large.count)
        let small = message([1], [UInt8](repeating: 0, count: limit - 1))
        #expect(small.block === before.block && small.start == before.end)
    }

    @Test("a monitor's line is the same in both protocols", arguments: ["", "line", "0 \"x\""])
    func simpleString(_ text: String) {
        let slice = Array(text.utf8).withUnsafeBytes { MessageFrame.simpleString($0, in: arena) }
        #expect(Array(slice.bytes) == Array("+\(text)\r\n".utf8))
        let push = MessageFrame.pushVariant(of: slice, in: arena)
        #expect(push.block === slice.block && push.start == slice.start && push.end == slice.end)
    }
}
