// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// An entry of a stream: its ID, and its fields and values in turns.
///
/// Valid until the cursor that it came from moves on or ends.
package struct StreamEntry {
    package let id: StreamID
    /// The pairs of a field and a value.
    package let fieldCount: Int
    private let fields: UnsafeRawPointer?
    private let content: UnsafeRawPointer

    init(_ entry: EntryBlock.Entry, in block: EntryBlock) {
        id = entry.id
        var content = entry.content
        if entry.flags.contains(.sameFields) {
            var fields = block.bytes
            fieldCount = Int(fields.loadVarint())
            self.fields = fields
        } else {
            fieldCount = Int(content.loadVarint())
            fields = nil
        }
        self.content = content
    }

    package var strings: Strings { Strings(fields: fields, content: content) }

    /// Reads an entry's fields and values, one after the other.
    package struct Strings {
        /// The block's fields if the entry has the same, from the next one on.
        private var fields: UnsafeRawPointer?
        private var content: UnsafeRawPointer
        private var isValueNext = false

        fileprivate init(fields: UnsafeRawPointer?, content: UnsafeRawPointer) {
            self.fields = fields
            self.content = content
        }

        /// The next string. Called `2 * fieldCount` times at the most.
        package mutating func next() -> PackedString {
            defer { isValueNext.toggle() }
            if !isValueNext, fields != nil { return .bytes(fields!.loadPlain()) }
            return content.loadPacked()
        }
    }
}

/// Goes over a stream's entries from one ID to another, in either direction.
///
/// It shows the entries as they were when it was made. While it exists, a change of the stream
/// copies what it touches; so it is used and let go.
package struct EntryCursor {
    private let blocks: OrderedRuns<EntryLog.Slot>
    private let first: StreamID
    private let last: StreamID
    private let isReversed: Bool
    /// The block in work, and where it is; nil at the end.
    private var position: OrderedRuns<EntryLog.Slot>.Position?
    private var block: EntryBlock?
    /// Forwards: the next entry.
    private var offset: UInt32 = 0
    /// Backwards: the block's living entries of the range that are left.
    private var offsets: [UInt32] = []

    /// - Parameters:
    ///   - first, last: the range, with both ends.
    init(_ log: EntryLog, from first: StreamID, through last: StreamID, isReversed: Bool) {
        blocks = log.blocks
        self.first = first
        self.last = last
        self.isReversed = isReversed
        guard first <= last else { return }
        if isReversed {
            position = blocks.lastPosition(notAbove: last)
        } else {
            position = blocks.lastPosition(notAbove: first) ?? blocks.startPosition
        }
        enterBlock()
    }

    private mutating func enterBlock() {
        guard let position else {
            block = nil
            return
        }
        let block = blocks[position].block
        self.block = block
        offset = block.headOffset
        guard isReversed else { return }
        while offset < block.endOffset {
            let entry = block.entry(at: offset)
            if entry.id > last { break }
            if entry.id >= first, !entry.isDeleted { offsets.append(offset) }
            offset = entry.nextOffset
        }
    }

    /// The next entry; nil when there is none any more.
    package mutating func next() -> StreamEntry? {
        while let block {
            if isReversed {
                if let offset = offsets.popLast() {
                    return StreamEntry(block.entry(at: offset), in: block)
                }
                if block.masterID <= first { return end() }
                position = blocks.position(before: position!)
            } else {
                while offset < block.endOffset {
                    let entry = block.entry(at: offset)
                    if entry.id > last { return end() }
                    offset = entry.nextOffset
                    if !entry.isDeleted, entry.id >= first { return StreamEntry(entry, in: block) }
                }
                position = blocks.position(after: position!)
            }
            enterBlock()
        }
        return nil
    }

    /// How many entries are left, or `limit` if there are more.
    package func countLeft(upTo limit: Int) -> Int {
        var cursor = self
        var count = 0
        while count < limit, cursor.next() != nil { count += 1 }
        return count
    }

    private mutating func end() -> StreamEntry? {
        block = nil
        return nil
    }
}
