// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// The entries of a stream, in blocks.
///
/// A copy is made in constant time and keeps what it shows: a change copies the block that it
/// touches if somebody else holds it too.
struct EntryLog {
    struct Slot: Keyed {
        let key: StreamID
        var block: EntryBlock
    }

    private(set) var blocks = OrderedRuns<Slot>()
    /// How many entries live.
    private(set) var count = 0
    /// What the blocks' entries take, in bytes; kept, since MEMORY USAGE must not visit them all.
    private(set) var blocksByteCount = 0

    var isEmpty: Bool { count == 0 }

    /// The ID of the first entry; 0-0 if there is none.
    var firstID: StreamID { blocks.first?.block.firstID ?? .zero }

    /// The ID of the last entry; 0-0 if there is none.
    var lastID: StreamID { blocks.last?.block.lastLivingID ?? .zero }

    /// The memory of all entries, in bytes.
    var byteCount: Int { blocksByteCount + blocks.byteCount }

    // MARK: Appending

    /// The ID must be above all that the stream ever had, and the strings' bytes together at most
    /// `EntryBlock.entryByteCountMax`.
    mutating func append(
        id: StreamID, fields: Arguments, from start: Int, stringsByteCount: Int,
        _ limits: StreamLimits
    ) {
        count += 1
        if let last = blocks.lastPosition {
            let isAppended = changeBlock(at: last) { block in
                guard block.hasRoom(for: stringsByteCount, limits) else {
                    block.seal()
                    return false
                }
                block.append(
                    id: id, fields: fields, from: start, stringsByteCount: stringsByteCount)
                return true
            }
            if isAppended { return }
        }
        let block = EntryBlock(masterID: id, fields: fields, from: start)
        block.append(id: id, fields: fields, from: start, stringsByteCount: stringsByteCount)
        blocksByteCount += block.byteCount
        blocks.append(Slot(key: id, block: block))
    }

    /// Changes a block that nobody else holds, or a copy of it. No reference to the block may be
    /// at hand, or there is a copy for nothing.
    private mutating func changeBlock<Result>(
        at position: OrderedRuns<Slot>.Position, _ body: (EntryBlock) -> Result
    ) -> Result {
        let (result, growth) = blocks.withElement(at: position) { slot in
            let before = slot.block.byteCount
            if !isKnownUniquelyReferenced(&slot.block) {
                slot.block = EntryBlock(copying: slot.block)
            }
            return (body(slot.block), slot.block.byteCount - before)
        }
        blocksByteCount += growth
        return result
    }

    private mutating func removeBlock(at position: OrderedRuns<Slot>.Position) {
        blocksByteCount -= blocks.remove(at: position).block.byteCount
    }

    // MARK: One entry

    func contains(_ id: StreamID) -> Bool { place(of: id) != nil }

    /// Deletes the entry, and says whether it was there.
    mutating func remove(_ id: StreamID) -> Bool {
        guard let (position, offset) = place(of: id) else { return false }
        remove(at: offset, inBlockAt: position)
        return true
    }

    /// Where the living entry with this ID is.
    private func place(
        of id: StreamID
    ) -> (position: OrderedRuns<Slot>.Position, offset: UInt32)? {
        guard let position = blocks.lastPosition(notAbove: id) else { return nil }
        let block = blocks[position].block
        guard let offset = block.offset(of: id), !block.entry(at: offset).isDeleted else {
            return nil
        }
        return (position, offset)
    }

    private mutating func remove(
        at offset: UInt32, inBlockAt position: OrderedRuns<Slot>.Position
    ) {
        count -= 1
        if blocks[position].block.liveCount == 1 {
            removeBlock(at: position)
        } else {
            changeBlock(at: position) { $0.delete(at: offset) }
        }
    }

    // MARK: Trimming

    /// The living entries of the first block that has any from `start` on, and its last ID.
    func summaryOfBlock(from start: StreamID) -> (ids: [StreamID], lastID: StreamID)? {
        var position = blocks.lastPosition(notAbove: start) ?? blocks.startPosition
        if let first = position, blocks[first].block.lastID < start {
            position = blocks.position(after: first)
        }
        guard let position else { return nil }
        let block = blocks[position].block
        var ids: [StreamID] = []
        var offset = block.headOffset
        while offset < block.endOffset {
            let entry = block.entry(at: offset)
            if !entry.isDeleted { ids.append(entry.id) }
            offset = entry.nextOffset
        }
        return (ids, block.lastID)
    }

    /// Removes whole blocks from the front as long as `isWhole` says so, and says how many entries
    /// that were.
    ///
    /// - Parameter isWhole: is asked with the entries that the block has, those that the stream
    ///   has, and the block's last ID.
    mutating func removeBlocks(
        limit: Int, while isWhole: (_ blockCount: Int, _ count: Int, _ lastID: StreamID) -> Bool
    ) -> Int {
        var removedCount = 0
        while let first = blocks.startPosition {
            let block = blocks[first].block
            let liveCount = Int(block.liveCount)
            if limit > 0, removedCount + liveCount > limit { break }
            guard isWhole(liveCount, count, block.lastID) else { break }
            removeBlock(at: first)
            count -= liveCount
            removedCount += liveCount
        }
        return removedCount
    }

    /// Removes the first entries one by one as long as `isToGo` says so, and says how many.
    mutating func removeEntries(while isToGo: (_ count: Int, StreamID) -> Bool) -> Int {
        var removedCount = 0
        while let (position, offset, id) = head, isToGo(count, id) {
            remove(at: offset, inBlockAt: position)
            removedCount += 1
        }
        return removedCount
    }

    private var head: (position: OrderedRuns<Slot>.Position, offset: UInt32, id: StreamID)? {
        guard let position = blocks.startPosition else { return nil }
        let block = blocks[position].block
        return (position, block.headOffset, block.firstID)
    }
}
