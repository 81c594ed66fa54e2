// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@testable import MartletCore

@Suite("An output queue")
struct OutputQueueTests {
    private func bytes(of queue: OutputQueue) -> [UInt8] {
        var bytes: [UInt8] = []
        queue.forEachSlice { slice in
            bytes += Array(slice.bytes)
            return true
        }
        return bytes
    }

    /// Blocks filled with distinct bytes, as an arena would fill them.
    private func blocks(_ count: Int, byteCount: Int = 4096) -> [Block] {
        (0..<count).map { number in
            let block = Block(capacity: byteCount)
            for index in 0..<byteCount {
                block.base.storeBytes(
                    of: UInt8(truncatingIfNeeded: number &* 31 &+ index), toByteOffset: index,
                    as: UInt8.self)
            }
            return block
        }
    }

    @Test("merges what lies side by side, and nothing else")
    func merging() {
        let block = blocks(1)[0]
        var queue = OutputQueue()
        queue.append(Slice(block: block, start: 0, end: 10))
        queue.append(Slice(block: block, start: 10, end: 30))
        #expect(queue.sliceCount == 1)
        #expect(queue.onlySlice?.count == 30)
        queue.append(Slice(block: block, start: 31, end: 40))
        #expect(queue.sliceCount == 2)
        #expect(queue.onlySlice == nil)
        #expect(queue.byteCount == 39)
    }

    @Test("is a list of bytes to whoever appends and removes", arguments: Array(1...20) as [UInt64])
    func againstAnArray(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let blocks = blocks(8)
        var filled = [Int](repeating: 0, count: blocks.count)
        var queue = OutputQueue()
        var twin: [UInt8] = []
        for _ in 0..<2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let index = Int.random(in: 0..<blocks.count, using: &random)
                let count = min(
                    Int.random(in: 1...200, using: &random), 4096 - filled[index])
                guard count > 0 else {
                    filled[index] = 0
                    continue
                }
                let slice = Slice(
                    block: blocks[index], start: filled[index], end: filled[index] + count)
                filled[index] += count
                queue.append(slice)
                twin += Array(slice.bytes)
            case 6..<8:
                let count = Int.random(in: 0...min(twin.count, 500), using: &random)
                guard count > 0 else { continue }
                queue.removeFirst(count)
                twin.removeFirst(count)
            default:
                queue.releaseSharedMemory()
            }
            #expect(queue.byteCount == twin.count)
        }
        #expect(bytes(of: queue) == twin, "seed \(seed)")
    }

    @Test("lets go of blocks that it holds little of")
    func releasing() {
        var all = blocks(200, byteCount: 65536)
        var queue = OutputQueue()
        for block in all { queue.append(Slice(block: block, start: 100, end: 200)) }
        let before = bytes(of: queue)
        queue.releaseSharedMemory()
        #expect(bytes(of: queue) == before)
        // Nobody else holds the blocks but this array, apart from the one that is being filled.
        let unshared = all.indices.count(where: { isKnownUniquelyReferenced(&all[$0]) })
        #expect(unshared == 199)
        #expect(queue.sliceCount < 10)
    }

    @Test("keeps sharing blocks that it holds much of")
    func sharing() {
        let all = blocks(3, byteCount: 8192)
        var queue = OutputQueue()
        for block in all {
            for start in stride(from: 0, to: 8192, by: 100) {
                queue.append(Slice(block: block, start: start, end: min(start + 60, 8192)))
            }
        }
        let sliceCount = queue.sliceCount
        let before = bytes(of: queue)
        queue.releaseSharedMemory()
        #expect(queue.sliceCount == sliceCount)
        #expect(bytes(of: queue) == before)
    }
}
