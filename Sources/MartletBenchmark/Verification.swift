// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// A sender's place in a payload: its rank among the publishers of the channel and the message's
/// number, counted for each publisher and channel.
package struct Stamp: Equatable, Sendable {
    package var bits: UInt64

    package init(bits: UInt64) { self.bits = bits }
    package init(rank: Int, number: UInt64) { bits = UInt64(rank) << 48 | number }

    package var rank: Int { Int(bits >> 48) }
    package var number: UInt64 { bits & (1 << 48 - 1) }
}

/// What one subscriber has seen: each publisher's messages without a gap and in order.
package struct DeliveryChecker {
    /// The number that is expected next, by the publisher's rank.
    private var next: [UInt64]
    /// A digest of the stamps in their order; equal for two subscribers of a channel that have
    /// seen the messages of several publishers in one order.
    package private(set) var digest: UInt64 = 0

    package init(rankCount: Int) {
        next = Array(repeating: 0, count: rankCount)
    }

    /// Whether a message is the one that had to come.
    @inline(__always)
    package mutating func accept(_ stamp: Stamp) -> Bool {
        guard stamp.rank < next.count, next[stamp.rank] == stamp.number else { return false }
        next[stamp.rank] = stamp.number + 1
        digest = (digest ^ stamp.bits) &* 0x9e37_79b9_7f4a_7c15
        return true
    }
}

/// Reads the replies to one sender's requests as they come, in any pieces: lines of "+PONG", or
/// of ":" and a number.
package struct ReplyReader {
    private let traffic: Workload.Traffic
    private var position = 0
    private var number = 0
    private static let pong = StaticString("+PONG\r\n")

    package init(_ traffic: Workload.Traffic) { self.traffic = traffic }

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
        switch traffic {
        case .ping: readPongs(bytes)
        case .publish: readNumbers(bytes)
        }
    }

    private mutating func readPongs(_ bytes: UnsafeRawBufferPointer) -> Replies? {
        var replies = Replies()
        let pong = Self.pong.utf8Start
        for byte in bytes {
            guard byte == pong[position] else { return nil }
            position += 1
            if position == Self.pong.utf8CodeUnitCount {
                position = 0
                replies.count += 1
            }
        }
        return replies
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
