// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension MessageFrame {
    /// Where the parts of a frame lie, in bytes from its first.
    package struct Parts {
        package var pattern: Range<Int>?
        package var channel: Range<Int>
        package var payload: Range<Int>
        package var byteCount: Int
    }

    /// Finds the parts of the frame that `bytes` begins with. It was written by `message` or
    /// `patternMessage`, and is whole.
    package static func parts(of bytes: UnsafeRawBufferPointer) -> Parts {
        let base = bytes.baseAddress!
        // "*3\r\n$7\r\nmessage\r\n" or "*4\r\n$8\r\npmessage\r\n": each bulk string begins behind
        // the line that has its length.
        let hasPattern = base.load(fromByteOffset: 1, as: UInt8.self) == UInt8(ascii: "4")
        var position = 4
        _ = bulk(in: base, &position)
        let pattern = hasPattern ? bulk(in: base, &position) : nil
        let channel = bulk(in: base, &position)
        let payload = bulk(in: base, &position)
        assert(position <= bytes.count)
        return Parts(pattern: pattern, channel: channel, payload: payload, byteCount: position)
    }

    /// The bulk string at `position`, which is moved behind it.
    @inline(__always)
    private static func bulk(in base: UnsafeRawPointer, _ position: inout Int) -> Range<Int> {
        assert(base.load(fromByteOffset: position, as: UInt8.self) == UInt8(ascii: "$"))
        position += 1
        var count = 0
        while true {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            position += 1
            if byte == UInt8(ascii: "\r") { break }
            count = count &* 10 &+ Int(byte &- UInt8(ascii: "0"))
        }
        let start = position + 1
        position = start + count + 2
        return start..<(start + count)
    }
}
