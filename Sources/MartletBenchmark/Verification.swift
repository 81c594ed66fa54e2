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

/// What one subscriber has seen: each publisher's messages in order, and without a gap unless
/// others of its group got what is missing.
package struct DeliveryChecker {
    /// The number that is expected next, by the publisher's rank.
    private var next: [UInt64]
    private let ledger: DeliveryLedger?
    /// A digest of the stamps in their order; equal for two subscribers of a channel that have
    /// seen the messages of several publishers in one order.
    package private(set) var digest: UInt64 = 0

    package init(rankCount: Int, ledger: DeliveryLedger? = nil) {
        next = Array(repeating: 0, count: rankCount)
        self.ledger = ledger
    }

    /// Whether a message is the one that had to come.
    @inline(__always)
    package mutating func accept(_ stamp: Stamp) -> Bool {
        guard stamp.rank < next.count else { return false }
        if let ledger {
            guard next[stamp.rank] <= stamp.number, ledger.insert(stamp) else { return false }
        } else {
            guard next[stamp.rank] == stamp.number else { return false }
        }
        next[stamp.rank] = stamp.number + 1
        digest = (digest ^ stamp.bits) &* 0x9e37_79b9_7f4a_7c15
        return true
    }
}

/// What the consumers that share a key have got together: a bit for each message.
package final class DeliveryLedger {
    /// By the producer's rank.
    private var words: [[UInt64]]
    private var counts: [Int]
    /// How far a number may be ahead of the count of those that came, so that a damaged one
    /// does not take all memory.
    private static let leadMax: UInt64 = 1 << 26

    package init(rankCount: Int) {
        words = Array(repeating: [], count: rankCount)
        counts = Array(repeating: 0, count: rankCount)
    }

    /// Whether it comes for the first time.
    @inline(__always)
    package func insert(_ stamp: Stamp) -> Bool {
        let rank = stamp.rank
        guard stamp.number < UInt64(counts[rank]) + Self.leadMax else { return false }
        let place = Int(stamp.number >> 6)
        let bit: UInt64 = 1 << (stamp.number & 63)
        while words[rank].count <= place { words[rank].append(0) }
        guard words[rank][place] & bit == 0 else { return false }
        words[rank][place] |= bit
        counts[rank] += 1
        return true
    }

    /// Whether all of a producer's messages have come, and nothing else.
    package func isComplete(rank: Int, count: Int) -> Bool {
        guard counts[rank] == count else { return false }
        return (0..<count / 64).allSatisfy { words[rank][$0] == .max }
            && (count % 64 == 0 || words[rank][count / 64] == 1 << UInt64(count % 64) - 1)
    }
}
