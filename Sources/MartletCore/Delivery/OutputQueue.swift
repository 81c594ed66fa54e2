// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import DequeModule
import RESP

/// What a client has yet to be sent: slices of shared blocks, in order.
///
/// Slices that lie side by side merge, so that a subscriber who falls behind on a busy channel
/// holds a few words, whatever the number of messages. An empty queue owns no memory.
///
/// Invariant: `byteCount` is the sum of the slices' counts; `earlier` is empty if `last` is nil.
package struct OutputQueue {
    private var last: Slice?
    private var earlier = Deque<Slice>()
    /// In bytes.
    package private(set) var byteCount = 0

    /// How many of `earlier` went through `releaseSharedMemory`.
    private var releasedCount = 0

    /// So many slices are looked at together.
    private static let releaseSliceCountMin = 32
    /// The size of the blocks that `releaseSharedMemory` copies into, in bytes.
    private static let privateBlockByteCount = 4096

    package init() {}

    package var isEmpty: Bool { byteCount == 0 }

    package var sliceCount: Int { earlier.count + (last == nil ? 0 : 1) }

    @inline(__always)
    package mutating func append(_ slice: Slice) {
        byteCount &+= slice.count
        if last != nil {
            if last!.block === slice.block, last!.end == slice.start {
                last!.end = slice.end
                return
            }
            earlier.append(last!)
        }
        last = slice
    }

    /// Visits the slices in order until `body` returns false.
    package func forEachSlice(while body: (Slice) -> Bool) {
        for slice in earlier where !body(slice) { return }
        if let last { _ = body(last) }
    }

    /// The only slice there is, or nil if there are none or several.
    package var onlySlice: Slice? { earlier.isEmpty ? last : nil }

    /// The first bytes of the queue.
    package func prefix(_ byteCount: Int) -> OutputQueue {
        var front = OutputQueue()
        forEachSlice { slice in
            var slice = slice
            let left = byteCount - front.byteCount
            if slice.count > left { slice.end = slice.start + UInt32(left) }
            if slice.count > 0 { front.append(slice) }
            return front.byteCount < byteCount
        }
        return front
    }

    /// The slice in front, or nil if the queue is empty.
    package var firstSlice: Slice? { earlier.first ?? last }

    /// Takes the slice in front.
    package mutating func popFirst() -> Slice? {
        guard let slice = firstSlice else { return nil }
        removeFirst(slice.count)
        return slice
    }

    /// Drops the first `count` bytes, which have been sent.
    package mutating func removeFirst(_ count: Int) {
        assert(count <= byteCount)
        byteCount -= count
        if byteCount == 0 { return removeAll() }
        var left = count
        while let slice = earlier.first {
            if slice.count > left {
                earlier[0].start += UInt32(left)
                return
            }
            left -= slice.count
            earlier.removeFirst()
            releasedCount = max(releasedCount - 1, 0)
        }
        last!.start += UInt32(left)
    }

    /// Copies what would pin blocks that hold mostly other clients' bytes, so that a slow reader's
    /// memory is at most about twice what is queued for it. Called while the reader is stalled.
    ///
    /// A block stays shared if the queue holds at least half of it: then it is most likely held
    /// by others too. The block that is being filled is left alone.
    package mutating func releaseSharedMemory() {
        guard earlier.count - releasedCount >= Self.releaseSliceCountMin else { return }
        let filling = last!.block
        let unfinished = earlier.reversed().prefix { $0.block === filling }.count
        guard earlier.count - releasedCount > unfinished else { return }
        let rest = Array(earlier.suffix(unfinished))
        earlier.removeLast(unfinished)
        let fresh = Array(earlier.suffix(earlier.count - releasedCount))
        earlier.removeLast(fresh.count)
        var index = 0
        while index < fresh.count {
            let block = fresh[index].block
            var end = index
            var held = 0
            while end < fresh.count, fresh[end].block === block {
                held += fresh[end].count
                end += 1
            }
            if held * 2 >= block.capacity {
                earlier.append(contentsOf: fresh[index..<end])
            } else {
                appendCopy(of: fresh[index..<end], byteCount: held)
            }
            index = end
        }
        releasedCount = earlier.count
        earlier.append(contentsOf: rest)
    }

    private mutating func appendCopy(of slices: ArraySlice<Slice>, byteCount: Int) {
        // Into the room that the last copy left, or into a block for this and further copies.
        let last = earlier.last
        let block: Block
        var end = 0
        if let last, last.block.isPrivate, last.block.capacity - Int(last.end) >= byteCount {
            block = last.block
            end = Int(last.end)
        } else {
            let capacity = max(byteCount, Self.privateBlockByteCount)
            block = Block(capacity: capacity, isPrivate: true)
            earlier.append(Slice(block: block, start: 0, end: 0))
        }
        for slice in slices {
            (block.base + end).copyMemory(from: slice.bytes.baseAddress!, byteCount: slice.count)
            end += slice.count
        }
        earlier[earlier.count - 1].end = UInt32(end)
    }

    package mutating func removeAll() {
        releasedCount = 0
        byteCount = 0
        last = nil
        earlier.removeAll()
    }
}
