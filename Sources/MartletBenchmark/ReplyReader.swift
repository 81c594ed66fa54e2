// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// Reads the replies to one sender's requests as they come, in any pieces.
package struct ReplyReader {
    private enum Form {
        /// "+PONG", "+OK", or the values of the keys in turn.
        case fixed(FixedReplies)
        /// ":" and a number.
        case number
        /// A bulk string with a stream's ID.
        case identifier
    }

    private let form: Form
    private var position = 0
    private var number = 0
    private var identifiers: IdentifierReader

    /// - Parameter channels: whose turn it is, from the first request on.
    package init(_ workload: Workload, channels: [Int]) {
        form =
            switch workload.traffic {
            case .ping: .fixed(FixedReplies([Array("+PONG\r\n".utf8)]))
            case .set: .fixed(FixedReplies([Array("+OK\r\n".utf8)]))
            case .get: .fixed(FixedReplies(channels.map { Keys.valueReply($0, of: workload) }))
            case .publish, .incr, .lpush: .number
            case .xadd: .identifier
            }
        identifiers = IdentifierReader(increases: channels.count == 1)
    }

    package struct Replies: Equatable {
        package var count = 0
        /// The numbers in them, added up.
        package var sum = 0

        package init(count: Int = 0, sum: Int = 0) {
            self.count = count
            self.sum = sum
        }
    }

    /// - Returns: how many replies these bytes complete; nil where they are something else.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> Replies? {
        switch form {
        case .fixed(let replies): readFixed(replies, bytes)
        case .number: readNumbers(bytes)
        case .identifier: identifiers.read(bytes).map { Replies(count: $0) }
        }
    }

    private mutating func readFixed(
        _ fixed: FixedReplies, _ bytes: UnsafeRawBufferPointer
    ) -> Replies? {
        guard let base = bytes.baseAddress else { return Replies() }
        let before = position / fixed.frameByteCount
        var wrapped = 0
        var offset = 0
        while offset < bytes.count {
            let count = min(bytes.count - offset, fixed.byteCount - position)
            guard memcmp(base + offset, fixed.bytes + position, count) == 0 else { return nil }
            offset += count
            position += count
            if position == fixed.byteCount {
                position = 0
                wrapped += fixed.byteCount / fixed.frameByteCount
            }
        }
        return Replies(count: wrapped + position / fixed.frameByteCount - before)
    }

    private mutating func readNumbers(_ bytes: UnsafeRawBufferPointer) -> Replies? {
        var replies = Replies()
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where position > 0 && position < 16:
                number = number * 10 + Int(byte & 15)
            case UInt8(ascii: ":") where position == 0, UInt8(ascii: "\r") where position > 1:
                break
            case UInt8(ascii: "\n") where position > 2:
                replies.count += 1
                replies.sum += number
                number = 0
                position = -1
            default: return nil
            }
            position += 1
        }
        return replies
    }
}

/// Replies of one length that are known beforehand and come in turn.
private final class FixedReplies {
    let frameByteCount: Int
    let byteCount: Int
    let bytes: UnsafeMutablePointer<UInt8>

    init(_ frames: [[UInt8]]) {
        frameByteCount = frames[0].count
        byteCount = frameByteCount * frames.count
        bytes = .allocate(capacity: byteCount)
        for (index, frame) in frames.enumerated() {
            (bytes + index * frameByteCount).update(from: frame, count: frameByteCount)
        }
    }

    deinit { bytes.deallocate() }
}

/// Reads the IDs that XADD replies: `$15\r\n1700000000000-0\r\n`.
private struct IdentifierReader {
    private enum Part { case mark, length, lengthEnd, milliseconds, sequence, end }

    /// One stream's IDs grow from reply to reply.
    let increases: Bool
    private var part = Part.mark
    private var length = 0
    private var milliseconds: UInt64 = 0
    private var sequence: UInt64 = 0
    private var last: (milliseconds: UInt64, sequence: UInt64) = (0, 0)

    init(increases: Bool) { self.increases = increases }

    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var count = 0
        for byte in bytes {
            let digit = byte &- UInt8(ascii: "0")
            switch part {
            case .mark where byte == UInt8(ascii: "$"): part = .length
            case .length where digit < 10: length = length &* 10 &+ Int(digit)
            case .length where byte == UInt8(ascii: "\r"): part = .lengthEnd
            case .lengthEnd where byte == UInt8(ascii: "\n"): part = .milliseconds
            case .milliseconds where digit < 10:
                milliseconds = milliseconds &* 10 &+ UInt64(digit)
                length -= 1
            case .milliseconds where byte == UInt8(ascii: "-"):
                part = .sequence
                length -= 1
            case .sequence where digit < 10:
                sequence = sequence &* 10 &+ UInt64(digit)
                length -= 1
            case .sequence where byte == UInt8(ascii: "\r"): part = .end
            case .end where byte == UInt8(ascii: "\n"):
                guard finish() else { return nil }
                count += 1
            default: return nil
            }
        }
        return count
    }

    private mutating func finish() -> Bool {
        let current = (milliseconds: milliseconds, sequence: sequence)
        guard length == 0, !increases || current > last else { return false }
        last = current
        (part, milliseconds, sequence) = (.mark, 0, 0)
        return true
    }
}
