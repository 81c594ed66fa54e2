// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Encoded bytes are written once and shared
//
// Replies and messages are encoded into blocks. What a client is to receive is a list of slices
// of blocks; the bytes themselves are never copied for it, and a message to a thousand clients
// stands in memory once:
//
//     block  │ message 1 │ message 2 │ message 3 │ free …
//              ▲                      ▲
//              └──── slice ───────────┘   held by every subscriber that has yet to be sent it
//
// Messages that are encoded one after the other lie side by side, so that a subscriber who gets
// them all holds one slice, whatever their number. A block lives while a slice holds it.

/// A piece of memory that is written from front to back, once, and read by whoever holds a slice.
///
/// Invariant: only its arena writes, and only behind what any slice covers. That is what makes
/// it safe to read slices on other threads: they got them through a lock, after the bytes.
public final class Block: @unchecked Sendable {
    public let base: UnsafeMutableRawPointer
    /// In bytes.
    public let capacity: Int
    /// Whether one queue alone fills and holds it.
    package let isPrivate: Bool

    package init(capacity: Int, isPrivate: Bool = false) {
        self.capacity = capacity
        self.isPrivate = isPrivate
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        base.deallocate()
    }
}

/// Encoded bytes `start..<end` of a block.
public struct Slice: Sendable {
    public let block: Block
    public var start: UInt32
    public var end: UInt32

    @inlinable
    public init(block: Block, start: Int, end: Int) {
        assert(0 <= start && start <= end && end <= block.capacity)
        self.block = block
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    /// A slice of a block of its own with a copy of `bytes`.
    package init(copying bytes: UnsafeRawBufferPointer) {
        let block = Block(capacity: max(bytes.count, 1))
        if let source = bytes.baseAddress {
            block.base.copyMemory(from: source, byteCount: bytes.count)
        }
        self.init(block: block, start: 0, end: bytes.count)
    }

    @inlinable public var count: Int { Int(end &- start) }

    /// Valid while the block is held.
    @inlinable public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: block.base + Int(start), count: count)
    }
}
