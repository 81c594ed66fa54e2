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
        }
        last!.start += UInt32(left)
    }

    package mutating func removeAll() {
        byteCount = 0
        last = nil
        earlier.removeAll()
    }
}
