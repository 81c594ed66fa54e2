// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

// A stream: entries in the order of their IDs, and groups of consumers that share them.
//
//     Stream ─ EntryLog ──── OrderedRuns of EntryBlock          the entries, packed
//            ├ ConsumerGroup ─ OrderedRuns of PendingEntry      what was delivered to whom
//            │               └ Consumer ─ OrderedRuns of IDs    and each one's share of it
//            └ IdempotencyTable                                 what producers sent lately
//
// All of it are values: a copy shows the stream as it was, and is made in constant time but for the
// consumers, which are few. What changes afterwards is copied in pieces of a few kilobytes. That
// goes by reference counts, so nobody may hold a copy, a cursor or a block longer than it is read.
//
// Nothing here depends on how many entries a stream has but looking up, which takes the logarithm:
// appending, reading at the end, acknowledging and trimming at the front do not.

/// The value of a stream key.
package struct Stream {
    private var entries = EntryLog()
    /// The last ID that was generated, of an entry that may be gone.
    package private(set) var lastID = StreamID.zero
    /// How many entries were ever added.
    package private(set) var entriesAdded = 0
    /// The highest ID that XDEL removed.
    package private(set) var maxDeletedID = StreamID.zero
    /// By name.
    package private(set) var groups: ContiguousArray<ConsumerGroup> = []
    package var idempotency = IdempotencyTable()

    package init() {}

    /// How many entries there are.
    package var count: Int { entries.count }

    package var blockCount: Int { entries.blocks.count }

    /// How many entries a block has on the average, 1 at the least.
    package var entriesPerBlock: Int { max(count / max(blockCount, 1), 1) }

    /// The ID of the first entry; 0-0 if there is none.
    package var firstEntryID: StreamID { entries.firstID }

    /// The ID of the last entry; 0-0 if there is none.
    package var lastEntryID: StreamID { entries.lastID }

    /// The memory of everything, in bytes.
    package var byteCount: Int {
        groups.reduce(entries.byteCount + idempotency.byteCount + 160) { $0 + $1.byteCount }
    }

    // MARK: Appending

    /// How the ID of a new entry is chosen.
    package enum IDChoice {
        /// `*`
        case generated
        /// `ms-*`
        case milliseconds(UInt64)
        case exact(StreamID)
    }

    package enum AppendError: Error {
        /// The last ID there is was used.
        case exhausted
        /// The ID is not above the last one.
        case notAboveLast
        case tooLarge
    }

    /// Appends an entry with the fields and values that `arguments` has from `start` on.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the entry's ID.
    package mutating func append(
        _ choice: IDChoice, now: Int, _ arguments: Arguments, from start: Int,
        limits: StreamLimits
    ) throws(AppendError) -> StreamID {
        guard lastID < .max else { throw .exhausted }
        let id = newID(choice, now: now)
        guard id > lastID else { throw .notAboveLast }
        var stringsByteCount = 0
        for index in start..<arguments.count { stringsByteCount += arguments[index].count }
        guard stringsByteCount <= EntryBlock.entryByteCountMax else { throw .tooLarge }
        entries.append(
            id: id, fields: arguments, from: start, stringsByteCount: stringsByteCount, limits)
        lastID = id
        entriesAdded += 1
        return id
    }

    /// Not above `lastID` if there is no such ID.
    private func newID(_ choice: IDChoice, now: Int) -> StreamID {
        switch choice {
        case .exact(let id): return id
        case .generated:
            let now = UInt64(now)
            return now > lastID.milliseconds ? StreamID(now, 0) : lastID.successor!
        case .milliseconds(let milliseconds):
            guard milliseconds == lastID.milliseconds else { return StreamID(milliseconds, 0) }
            return lastID.sequence < .max
                ? StreamID(milliseconds, lastID.sequence + 1) : .zero
        }
    }

    // MARK: Reading

    package func contains(_ id: StreamID) -> Bool { entries.contains(id) }

    /// The entries from one ID to another, with both.
    package func range(
        from first: StreamID, through last: StreamID, isReversed: Bool = false
    ) -> EntryCursor {
        EntryCursor(entries, from: first, through: last, isReversed: isReversed)
    }

    // MARK: Removing

    /// Removes an entry, and says whether it was there. What is pending stays so.
    package mutating func remove(_ id: StreamID) -> Bool {
        guard entries.remove(id) else { return false }
        maxDeletedID = max(maxDeletedID, id)
        return true
    }

    /// What XTRIM, or XADD, is to leave.
    package struct Trim {
        package enum Bound {
            /// So many entries.
            case maxLength(Int)
            /// The entries from this ID on.
            case minID(StreamID)
        }

        package var bound: Bound
        /// `~`: only whole blocks go.
        package var isApproximate: Bool
        /// How many entries may go; 0 is no limit.
        package var limit: Int

        package init(_ bound: Bound, isApproximate: Bool = false, limit: Int = 0) {
            self.bound = bound
            self.isApproximate = isApproximate
            self.limit = limit
        }
    }

    /// What becomes of the groups' references to an entry that is to go.
    package enum ReferencePolicy {
        /// They stay.
        case keep
        /// They go too.
        case delete
        /// While there are any, the entry stays.
        case acknowledged
    }

    /// Removes entries from the front, whatever refers to them, and says how many.
    package mutating func trim(_ trim: Trim) -> Int {
        var removedCount: Int
        switch trim.bound {
        case .maxLength(let maxLength):
            removedCount = entries.removeBlocks(limit: trim.limit) { blockCount, count, _ in
                count > maxLength && count - blockCount >= maxLength
            }
            if trim.isApproximate { return removedCount }
            removedCount += entries.removeEntries { count, _ in count > maxLength }
        case .minID(let minID):
            removedCount = entries.removeBlocks(limit: trim.limit) { _, _, lastID in
                lastID < minID
            }
            if trim.isApproximate { return removedCount }
            removedCount += entries.removeEntries { _, id in id < minID }
        }
        return removedCount
    }

    /// What was removed where references count.
    package struct Removal {
        package var ids: [StreamID] = []
        /// What is not pending any more because of that.
        package var references: [(group: Int, id: StreamID)] = []

        package init() {}
    }

    /// Removes entries from the front where each one's references count. As in Redis, entries that
    /// must stay are skipped, and those behind them may go, as far as whole blocks could.
    ///
    /// What `acknowledged` removes counts as deleted, since it may leave gaps.
    package mutating func trim(_ trim: Trim, _ policy: ReferencePolicy) -> Removal {
        var removal = Removal()
        var start = entries.firstID
        while entries.count > 0, let block = entries.summaryOfBlock(from: start) {
            if trim.limit > 0, removal.ids.count + block.ids.count > trim.limit { break }
            let isWhole =
                switch trim.bound {
                case .maxLength(let maxLength): entries.count - block.ids.count >= maxLength
                case .minID(let minID): block.lastID < minID
                }
            if trim.isApproximate, !isWhole { break }
            for id in block.ids {
                switch trim.bound {
                case .maxLength(let maxLength) where entries.count <= maxLength: return removal
                case .minID(let minID) where id >= minID: return removal
                default: break
                }
                switch policy {
                case .acknowledged:
                    if isReferenced(id) { continue }
                    _ = remove(id)
                case .delete:
                    removeReferences(to: id, &removal)
                    _ = entries.remove(id)
                case .keep:
                    _ = entries.remove(id)
                }
                removal.ids.append(id)
            }
            guard isWhole, let next = block.lastID.successor else { break }
            start = next
        }
        return removal
    }

    // MARK: XSETID

    /// Sets what XSETID sets; what is nil stays.
    package mutating func set(lastID: StreamID, entriesAdded: Int?, maxDeletedID: StreamID?) {
        self.lastID = lastID
        if let entriesAdded { self.entriesAdded = entriesAdded }
        if let maxDeletedID { self.maxDeletedID = maxDeletedID }
    }

    // MARK: Groups

    package subscript(group index: Int) -> ConsumerGroup {
        _read { yield groups[index] }
        _modify { yield &groups[index] }
    }

    package func groupIndex(named name: UnsafeRawBufferPointer) -> Int? {
        let index = groups.lowerBound { $0.name.isOrderedBefore(name) }
        guard index < groups.count, groups[index].name.isEqual(to: name) else { return nil }
        return index
    }

    /// Creates a group, and says whether its name was free.
    ///
    /// - Parameter entriesRead: nil if it is not known.
    package mutating func createGroup(
        named name: UnsafeRawBufferPointer, lastDeliveredID: StreamID, entriesRead: Int?
    ) -> Bool {
        let index = groups.lowerBound { $0.name.isOrderedBefore(name) }
        if index < groups.count, groups[index].name.isEqual(to: name) { return false }
        groups.insert(
            ConsumerGroup(
                name: Array(name), lastDeliveredID: lastDeliveredID, entriesRead: entriesRead),
            at: index)
        return true
    }

    package mutating func removeGroup(at index: Int) {
        groups.remove(at: index)
    }

    /// Takes note that a group has got as far as `id`, if that is new.
    package mutating func advance(group index: Int, to id: StreamID) {
        let lastDeliveredID = groups[index].lastDeliveredID
        guard id > lastDeliveredID else { return }
        if let entriesRead = groups[index].entriesRead, lastDeliveredID >= firstEntryID,
            !hasTombstone(from: lastDeliveredID)
        {
            groups[index].entriesRead = entriesRead + 1
        } else if entriesAdded > 0 {
            groups[index].entriesRead = estimatedRank(of: id)
        }
        groups[index].lastDeliveredID = id
    }

    /// How many entries a group has not read yet; nil if that cannot be told, since entries were
    /// deleted among them.
    package func lag(ofGroup index: Int) -> Int? {
        guard entriesAdded > 0 else { return 0 }
        let group = groups[index]
        if let entriesRead = group.entriesRead, !hasTombstone(from: group.lastDeliveredID) {
            return entriesAdded - entriesRead
        }
        return estimatedRank(of: group.lastDeliveredID).map { entriesAdded - $0 }
    }

    /// Whether an entry from `id` on was removed by XDEL, as far as is known.
    private func hasTombstone(from id: StreamID) -> Bool {
        count > 0 && maxDeletedID != .zero && id <= maxDeletedID
    }

    /// How many entries had been added when `id` was, with it; nil if that cannot be told. It can
    /// at the ends of the stream, if nothing was deleted in between: Redis's rules.
    private func estimatedRank(of id: StreamID) -> Int? {
        if entriesAdded == 0 { return 0 }
        if count == 0, id <= lastID { return entriesAdded }
        if id != .zero, id < maxDeletedID { return nil }
        if id == lastID { return entriesAdded }
        if id > lastID { return nil }
        let firstID = firstEntryID
        guard maxDeletedID == .zero || maxDeletedID < firstID else { return nil }
        if id < firstID { return entriesAdded - count }
        return id == firstID ? entriesAdded - count + 1 : nil
    }

    // MARK: References

    /// Whether a group has the entry pending, or has not come to it yet.
    ///
    /// Groups are few: each one's list is asked, which costs a search, where an index of all
    /// references would cost memory for each entry that is pending.
    package func isReferenced(_ id: StreamID) -> Bool {
        groups.contains { $0.lastDeliveredID < id || $0.pendingEntry(id) != nil }
    }

    /// Takes the entry from all lists of what is pending.
    package mutating func removeReferences(to id: StreamID, _ removal: inout Removal) {
        for index in groups.indices where groups[index].removePending(id) != nil {
            removal.references.append((index, id))
        }
    }
}
