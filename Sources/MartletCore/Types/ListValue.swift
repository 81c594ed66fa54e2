// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import DequeModule

/// A list: blocks of packed entries in a double-ended queue, as Redis's quicklist of listpacks.
///
///     nodes   ┌───────────┬───────────┬───────────┐
///             │ block, 91 │ block,512 │ block, 17 │
///             └───────────┴───────────┴───────────┘
///              open in front            open behind
///
/// Both ends are O(1) at any length. The node beside a block has its number of entries, so that
/// an index is found by adding up numbers that lie side by side. How much a block takes is a
/// setting, 8 KB by default; an entry that is larger has a block of its own.
///
/// It is a value. A copy costs nothing and stays as it was; the first change after it copies the
/// queue of references, and each block at its own first change.
///
/// Invariants: no block is empty; `count` is the sum of the nodes' counts; a block of more than
/// one entry had at most `blockByteCountMax` bytes and `blockEntryCountMax` entries when it was
/// last added to.
package struct ListValue: Sendable {
    package enum End: Sendable {
        case head
        case tail
    }

    /// From how many nodes on a block is allocated whole.
    private static let fullBlocksNodeCount = 4

    private(set) var nodes = Deque<Node>()
    package private(set) var count = 0
    /// What OBJECT ENCODING calls it: a list begins as one listpack, becomes a quicklist when it
    /// outgrows a block, and a listpack again when it has shrunk to half of one.
    package private(set) var isQuicklist = false
    /// The most nodes since the queue's memory was allocated.
    private var nodeCountMax = 0

    package init() {}

    /// The memory of the entries and nodes, in bytes.
    package var allocatedByteCount: Int {
        nodes.reduce(nodeCountMax * MemoryLayout<Node>.stride) { $0 + $1.block.allocatedByteCount }
    }

    // MARK: Ends

    /// Adds an entry at an end. The bytes must not lie in this list.
    package mutating func push(
        _ bytes: UnsafeRawBufferPointer, at end: End, _ limits: ListLimits
    ) {
        let value = PackedValue(bytes)
        count += 1
        switch end {
        case .head:
            if hasRoom(in: 0, for: value, limits) {
                insert(value, node: 0, position: nodes[0].block.start)
            } else {
                nodes.prepend(Node(value, in: newBlock(for: value, at: .head, limits)))
            }
        case .tail:
            let last = nodes.count - 1
            if hasRoom(in: last, for: value, limits) {
                insert(value, node: last, position: nodes[last].block.end)
            } else {
                nodes.append(Node(value, in: newBlock(for: value, at: .tail, limits)))
            }
        }
        nodeCountMax = max(nodeCountMax, nodes.count)
    }

    /// Removes so many entries, of which the list must have as many.
    package mutating func remove(_ removedCount: Int, at end: End, _ limits: ListLimits) {
        assert(removedCount <= count)
        var rest = removedCount
        while rest > 0 {
            let index = end == .head ? 0 : nodes.count - 1
            if nodes[index].count <= rest {
                rest -= nodes[index].count
                nodes.remove(at: index)
            } else {
                nodes[index].removeEntries(rest, at: end)
                rest = 0
            }
        }
        count -= removedCount
        noteShrinking(limits)
    }

    // MARK: Reading

    /// Calls the body with the entries from one on until it returns false, towards the tail or,
    /// reversed, towards the head. The list must not change meanwhile.
    package func visit(
        from index: Int, reversed: Bool = false, _ body: (PackedValue) -> Bool
    ) {
        guard index >= 0, index < count else { return }
        var (node, position) = locate(index)
        if reversed {
            let block = nodes[node].block
            guard body(block.value(at: position)) else { return }
            while true {
                let block = nodes[node].block
                while position > block.start {
                    position = block.position(before: position)
                    guard body(block.value(at: position)) else { return }
                }
                node -= 1
                guard node >= 0 else { return }
                position = nodes[node].block.end
            }
        }
        while true {
            let block = nodes[node].block
            while position < block.end {
                guard body(block.value(at: position)) else { return }
                position = block.position(after: position)
            }
            node += 1
            guard node < nodes.count else { return }
            position = nodes[node].block.start
        }
    }

    /// Calls the body with one entry, which must be there.
    package func withEntry<Result>(at index: Int, _ body: (PackedValue) -> Result) -> Result {
        let (node, position) = locate(index)
        return body(nodes[node].block.value(at: position))
    }

    /// Where an entry lies.
    private func locate(_ index: Int) -> (node: Int, position: Int) {
        assert(index >= 0 && index < count)
        var node: Int
        var first: Int
        if index < count / 2 {
            node = 0
            first = 0
            while first + nodes[node].count <= index {
                first += nodes[node].count
                node += 1
            }
        } else {
            node = nodes.count - 1
            first = count - nodes[node].count
            while first > index {
                node -= 1
                first -= nodes[node].count
            }
        }
        return (node, nodes[node].block.position(ofEntry: index - first))
    }

    // MARK: Changing

    /// Puts another entry in the place of one.
    package mutating func replace(
        at index: Int, with bytes: UnsafeRawBufferPointer, _ limits: ListLimits
    ) {
        let value = PackedValue(bytes)
        prepare(forAdding: 1, byteCount: bytes.count, limits)
        let (node, position) = locate(index)
        let removed = nodes[node].block.entryByteCount(at: position)
        let byteCount = nodes[node].block.byteCount - removed + PackedEntry.byteCount(value)
        if byteCount <= limits.blockByteCountMax || nodes[node].count == 1 {
            nodes[node].block.replace(at: position, with: value)
        } else {
            let following = nodes[node].removeEntry(at: position)
            insertSplitting(value, node: node, position: following, limits)
        }
        noteShrinking(limits)
    }

    /// Inserts an entry in front of or behind the first that equals the pivot.
    ///
    /// - Returns: Whether there is one.
    package mutating func insert(
        _ bytes: UnsafeRawBufferPointer, before: Bool, pivot: UnsafeRawBufferPointer,
        _ limits: ListLimits
    ) -> Bool {
        let pivot = PackedValue(pivot)
        for node in nodes.indices {
            guard var position = nodes[node].block.position(of: pivot) else { continue }
            if !before { position = nodes[node].block.position(after: position) }
            let value = PackedValue(bytes)
            if hasRoom(in: node, for: value, limits) {
                insert(value, node: node, position: position)
            } else {
                insertSplitting(value, node: node, position: position, limits)
            }
            count += 1
            return true
        }
        return false
    }

    /// Removes entries that equal the bytes, `limit` at the most, from one end on.
    ///
    /// - Returns: How many were removed.
    package mutating func remove(
        equalTo bytes: UnsafeRawBufferPointer, limit: Int, from end: End, _ limits: ListLimits
    ) -> Int {
        let value = PackedValue(bytes)
        var removed = 0
        var node = end == .head ? 0 : nodes.count - 1
        while node >= 0, node < nodes.count, removed < limit {
            removed += nodes[node].remove(equalTo: value, limit: limit - removed, from: end)
            if nodes[node].count == 0 {
                nodes.remove(at: node)
                if end == .tail { node -= 1 }
            } else {
                node += end == .head ? 1 : -1
            }
        }
        count -= removed
        if removed > 0 { noteShrinking(limits) }
        return removed
    }

    // MARK: Blocks

    private func hasRoom(
        in node: Int, for value: PackedValue, _ limits: ListLimits
    ) -> Bool {
        guard nodes.indices.contains(node), nodes[node].count < limits.blockEntryCountMax else {
            return false
        }
        let byteCount = nodes[node].block.byteCount + PackedEntry.byteCount(value)
        return byteCount <= limits.blockByteCountMax
    }

    /// A list of several blocks fills the next one too: it need not grow step by step.
    private func newBlock(
        for value: PackedValue, at end: End, _ limits: ListLimits
    ) -> Listpack {
        guard nodes.count >= Self.fullBlocksNodeCount, limits.blockEntryCountMax == .max,
            PackedEntry.byteCount(value) <= limits.blockByteCountMax / 4
        else { return Listpack() }
        return Listpack(capacity: limits.blockByteCountMax, growsInFront: end == .head)
    }

    private mutating func insert(_ value: PackedValue, node: Int, position: Int) {
        nodes[node].block.insert(value, at: position)
        nodes[node].count += 1
    }

    /// Inserts an entry where the block has no room for it: at the end of a neighbour, or between
    /// the two halves of the block.
    private mutating func insertSplitting(
        _ value: PackedValue, node: Int, position: Int, _ limits: ListLimits
    ) {
        defer { nodeCountMax = max(nodeCountMax, nodes.count) }
        let (start, end) = (nodes[node].block.start, nodes[node].block.end)
        if position == start {
            if hasRoom(in: node - 1, for: value, limits) {
                return insert(value, node: node - 1, position: nodes[node - 1].block.end)
            }
            return nodes.insert(Node(value), at: node)
        }
        if position < end {
            nodes.insert(nodes[node].split(at: position), at: node + 1)
            if hasRoom(in: node, for: value, limits) {
                return insert(value, node: node, position: nodes[node].block.end)
            }
        }
        if hasRoom(in: node + 1, for: value, limits) {
            return insert(value, node: node + 1, position: nodes[node + 1].block.start)
        }
        nodes.insert(Node(value), at: node + 1)
    }

    // MARK: Encoding

    /// Said before entries of so many bytes together are added.
    package mutating func prepare(forAdding added: Int, byteCount: Int, _ limits: ListLimits) {
        guard !isQuicklist else { return }
        isQuicklist =
            entriesByteCount + byteCount > limits.blockByteCountMax
            || count + added > limits.blockEntryCountMax
    }

    private mutating func noteShrinking(_ limits: ListLimits) {
        if isQuicklist { isQuicklist = !fitsInHalfABlock(limits) }
        // The queue keeps the memory of its most nodes.
        guard nodeCountMax > 64, nodes.count < nodeCountMax / 4 else { return }
        nodes = Deque(Array(nodes))
        nodeCountMax = nodes.count
    }

    private func fitsInHalfABlock(_ limits: ListLimits) -> Bool {
        nodes.count <= 1 && count <= limits.blockEntryCountMax / 2
            && entriesByteCount <= limits.packedByteCountMax / 2
    }

    /// The bytes as Redis counts them. Only for a list of few blocks.
    private var entriesByteCount: Int {
        nodes.reduce(Listpack.redisOverheadByteCount) { $0 + $1.block.byteCount }
    }
}
