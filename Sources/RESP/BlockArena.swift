// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Hands out memory from blocks, one behind the other, and uses a block again once nobody holds
/// a slice of it. Belongs to one event loop, so that a connection that has nothing to send owns
/// no buffer.
package final class BlockArena {
    /// The size of the shared blocks, in bytes.
    package static let blockByteCount = 64 * 1024
    /// From this size on, in bytes, an encoding gets a block of its own, so that what a slow
    /// reader pins is at most a few times what it has yet to read.
    package static let ownBlockByteCount = 16 * 1024
    /// How many blocks that are no longer written to are kept in view for another use.
    private static let retiredCountMax = 64

    @exclusivity(unchecked) private(set) var block: Block
    /// The first free byte of `block`.
    @exclusivity(unchecked) private(set) var end = 0
    private var retired: [Block] = []
    private var retiredOldest = 0

    package init() {
        block = Block(capacity: Self.blockByteCount)
    }

    var position: UnsafeMutableRawPointer { block.base + end }

    /// Whether `byteCount` bytes can be written at `position` without changing the block.
    func hasRoom(_ byteCount: Int) -> Bool {
        byteCount <= block.capacity &- end
    }

    func advance(_ byteCount: Int) {
        assert(hasRoom(byteCount))
        end &+= byteCount
    }

    /// Takes back bytes that were written last and that no slice covers.
    func rewind(to position: Int) {
        assert(position <= end)
        end = position
    }

    /// Continues in a block that is empty.
    func changeBlock() {
        let next = reusableBlock() ?? Block(capacity: Self.blockByteCount)
        if retired.count < Self.retiredCountMax {
            retired.append(block)
        } else {
            retired[retiredOldest] = block
            retiredOldest = (retiredOldest + 1) % Self.retiredCountMax
        }
        block = next
        end = 0
    }

    /// Starts the block anew if every slice of it has been sent: memory that was just used is in
    /// the cache. Called when a turn of the loop ends.
    package func reuseIfUnshared() {
        if end > 0, isKnownUniquelyReferenced(&block) { end = 0 }
    }

    /// Lets go of the blocks kept for another use. Called when the loop becomes idle.
    package func trim() {
        retired = []
        retiredOldest = 0
    }

    private func reusableBlock() -> Block? {
        for index in retired.indices where isKnownUniquelyReferenced(&retired[index]) {
            let block = retired.remove(at: index)
            if retiredOldest > index { retiredOldest -= 1 }
            if retiredOldest >= retired.count { retiredOldest = 0 }
            return block
        }
        return nil
    }
}
