// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A block of packed entries: what a list is made of, and small hashes, sets and sorted sets are.
///
///     ┌──────┬─────────┬─────────┬─────┬──────┐
///     │ free │ entry 0 │ entry 1 │  …  │ free │
///     └──────┴─────────┴─────────┴─────┴──────┘
///     0      start                     end    capacity
///
/// Unlike Redis's listpack it has room at both ends, so that a queue does not move its block for
/// every push or pop at the front. It is a value: the storage is shared by copies and copied
/// before the first change of one of them.
///
/// Positions are offsets into the storage. They hold until the next change, and `end` is the
/// position behind the last entry.
package struct Listpack: @unchecked Sendable {
    /// The number and the place of the entries.
    private var storage: ListpackStorage

    /// No block of several entries grows beyond this, in bytes, whatever the settings say.
    private static let byteCountMax = 1 << 30

    /// Redis counts its header and terminator where it limits a block's bytes.
    static let redisOverheadByteCount = 7

    init() {
        storage = .empty
    }

    /// - Parameter capacity: in bytes.
    /// - Parameter growsInFront: whether the room is in front of the entries to come.
    init(capacity: Int, growsInFront: Bool) {
        storage = .make(capacity: capacity)
        if growsInFront { (storage.bounds.start, storage.bounds.end) = (capacity, capacity) }
    }

    /// The number of entries.
    var count: Int { storage.bounds.count }

    /// What the entries take, in bytes.
    var byteCount: Int {
        let header = storage.bounds
        return header.end - header.start
    }

    /// Whether so many bytes more are not too much for a block.
    func hasRoom(for addedByteCount: Int) -> Bool {
        byteCount + addedByteCount <= Self.byteCountMax
    }

    /// What the block takes, in bytes.
    var allocatedByteCount: Int { storage.bounds.capacity + ListpackStorage.overheadByteCount }

    // MARK: Reading

    var start: Int { storage.bounds.start }
    var end: Int { storage.bounds.end }

    /// The entry at a position, valid until the next change.
    @inline(__always)
    func value(at position: Int) -> PackedValue {
        assert(position >= start && position < end)
        return PackedEntry.value(at: storage.bytes + position)
    }

    @inline(__always)
    func position(after position: Int) -> Int {
        position + PackedEntry.byteCount(at: storage.bytes + position)
    }

    @inline(__always)
    func position(before position: Int) -> Int {
        position - PackedEntry.byteCount(before: storage.bytes + position)
    }

    /// What the entry at the position takes, in bytes.
    func entryByteCount(at position: Int) -> Int {
        PackedEntry.byteCount(at: storage.bytes + position)
    }

    /// The position of an entry by its number, from the nearer end. `count` gives `end`.
    func position(ofEntry index: Int) -> Int {
        assert(index >= 0 && index <= count)
        var position: Int
        if index <= count / 2 {
            position = start
            for _ in 0..<index { position = self.position(after: position) }
        } else {
            position = end
            for _ in index..<count { position = self.position(before: position) }
        }
        return position
    }

    /// The position of the first entry that equals the value, looking at every `stride`-th.
    func position(of value: PackedValue, stride: Int = 1) -> Int? {
        var position = start
        let end = end
        while position < end {
            if self.value(at: position).isEqual(to: value) { return position }
            for _ in 0..<stride { position = self.position(after: position) }
        }
        return nil
    }

    // MARK: Changing

    mutating func append(_ value: PackedValue) {
        insert(value, at: end)
    }

    /// Inserts an entry in front of the one at the position. The value must not lie in this block.
    mutating func insert(_ value: PackedValue, at position: Int) {
        let size = PackedEntry.byteCount(value)
        let hole = openHole(size, at: position)
        PackedEntry.write(value, to: storage.bytes + hole)
        storage.bounds.count += 1
    }

    /// Puts a value in the place of another. The value must not lie in this block.
    mutating func replace(at position: Int, with value: PackedValue) {
        let size = PackedEntry.byteCount(value)
        let oldSize = PackedEntry.byteCount(at: storage.bytes + position)
        var hole = position
        if size != oldSize {
            hole = openHole(size, at: closeHole(oldSize, at: position))
        } else if !isKnownUniquelyReferenced(&storage) {
            move(toCapacity: storage.bounds.capacity)
            hole = position
        }
        PackedEntry.write(value, to: storage.bytes + hole)
    }

    /// Removes entries from a position on.
    ///
    /// - Returns: The position of the entry that followed them.
    @discardableResult
    mutating func remove(at position: Int, count: Int = 1) -> Int {
        var last = position
        for _ in 0..<count { last = self.position(after: last) }
        let following = closeHole(last - position, at: position)
        storage.bounds.count -= count
        return following
    }

    /// Removes the entries behind the first ones.
    mutating func truncate(toCount newCount: Int) {
        let position = self.position(ofEntry: newCount)
        closeHole(end - position, at: position)
        storage.bounds.count = newCount
    }

    /// Removes the entries from a position on and returns them as another block.
    mutating func split(at position: Int) -> Listpack {
        var tailCount = 0
        var cursor = position
        while cursor < end {
            cursor = self.position(after: cursor)
            tailCount += 1
        }
        var tail = Listpack()
        let size = end - position
        let hole = tail.openHole(size, at: tail.end)
        moveBytes(storage.bytes + position, to: tail.storage.bytes + hole, size)
        tail.storage.bounds.count = tailCount
        closeHole(size, at: position)
        storage.bounds.count -= tailCount
        return tail
    }

    // MARK: Room

    /// Makes room in front of the entry at the position, by moving the shorter side where it has
    /// the room.
    ///
    /// - Returns: Where the room begins.
    private mutating func openHole(_ size: Int, at position: Int) -> Int {
        let bounds = storage.bounds
        let before = position - bounds.start
        let after = bounds.end - position
        if isKnownUniquelyReferenced(&storage) {
            let fitsInFront = bounds.start >= size
            let fitsBehind = bounds.capacity - bounds.end >= size
            let bytes = storage.bytes
            if fitsInFront, before < after || !fitsBehind {
                moveBytes(bytes + bounds.start, to: bytes + bounds.start - size, before)
                storage.bounds.start -= size
                return position - size
            }
            if fitsBehind {
                moveBytes(bytes + position, to: bytes + position + size, after)
                storage.bounds.end += size
                return position
            }
        }
        let byteCount = before + after + size
        let new = ListpackStorage.make(
            capacity: ListpackStorage.capacity(for: byteCount, isGrowing: bounds.count > 0))
        // Who inserts in front will do so again.
        let start = before == 0 && after > 0 ? new.bounds.capacity - byteCount : 0
        let old = storage.bytes
        moveBytes(old + bounds.start, to: new.bytes + start, before)
        moveBytes(old + position, to: new.bytes + start + before + size, after)
        new.bounds.start = start
        new.bounds.end = start + byteCount
        new.bounds.count = bounds.count
        storage = new
        return start + before
    }

    /// Takes bytes out, by moving the shorter side.
    ///
    /// - Returns: The position of what followed them.
    @discardableResult
    private mutating func closeHole(_ size: Int, at position: Int) -> Int {
        if !isKnownUniquelyReferenced(&storage) { move(toCapacity: storage.bounds.capacity) }
        let bounds = storage.bounds
        let before = position - bounds.start
        let after = bounds.end - position - size
        let bytes = storage.bytes
        if before < after {
            moveBytes(bytes + bounds.start, to: bytes + bounds.start + size, before)
            storage.bounds.start += size
        } else {
            moveBytes(bytes + position + size, to: bytes + position, after)
            storage.bounds.end -= size
        }
        let capacity = ListpackStorage.capacity(for: before + after, isGrowing: true)
        // A quarter, so that a block that grows again is not copied to and fro.
        guard capacity * 4 <= bounds.capacity else { return storage.bounds.start + before }
        move(toCapacity: capacity)
        return storage.bounds.start + before
    }

    /// Copies the entries to new storage; they keep their positions if it is not smaller.
    private mutating func move(toCapacity capacity: Int) {
        let bounds = storage.bounds
        let new = ListpackStorage.make(capacity: capacity)
        let byteCount = bounds.end - bounds.start
        let start = capacity >= bounds.capacity ? bounds.start : 0
        moveBytes(storage.bytes + bounds.start, to: new.bytes + start, byteCount)
        new.bounds.start = start
        new.bounds.end = start + byteCount
        new.bounds.count = bounds.count
        storage = new
    }
}

@inline(__always)
private func moveBytes(
    _ source: UnsafeMutableRawPointer, to destination: UnsafeMutableRawPointer, _ count: Int
) {
    if count > 0 { destination.copyMemory(from: source, byteCount: count) }
}
