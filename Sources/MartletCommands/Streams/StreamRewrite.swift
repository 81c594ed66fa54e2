// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A stream as the commands that make it again, for a rewrite of the log.
//
//   XADD key id field value …             each entry
//   XGROUP CREATE key group id ENTRIESREAD n
//   XGROUP CREATECONSUMER key group consumer
//   XCLAIM key group consumer 0 id … TIME t RETRYCOUNT n FORCE JUSTID
//   XDEL key id …, XTRIM key MAXLEN = n   what is pending though its entry is gone
//   XSETID key id ENTRIESADDED n MAXDELETEDID id
//   #IDMP… with XSETID key id             what producers sent lately, see StreamAnnotation
//
// XCLAIM makes nothing pending that is not in the stream, so that Redis's rewrite loses what is
// pending for entries that were deleted or trimmed. Here they are added first, in their places and
// with a field of no meaning, and removed again once they have been claimed: those before the first
// entry by trimming, as they may have gone, and those behind it by deleting, as they must have. An
// empty stream is made the same way. XSETID comes last and puts right what this changed.

import MartletCore
import RESP

/// Makes the commands piece by piece, of a view that it holds.
package struct StreamRewrite {
    private let key: [UInt8]
    private let stream: Stream
    private var step = Step.entries
    private var cursor: EntryCursor
    private var nextEntry: StreamEntry?
    /// What is pending and not in the stream, in order, and how much of it has been added.
    private let ghosts: [StreamID]
    private var ghostIndex = 0
    /// The next pending entry is behind this one.
    private var lastPendingID: StreamID?

    private enum Step {
        case entries
        case group(Int)
        case consumer(group: Int, index: Int)
        case pending(group: Int, index: Int)
        case end
        case nothing
    }

    /// How many commands a piece has, and how many IDs a command, at the most.
    private static let pieceCommandCount = 100
    private static let commandIDCount = 100

    package init(key: [UInt8], stream: Stream) {
        self.key = key
        self.stream = stream
        cursor = stream.range(from: .zero, through: .max)
        ghosts = Self.ghosts(of: stream)
    }

    private static func ghosts(of stream: Stream) -> [StreamID] {
        var ids: Set<StreamID> = []
        for group in stream.groups {
            var next = group.firstPending
            // Without XDEL only what was trimmed can be gone.
            let end = stream.maxDeletedID == .zero ? stream.firstEntryID : .max
            while let entry = next, stream.count == 0 || entry.id < end {
                if !stream.contains(entry.id) { ids.insert(entry.id) }
                next = entry.id.successor.flatMap { group.firstPending(notBelow: $0) }
            }
        }
        // An empty stream is one whose only entry is gone.
        if stream.count == 0, ids.isEmpty { ids.insert(StreamID(0, 1)) }
        return ids.sorted()
    }

    /// Writes the next commands.
    ///
    /// - Returns: false if there are no more.
    package mutating func next(_ write: ([EffectWord]) -> Void) -> Bool {
        for _ in 0..<Self.pieceCommandCount {
            switch step {
            case .entries: writeEntry(write)
            case .group(let index): writeGroup(index, write)
            case .consumer(let group, let index): writeConsumer(group, index, write)
            case .pending(let group, let index): writePending(group, index, write)
            case .end: writeEnd(write)
            case .nothing: return false
            }
        }
        return true
    }

    // MARK: Entries

    private mutating func writeEntry(_ write: ([EffectWord]) -> Void) {
        if nextEntry == nil { nextEntry = cursor.next() }
        if ghostIndex < ghosts.count, nextEntry.map({ ghosts[ghostIndex] < $0.id }) ?? true {
            key.withUnsafeBytes {
                write([
                    .word("XADD"), .bytes($0), .streamID(ghosts[ghostIndex]), .word("x"),
                    .word("y"),
                ])
            }
            ghostIndex += 1
            return
        }
        guard let entry = nextEntry else {
            step = .group(0)
            return
        }
        var strings = entry.strings
        key.withUnsafeBytes {
            var words: [EffectWord] = [.word("XADD"), .bytes($0), .streamID(entry.id)]
            words.reserveCapacity(3 + 2 * entry.fieldCount)
            for _ in 0..<(2 * entry.fieldCount) {
                switch strings.next() {
                case .bytes(let bytes): words.append(.bytes(bytes))
                case .integer(let number): words.append(.integer(number))
                }
            }
            write(words)
        }
        nextEntry = nil
    }

    // MARK: Groups

    private mutating func writeGroup(_ index: Int, _ write: ([EffectWord]) -> Void) {
        guard index < stream.groups.count else {
            step = .end
            return
        }
        let group = stream[group: index]
        withNames(group.name) { key, name in
            write([
                .word("XGROUP"), .word("CREATE"), .bytes(key), .bytes(name),
                .streamID(group.lastDeliveredID), .word("ENTRIESREAD"),
                .integer(group.entriesRead ?? -1),
            ])
        }
        step = .consumer(group: index, index: 0)
    }

    private mutating func writeConsumer(
        _ group: Int, _ index: Int, _ write: ([EffectWord]) -> Void
    ) {
        let numbers = stream[group: group].consumerNumbers
        guard index < numbers.count else {
            step = .group(group + 1)
            return
        }
        withNames(stream[group: group].name) { key, name in
            stream[group: group][consumer: numbers[index]].name.withUnsafeBytes { consumer in
                write([
                    .word("XGROUP"), .word("CREATECONSUMER"), .bytes(key), .bytes(name),
                    .bytes(consumer),
                ])
            }
        }
        lastPendingID = nil
        step = .pending(group: group, index: index)
    }

    private mutating func writePending(
        _ group: Int, _ index: Int, _ write: ([EffectWord]) -> Void
    ) {
        let number = stream[group: group].consumerNumbers[index]
        guard let first = pendingEntry(behind: lastPendingID, group, number) else {
            step = .consumer(group: group, index: index + 1)
            return
        }
        var ids: [EffectWord] = []
        var next: PendingEntry? = first
        while let entry = next, ids.count < Self.commandIDCount,
            entry.deliveryTime == first.deliveryTime, entry.deliveryCount == first.deliveryCount
        {
            ids.append(.streamID(entry.id))
            lastPendingID = entry.id
            next = pendingEntry(behind: entry.id, group, number)
        }
        withNames(stream[group: group].name) { key, name in
            stream[group: group][consumer: number].name.withUnsafeBytes { consumer in
                write(
                    [.word("XCLAIM"), .bytes(key), .bytes(name), .bytes(consumer), .integer(0)]
                        + ids
                        + [
                            .word("TIME"), .integer(first.deliveryTime), .word("RETRYCOUNT"),
                            .integer(Int(first.deliveryCount)), .word("FORCE"), .word("JUSTID"),
                        ])
            }
        }
    }

    private func pendingEntry(
        behind id: StreamID?, _ group: Int, _ consumer: UInt32
    ) -> PendingEntry? {
        guard let id else {
            return stream[group: group].firstPending(notBelow: .zero, of: consumer)
        }
        return id.successor.flatMap {
            stream[group: group].firstPending(notBelow: $0, of: consumer)
        }
    }

    private func withNames(
        _ group: [UInt8], _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        key.withUnsafeBytes { key in group.withUnsafeBytes { body(key, $0) } }
    }

    // MARK: The end

    private mutating func writeEnd(_ write: ([EffectWord]) -> Void) {
        let firstID = stream.firstEntryID
        let deleted = stream.count == 0 ? [] : ghosts.filter { $0 > firstID }
        key.withUnsafeBytes { key in
            for start in stride(from: 0, to: deleted.count, by: Self.commandIDCount) {
                let ids = deleted[start..<min(start + Self.commandIDCount, deleted.count)]
                write([.word("XDEL"), .bytes(key)] + ids.map { .streamID($0) })
            }
            if ghosts.count > deleted.count {
                write([
                    .word("XTRIM"), .bytes(key), .word("MAXLEN"), .word("="),
                    .integer(stream.count),
                ])
            }
            write([
                .word("XSETID"), .bytes(key), .streamID(stream.lastID), .word("ENTRIESADDED"),
                .integer(stream.entriesAdded), .word("MAXDELETEDID"),
                .streamID(stream.maxDeletedID),
            ])
            writeIdempotency(key, write)
        }
        step = .nothing
    }

    /// The lines about idempotent producers, each with a command that names the stream.
    private func writeIdempotency(
        _ key: UnsafeRawBufferPointer, _ write: ([EffectWord]) -> Void
    ) {
        guard stream.idempotency.isUsed else { return }
        let naming: [EffectWord] = [.word("XSETID"), .bytes(key), .streamID(stream.lastID)]
        func writeLine(_ annotation: StreamAnnotation) {
            annotation.line.withUnsafeBytes { write([.annotation($0)]) }
            write(naming)
        }
        writeLine(stream.idempotency.stateAnnotation)
        stream.idempotency.forEach { producer, message, id in
            writeLine(.message(producer: producer, message: message, entryID: id))
        }
    }
}
