// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What a stream's producers sent lately, so that what they send again is not added again
/// (XADD's IDMP and IDMPAUTO, XCFGSET).
///
/// Each producer has its own list of the IDs that it gave to its messages. One leaves the list when
/// it is older than `duration`, or when `countMax` younger ones have come. Its age is that of the
/// entry, whose ID says when it was added, so that a list that comes back from a log is as it was.
package struct IdempotencyTable {
    private struct Producer {
        var entryIDs: [[UInt8]: StreamID] = [:]
        /// The messages' IDs in the order in which they came, from `head` on.
        var order: [[UInt8]] = []
        var head = 0

        var isEmpty: Bool { head == order.count }

        /// The entry of the message that came first; a producer that has none is not kept.
        var oldest: StreamID { entryIDs[order[head]]! }

        mutating func removeFirst() {
            entryIDs[order[head]] = nil
            order[head] = []
            head += 1
            if head >= 16, head * 2 >= order.count {
                order.removeFirst(head)
                head = 0
            }
        }
    }

    /// How long a message's ID is kept, in seconds.
    package private(set) var duration = defaultDuration
    /// How many of them are kept for a producer.
    package private(set) var countMax = defaultCountMax
    /// How many messages with such an ID were added.
    package var addedCount = 0
    /// How many were not, since they were there already.
    package var duplicateCount = 0
    private var producers: [[UInt8]: Producer] = [:]
    /// What is kept of all producers, in bytes.
    private var keptByteCount = 0

    package static let defaultDuration = 100
    package static let defaultCountMax = 100
    package static let durationRange = 1...86_400
    package static let countMaxRange = 1...10_000

    /// What an ID takes besides its own bytes, which are there twice, about.
    private static let entryOverhead = 144

    package var byteCount: Int { keptByteCount + producers.count * 160 }

    package func counts() -> (producers: Int, ids: Int) {
        (producers.count, producers.values.reduce(0) { $0 + $1.entryIDs.count })
    }

    /// Changes the settings, and forgets everything.
    package mutating func configure(duration: Int?, countMax: Int?) {
        if let duration { self.duration = duration }
        if let countMax { self.countMax = countMax }
        producers = [:]
        keptByteCount = 0
    }

    /// The entry that a producer's message became, if that is still known.
    package mutating func find(
        _ messageID: [UInt8], of producer: [UInt8], now: Int
    ) -> StreamID? {
        expire(producer, now: now)
        return producers[producer]?.entryIDs[messageID]
    }

    /// The producer must not have the message's ID.
    package mutating func insert(
        _ messageID: [UInt8], of producer: [UInt8], entryID: StreamID
    ) {
        if let count = producers[producer]?.entryIDs.count, count >= countMax {
            removeFirst(of: producer)
        }
        producers[producer, default: Producer()].order.append(messageID)
        producers[producer]!.entryIDs[messageID] = entryID
        keptByteCount += messageID.count * 2 + Self.entryOverhead
    }

    /// Forgets what is too old, of all producers.
    package mutating func expire(now: Int) {
        for producer in Array(producers.keys) { expire(producer, now: now) }
    }

    /// All that is kept, oldest first for each producer, in no particular order of producers.
    package func forEach(
        _ body: (_ producer: [UInt8], _ messageID: [UInt8], _ entryID: StreamID) -> Void
    ) {
        for (name, producer) in producers {
            for messageID in producer.order[producer.head...] {
                body(name, messageID, producer.entryIDs[messageID]!)
            }
        }
    }

    private mutating func expire(_ producer: [UInt8], now: Int) {
        while let entryID = producers[producer]?.oldest {
            let age = now - Int(clamping: entryID.milliseconds)
            guard age >= duration * 1000 else { return }
            removeFirst(of: producer)
        }
    }

    private mutating func removeFirst(of producer: [UInt8]) {
        keptByteCount -=
            producers[producer]!.order[producers[producer]!.head].count * 2 + Self.entryOverhead
        producers[producer]!.removeFirst()
        if producers[producer]!.isEmpty { producers[producer] = nil }
    }
}
