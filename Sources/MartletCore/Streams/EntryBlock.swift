// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

#if canImport(Glibc)
    import Glibc
#endif

// Entries of a stream, one behind the other, as Redis packs them into the listpacks of its radix
// tree: IDs as differences to the first one's, and the fields of the first entry written once.
//
//     ┌ master fields ──────────────┐┌ entry ┐┌ entry ┐┌ …
//     [ count │ length, bytes │ …   ][       ][       ][
//
//     entry:  flags │ length of the rest │ ms difference │ sequence │ [ field count ] │ strings
//
// The master fields are those of the block's first entry. An entry that has the same (`sameFields`)
// holds values only, others hold their count and fields and values in turns. The sequence is the
// difference to the first entry's if the milliseconds are the same. Numbers are varints and
// strings are packed (`PackedString`), but for the length of the rest, which has one, two or four
// bytes, as the flags say, and the master fields' strings, which are plain. So an entry of three
// fields that are known costs 5 to 8 bytes and its values.
//
// A deleted entry stays as a tombstone until half of the block is that; it counts as one of those
// that the block may hold, as in Redis. Tombstones at the start cost nothing: `headOffset` leads to
// the first entry that lives.

/// A block of a stream's entries. Changed only while nobody else holds it, see `EntryLog`.
final class EntryBlock {
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let deleted = Flags(rawValue: 1 << 0)
        static let sameFields = Flags(rawValue: 1 << 1)
        /// The length of the rest has two bytes.
        static let length16 = Flags(rawValue: 1 << 2)
        /// The length of the rest has four bytes.
        static let length32 = Flags(rawValue: 1 << 3)
    }

    /// The ID of the first entry that the block held; the others' are written relative to it.
    let masterID: StreamID
    /// Of the last entry, living or not.
    private(set) var lastID: StreamID
    private var storage: UnsafeMutableRawPointer
    private var capacity: UInt32
    private var end: UInt32
    private let entriesOffset: UInt32
    /// Of the first living entry.
    private(set) var headOffset: UInt32
    private(set) var liveCount: UInt32 = 0
    /// With those that were deleted, as far as the limit on a block's entries is concerned.
    private(set) var addedCount: UInt32 = 0
    private var deletedByteCount: UInt32 = 0
    /// Whether the entry with `lastID` is a tombstone, or was one.
    private var isLastDeleted = false

    /// The most that one entry's strings may have, in bytes together: Redis's limit.
    static let entryByteCountMax = 1 << 30

    private static let capacityMin: UInt32 = 64

    // MARK: Beginning and end

    /// A block for an entry, which is yet to be appended.
    init(masterID: StreamID, fields: Arguments, from start: Int) {
        self.masterID = masterID
        lastID = masterID
        var byteCount = UnsafeMutableRawPointer.varintByteCountMax
        for index in stride(from: start, to: fields.count, by: 2) {
            byteCount += fields[index].count + UnsafeMutableRawPointer.varintByteCountMax
        }
        storage = malloc(byteCount)!
        capacity = UInt32(byteCount)
        var position = storage
        position.storeVarint(UInt64((fields.count - start) / 2))
        for index in stride(from: start, to: fields.count, by: 2) {
            position.storeVarint(UInt64(fields[index].count))
            position.storeBytes(of: fields[index])
        }
        end = UInt32(position - storage)
        entriesOffset = end
        headOffset = end
    }

    init(copying other: EntryBlock) {
        masterID = other.masterID
        lastID = other.lastID
        capacity = other.end
        storage = malloc(Int(capacity))!
        storage.copyMemory(from: other.storage, byteCount: Int(other.end))
        end = other.end
        entriesOffset = other.entriesOffset
        headOffset = other.headOffset
        liveCount = other.liveCount
        addedCount = other.addedCount
        deletedByteCount = other.deletedByteCount
        isLastDeleted = other.isLastDeleted
    }

    deinit { free(storage) }

    // MARK: Facts

    var bytes: UnsafeRawPointer { UnsafeRawPointer(storage) }

    var endOffset: UInt32 { end }

    /// What is used of the memory, in bytes.
    var usedByteCount: Int { Int(end) }

    /// The memory with what the allocator takes, in bytes.
    var byteCount: Int { Int(capacity) + 112 }

    /// Whether an entry of so many bytes may be added under the limits; 0 is no limit.
    func hasRoom(for entryByteCount: Int, _ limits: StreamLimits) -> Bool {
        usedByteCount + entryByteCount < limits.effectiveBlockByteCountMax
            && (limits.blockEntryCountMax == 0 || Int(addedCount) < limits.blockEntryCountMax)
    }

    // MARK: Entries

    /// An entry where it lies. Valid until the block changes.
    struct Entry {
        let flags: Flags
        let id: StreamID
        /// Behind the ID.
        let content: UnsafeRawPointer
        let nextOffset: UInt32

        var isDeleted: Bool { flags.contains(.deleted) }
    }

    @inline(__always)
    func entry(at offset: UInt32) -> Entry {
        var position = UnsafeRawPointer(storage) + Int(offset)
        let flags = Flags(rawValue: position.load(as: UInt8.self))
        position += 1
        let restByteCount: Int
        if flags.isDisjoint(with: [.length16, .length32]) {
            restByteCount = Int(position.load(as: UInt8.self))
            position += 1
        } else if flags.contains(.length16) {
            restByteCount = Int(position.loadUnaligned(as: UInt16.self))
            position += 2
        } else {
            restByteCount = Int(position.loadUnaligned(as: UInt32.self))
            position += 4
        }
        let next = position + restByteCount - UnsafeRawPointer(storage)
        let difference = position.loadVarint()
        let sequence = position.loadVarint()
        let id =
            difference == 0
            ? StreamID(masterID.milliseconds, masterID.sequence &+ sequence)
            : StreamID(masterID.milliseconds &+ difference, sequence)
        return Entry(flags: flags, id: id, content: position, nextOffset: UInt32(next))
    }

    var firstID: StreamID { entry(at: headOffset).id }

    /// Of the last living entry.
    var lastLivingID: StreamID {
        if !isLastDeleted { return lastID }
        var id = masterID
        var offset = headOffset
        while offset < end {
            let entry = entry(at: offset)
            if !entry.isDeleted { id = entry.id }
            offset = entry.nextOffset
        }
        return id
    }

    /// The offset of the entry with this ID, living or not.
    func offset(of id: StreamID) -> UInt32? {
        var offset = headOffset
        while offset < end {
            let entry = entry(at: offset)
            if entry.id >= id { return entry.id == id ? offset : nil }
            offset = entry.nextOffset
        }
        return nil
    }

    // MARK: Appending

    /// - Parameter stringsByteCount: of all fields and values together.
    func append(id: StreamID, fields: Arguments, from start: Int, stringsByteCount: Int) {
        let sameFields = hasMasterFields(fields, from: start)
        let stringCount = fields.count - start
        let restByteCountMax =
            3 * UnsafeMutableRawPointer.varintByteCountMax + stringsByteCount
            + stringCount * UnsafeMutableRawPointer.packedStringOverheadMax
        makeRoom(for: 5 + restByteCountMax)
        var flags: Flags = sameFields ? .sameFields : []
        var position = storage + Int(end) + 1
        // The length is written last; how wide it is follows from what it can be.
        let lengthPosition = position
        switch restByteCountMax {
        case ...0xFF: position += 1
        case ...0xFFFF:
            flags.insert(.length16)
            position += 2
        default:
            flags.insert(.length32)
            position += 4
        }
        let restStart = position
        let difference = id.milliseconds - masterID.milliseconds
        position.storeVarint(difference)
        position.storeVarint(difference == 0 ? id.sequence - masterID.sequence : id.sequence)
        if !sameFields { position.storeVarint(UInt64(stringCount / 2)) }
        for index in start..<fields.count where !sameFields || (index - start) % 2 == 1 {
            position.storePacked(fields[index])
        }
        let restByteCount = position - restStart
        (storage + Int(end)).storeBytes(of: flags.rawValue, as: UInt8.self)
        if flags.contains(.length32) {
            lengthPosition.storeBytes(of: UInt32(restByteCount), as: UInt32.self)
        } else if flags.contains(.length16) {
            lengthPosition.storeBytes(of: UInt16(restByteCount), as: UInt16.self)
        } else {
            lengthPosition.storeBytes(of: UInt8(restByteCount), as: UInt8.self)
        }
        end = UInt32(position - storage)
        lastID = id
        isLastDeleted = false
        liveCount += 1
        addedCount += 1
    }

    private func hasMasterFields(_ fields: Arguments, from start: Int) -> Bool {
        var position = UnsafeRawPointer(storage)
        guard position.loadVarint() == UInt64((fields.count - start) / 2) else { return false }
        for index in stride(from: start, to: fields.count, by: 2) {
            guard position.loadPlain().isEqual(to: fields[index]) else { return false }
        }
        return true
    }

    private func makeRoom(for byteCount: Int) {
        let needed = Int(end) + byteCount
        guard needed > Int(capacity) else { return }
        resize(to: max(Int(Self.capacityMin), needed, min(Int(capacity) * 2, needed + 4096)))
    }

    /// Gives back the memory that is kept for more entries.
    func seal() {
        if end < capacity { resize(to: Int(end)) }
    }

    private func resize(to newCapacity: Int) {
        storage = realloc(storage, newCapacity)!
        capacity = UInt32(newCapacity)
    }

    // MARK: Deleting

    /// Turns the living entry at `offset` into a tombstone. Offsets are not valid any more then.
    func delete(at offset: UInt32) {
        let entry = entry(at: offset)
        assert(!entry.isDeleted)
        storage.storeBytes(
            of: entry.flags.union(.deleted).rawValue, toByteOffset: Int(offset), as: UInt8.self)
        liveCount -= 1
        deletedByteCount += entry.nextOffset - offset
        if entry.id == lastID { isLastDeleted = true }
        if offset == headOffset { skipTombstones() }
        if deletedByteCount > (end - entriesOffset) / 2 { compact() }
    }

    private func skipTombstones() {
        while headOffset < end {
            let entry = entry(at: headOffset)
            guard entry.isDeleted else { return }
            headOffset = entry.nextOffset
        }
    }

    /// Moves the living entries together.
    private func compact() {
        var target = entriesOffset
        var source = headOffset
        while source < end {
            let entry = entry(at: source)
            let byteCount = Int(entry.nextOffset - source)
            if !entry.isDeleted {
                memmove(storage + Int(target), storage + Int(source), byteCount)
                target += UInt32(byteCount)
            }
            source += UInt32(byteCount)
        }
        end = target
        headOffset = entriesOffset
        deletedByteCount = 0
        if capacity > 1024, end < capacity / 2 { resize(to: Int(end)) }
    }
}
