// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Stands for a producer's name, or for the ID of its message: 128 bits of a hash in which nobody
/// finds two texts that are the same.
package struct IdempotencyKey: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// What a stream's producers sent lately, so that what they send again is not added again
/// (XADD's IDMP and IDMPAUTO, XCFGSET).
///
/// Each producer has its own list of the IDs that it gave to its messages. One leaves the list when
/// it is older than `duration`, or when `countMax` younger ones have come. Its age is that of the
/// entry, whose ID says when it was added, so that a list that comes back from a log is as it was.
package struct IdempotencyTable {
    private struct Producer {
        var entryIDs: [IdempotencyKey: StreamID] = [:]
        /// The messages in the order in which they came, from `head` on.
        var order: [IdempotencyKey] = []
        var head = 0

        var isEmpty: Bool { head == order.count }

        /// The entry of the message that came first; a producer that has none is not kept.
        var oldest: StreamID { entryIDs[order[head]]! }

        mutating func removeFirst() {
            entryIDs[order[head]] = nil
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
    private var producers: [IdempotencyKey: Producer] = [:]
    /// How many messages are known, of all producers.
    private var messageCount = 0

    package static let defaultDuration = 100
    package static let defaultCountMax = 100
    package static let durationRange = 1...86_400
    package static let countMaxRange = 1...10_000

    /// Whether XADD or XCFGSET ever had to do with it.
    package var isUsed: Bool {
        addedCount > 0 || duration != Self.defaultDuration || countMax != Self.defaultCountMax
    }

    package var byteCount: Int { messageCount * 80 + producers.count * 160 }

    package var counts: (producers: Int, messages: Int) { (producers.count, messageCount) }

    /// Changes the settings, and forgets everything.
    package mutating func configure(duration: Int?, countMax: Int?) {
        if let duration { self.duration = duration }
        if let countMax { self.countMax = countMax }
        producers = [:]
        messageCount = 0
    }

    /// The entry that a producer's message became, if that is still known.
    package mutating func find(
        _ message: IdempotencyKey, of producer: IdempotencyKey, now: Int
    ) -> StreamID? {
        expire(producer, now: now)
        return producers[producer]?.entryIDs[message]
    }

    /// The producer must not have the message.
    package mutating func insert(
        _ message: IdempotencyKey, of producer: IdempotencyKey, entryID: StreamID
    ) {
        if let count = producers[producer]?.entryIDs.count, count >= countMax {
            removeFirst(of: producer)
        }
        producers[producer, default: Producer()].order.append(message)
        producers[producer]!.entryIDs[message] = entryID
        messageCount += 1
    }

    /// Forgets what is too old, of all producers.
    package mutating func expire(now: Int) {
        for producer in Array(producers.keys) { expire(producer, now: now) }
    }

    /// All that is kept, oldest first for each producer, in no particular order of producers.
    package func forEach(
        _ body: (_ producer: IdempotencyKey, _ message: IdempotencyKey, _ entryID: StreamID) -> Void
    ) {
        for (name, producer) in producers {
            for message in producer.order[producer.head...] {
                body(name, message, producer.entryIDs[message]!)
            }
        }
    }

    private mutating func expire(_ producer: IdempotencyKey, now: Int) {
        while let entryID = producers[producer]?.oldest {
            let age = now - Int(clamping: entryID.milliseconds)
            guard age >= duration * 1000 else { return }
            removeFirst(of: producer)
        }
    }

    private mutating func removeFirst(of producer: IdempotencyKey) {
        messageCount -= 1
        producers[producer]!.removeFirst()
        if producers[producer]!.isEmpty { producers[producer] = nil }
    }
}
