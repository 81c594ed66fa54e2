// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

@Suite("BlockArena")
struct BlockArenaTests {
    private final class WeakBlock {
        weak var block: Block?
        init(_ block: Block) { self.block = block }
    }

    private let arena = BlockArena()

    private func write(_ value: UInt8, count: Int) -> Slice {
        if !arena.hasRoom(count) { arena.changeBlock() }
        arena.position.initializeMemory(as: UInt8.self, repeating: value, count: count)
        let start = arena.end
        arena.advance(count)
        return Slice(block: arena.block, start: start, end: arena.end)
    }

    @Test("has room up to the block's last byte")
    func room() {
        #expect(arena.hasRoom(BlockArena.blockByteCount))
        #expect(!arena.hasRoom(BlockArena.blockByteCount + 1))
        arena.advance(BlockArena.blockByteCount - 1)
        #expect(arena.hasRoom(1))
        #expect(!arena.hasRoom(2))
        arena.advance(1)
        #expect(arena.hasRoom(0))
        #expect(!arena.hasRoom(1))
        arena.rewind(to: 100)
        #expect(arena.end == 100 && arena.hasRoom(BlockArena.blockByteCount - 100))
    }

    @Test("starts its block anew once nobody holds a slice of it, and not before")
    func reuse() {
        let block = ObjectIdentifier(arena.block)
        var slices = [write(1, count: 10), write(2, count: 10)]
        arena.reuseIfUnshared()
        #expect(arena.end == 20)
        slices.removeFirst()
        arena.reuseIfUnshared()
        #expect(arena.end == 20)
        #expect(slices[0].bytes.allSatisfy { $0 == 2 })
        slices = []
        arena.reuseIfUnshared()
        #expect(arena.end == 0 && ObjectIdentifier(arena.block) == block)
    }

    @Test("takes up an earlier block again only when nobody holds a slice of it")
    func retired() {
        var held: [Slice] = [write(1, count: 100)]
        let first = WeakBlock(arena.block)
        arena.changeBlock()
        #expect(arena.block !== held[0].block && arena.end == 0)
        held.append(write(2, count: 100))
        arena.changeBlock()
        #expect(arena.block !== held[0].block && arena.block !== held[1].block)
        held.append(write(3, count: 100))
        held.removeFirst()
        arena.changeBlock()
        #expect(first.block === arena.block)
        #expect(arena.end == 0)
        _ = write(4, count: BlockArena.blockByteCount)
        #expect(held.map { $0.bytes.first } == [2, 3])
        #expect(held.allSatisfy { slice in slice.bytes.allSatisfy { $0 == slice.bytes[0] } })
    }

    @Test("keeps sight of 64 earlier blocks at the most, and of none after a trim")
    func trim() {
        var held: [Slice] = []
        var blocks: [WeakBlock] = []
        for value in 0..<100 as Range<UInt8> {
            held.append(write(value, count: 8))
            blocks.append(WeakBlock(arena.block))
            arena.changeBlock()
        }
        #expect(held.enumerated().allSatisfy { Int($1.bytes[0]) == $0 })
        held = []
        #expect(blocks.count { $0.block != nil } == 64)
        #expect(blocks.suffix(64).allSatisfy { $0.block != nil })
        // The one it takes up again comes out of those.
        arena.changeBlock()
        #expect(blocks.contains { $0.block === arena.block })
        arena.trim()
        #expect(blocks.count { $0.block != nil } == 1)
    }

    @Test("what is held never changes, in whatever order it is let go")
    func random() {
        var generator = SeededGenerator(seed: 7)
        var held: [(value: UInt8, slice: Slice)] = []
        for step in 0..<20_000 {
            let value = UInt8(truncatingIfNeeded: step)
            let count = Int.random(in: 1...4000, using: &generator)
            held.append((value, write(value, count: count)))
            while held.count > 300 || (!held.isEmpty && Bool.random(using: &generator)) {
                let index = Int.random(in: 0..<held.count, using: &generator)
                let (value, slice) = held.remove(at: index)
                guard slice.bytes.allSatisfy({ $0 == value }) else {
                    Issue.record("overwritten before step \(step)")
                    return
                }
            }
            if step % 5 == 0 { arena.reuseIfUnshared() }
            if step % 1000 == 0 { arena.trim() }
            // A run without letting go, so that blocks retire.
            if step % 200 < 150, held.count < 250 {
                held.append((value, write(value, count: 1000)))
            }
        }
    }
}
