// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ListValue {
    /// A block and, beside the reference to it, what is asked for most.
    struct Node: Sendable {
        var block: Listpack
        /// The block's number of entries.
        var count: Int

        init(_ block: Listpack) {
            self.block = block
            count = block.count
        }

        init(_ value: PackedValue) {
            self.init(value, in: Listpack())
        }

        /// - Parameter block: an empty one.
        init(_ value: PackedValue, in block: Listpack) {
            self.block = block
            self.block.append(value)
            count = 1
        }

        /// - Returns: The position of the entry that followed.
        mutating func removeEntry(at position: Int) -> Int {
            count -= 1
            return block.remove(at: position)
        }

        /// Removes some, but not all entries, at an end.
        mutating func removeEntries(_ removedCount: Int, at end: End) {
            assert(removedCount < count)
            switch end {
            case .head: block.remove(at: block.start, count: removedCount)
            case .tail: block.truncate(toCount: count - removedCount)
            }
            count -= removedCount
        }

        /// - Returns: How many entries equalled the value and were removed.
        mutating func remove(equalTo value: PackedValue, limit: Int, from end: End) -> Int {
            var removed = 0
            var position = end == .head ? block.start : block.end
            while removed < limit {
                if end == .tail {
                    guard position > block.start else { break }
                    position = block.position(before: position)
                } else if position == block.end {
                    break
                }
                if block.value(at: position).isEqual(to: value) {
                    position = removeEntry(at: position)
                    removed += 1
                } else if end == .head {
                    position = block.position(after: position)
                }
            }
            return removed
        }

        /// Removes the entries from a position on and returns them as a node.
        mutating func split(at position: Int) -> Node {
            let tail = block.split(at: position)
            count = block.count
            return Node(tail)
        }
    }
}
