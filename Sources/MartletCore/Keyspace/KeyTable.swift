// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The table of a database: byte strings to values, tens of millions of them, without a pause.
//
// A table that doubles must either stop to move everything or keep two tables for a while, as
// Redis does. This one grows by one bucket at a time (linear hashing, Litwin 1980): with
// `bucketCount` = 2^level + split, the first `split` buckets and those behind 2^level are told
// apart by level + 1 low bits of the hash, the others by level bits:
//
//        0 … split-1   split … 2^level-1   2^level … bucketCount-1
//        level+1 bits     level bits           level+1 bits
//
// An insertion splits bucket `split` in two if there are more keys than buckets; a removal joins
// the last bucket to the one that it came from if there are less than half as many. Buckets lie in
// segments of 32 KB, so that no step moves more than one segment's worth of anything, and memory
// is given back as the table shrinks.
//
//     segments ──► [ segment 0 │ segment 1 │ … ]
//                      │
//                      ▼
//                   [ bucket │ bucket │ … ]     4096 of them, each a chain of entries
//                      │
//                      ▼
//                   entry: next │ hash │ key's length │ value │ the key's bytes
//
// The buckets are the leaves of a binary tree over the hash's low bits, lowest first. Seen with the
// bits reversed each covers an interval, and growing or shrinking cuts an interval in two or joins
// two. A scan goes through the reversed hashes in ascending order, a bucket at a time: its cursor
// says below which one everything was visited, whatever the table's size was in between. Redis's
// cursor is the same. Here a scan skips the entries below its cursor, so that a key that is there
// from the beginning to the end is visited exactly once.

#if canImport(Glibc)
    import Glibc
#endif

/// A hash table from byte strings to values, which owns the keys' bytes.
///
/// An entry is one allocation: 16 bytes, the value and the key. With a bucket, 16 bytes of key and a
/// reference as the value that makes 56 bytes of heap.
package struct KeyTable<Value>: ~Copyable {
    /// An entry of the table. Valid until its key is removed or the table is gone.
    package struct Entry {
        fileprivate let pointer: EntryPointer

        package var key: UnsafeRawBufferPointer { KeyTable.key(of: pointer) }

        package var hash: UInt32 { pointer.pointee.hash }

        package var value: Value {
            _read { yield KeyTable.value(of: pointer).pointee }
            nonmutating _modify { yield &KeyTable.value(of: pointer).pointee }
        }
    }

    fileprivate struct Header {
        var next: EntryPointer?
        let hash: UInt32
        let keyByteCount: UInt32
    }

    fileprivate typealias EntryPointer = UnsafeMutablePointer<Header>
    private typealias Segment = UnsafeMutablePointer<EntryPointer?>

    /// The longest key, in bytes.
    package static var keyByteCountMax: Int { Int(UInt32.max) }

    private static var segmentBucketCount: Int { 4096 }
    private static var segmentShift: Int { 12 }
    /// A table begins with a part of a segment.
    private static var bucketCountMin: Int { 4 }
    /// As many as the bits of a hash tell apart.
    private static var bucketCountMax: Int { 1 << 31 }

    private var segments: [Segment] = []
    private var bucketCount = 0
    /// 2^level - 1, where 2^level <= bucketCount < 2^(level + 1).
    private var levelMask: UInt32 = 0
    private var entryCount = 0

    package init() {}

    deinit {
        for index in 0..<bucketCount {
            var next = bucket(at: index).pointee
            while let entry = next {
                next = entry.pointee.next
                Self.destroy(entry)
            }
        }
        for segment in segments { free(segment) }
    }

    package var count: Int { entryCount }

    package var isEmpty: Bool { entryCount == 0 }

    /// What the buckets take, in bytes.
    package var bucketsByteCount: Int {
        bucketCount * MemoryLayout<EntryPointer?>.stride
    }

    // MARK: One key

    package static func hash(of key: UnsafeRawBufferPointer) -> UInt32 { key.seededHash }

    package func find(_ key: UnsafeRawBufferPointer) -> Entry? {
        find(key, hash: Self.hash(of: key))
    }

    package func find(_ key: UnsafeRawBufferPointer, hash: UInt32) -> Entry? {
        guard bucketCount > 0 else { return nil }
        var next = bucket(of: hash).pointee
        while let entry = next {
            if entry.pointee.hash == hash, Self.key(of: entry).isEqual(to: key) {
                return Entry(pointer: entry)
            }
            next = entry.pointee.next
        }
        return nil
    }

    /// The key must not be in the table.
    @discardableResult
    package mutating func insert(_ key: UnsafeRawBufferPointer, _ value: Value) -> Entry {
        insert(key, hash: Self.hash(of: key), value)
    }

    /// The key must not be in the table.
    @discardableResult
    package mutating func insert(
        _ key: UnsafeRawBufferPointer, hash: UInt32, _ value: Value
    ) -> Entry {
        assert(find(key, hash: hash) == nil)
        if entryCount >= bucketCount, bucketCount < Self.bucketCountMax { grow() }
        let entry = Self.create(key, hash: hash, value)
        let bucket = bucket(of: hash)
        entry.pointee.next = bucket.pointee
        bucket.pointee = entry
        entryCount += 1
        return Entry(pointer: entry)
    }

    /// Removes the key, and returns its value if it was there.
    @discardableResult
    package mutating func remove(_ key: UnsafeRawBufferPointer) -> Value? {
        remove(key, hash: Self.hash(of: key))
    }

    /// Removes the key, and returns its value if it was there.
    @discardableResult
    package mutating func remove(_ key: UnsafeRawBufferPointer, hash: UInt32) -> Value? {
        guard bucketCount > 0 else { return nil }
        var link = bucket(of: hash)
        while let entry = link.pointee {
            if entry.pointee.hash == hash, Self.key(of: entry).isEqual(to: key) {
                link.pointee = entry.pointee.next
                entryCount -= 1
                let value = Self.value(of: entry).move()
                free(entry)
                // Two, so that removing keeps up with the buckets that are too many.
                for _ in 0..<2 where bucketCount > entryCount * 2 { shrink() }
                return value
            }
            link = Self.link(of: entry)
        }
        return nil
    }

    // MARK: Many keys

    /// Visits the next bucket of a scan: the keys whose turn comes at `cursor`, often none.
    ///
    /// Between two calls the table may change in any way; during one it must not. A key that is in
    /// the table from the first call to the last is visited exactly once, others at most once for
    /// each time that they were inserted.
    ///
    /// - Parameter cursor: 0 to begin, and then what the last call returned.
    /// - Returns: the cursor of the next call; 0 at the end.
    package func scan(from cursor: UInt64, _ body: (Entry) -> Void) -> UInt64 {
        guard bucketCount > 0 else { return 0 }
        let hash = UInt32(truncatingIfNeeded: cursor)
        let start = Self.position(ofHash: hash)
        var next = bucket(of: hash).pointee
        while let entry = next {
            next = entry.pointee.next
            if Self.position(ofHash: entry.pointee.hash) >= start { body(Entry(pointer: entry)) }
        }
        // On to the end of the interval that the bucket covers.
        let wideMask = levelMask << 1 | 1
        let mask = isSplit(hash) ? wideMask : levelMask
        let width = UInt64(1) << UInt64(mask.leadingZeroBitCount)
        let end = (UInt64(start) & ~(width - 1)) + width
        guard end <= UInt64(UInt32.max) else { return 0 }
        return UInt64(Self.position(ofHash: UInt32(end)))
    }

    /// Whether a scan that is at `cursor` has been where `key` is. At the cursor 0 it has not begun.
    package static func hasPassed(_ key: UnsafeRawBufferPointer, at cursor: UInt64) -> Bool {
        position(ofHash: hash(of: key))
            < position(ofHash: UInt32(truncatingIfNeeded: cursor))
    }

    /// An entry at random: not quite evenly, as in Redis, since it first chooses among the buckets
    /// that are not empty, and then in one.
    package func randomEntry(using random: inout some RandomNumberGenerator) -> Entry? {
        guard entryCount > 0 else { return nil }
        // There are at most twice as many buckets as keys, or four.
        var first: EntryPointer?
        while first == nil {
            first = bucket(of: UInt32.random(in: 0...UInt32.max, using: &random)).pointee
        }
        var length = 0
        var next = first
        while let entry = next {
            length += 1
            next = entry.pointee.next
        }
        var entry = first!
        for _ in 0..<Int.random(in: 0..<length, using: &random) { entry = entry.pointee.next! }
        return Entry(pointer: entry)
    }

    // MARK: Buckets

    private func bucket(of hash: UInt32) -> UnsafeMutablePointer<EntryPointer?> {
        let wide = Int(hash & (levelMask << 1 | 1))
        return bucket(at: wide < bucketCount ? wide : Int(hash & levelMask))
    }

    private func bucket(at index: Int) -> UnsafeMutablePointer<EntryPointer?> {
        segments[index >> Self.segmentShift] + (index & (Self.segmentBucketCount - 1))
    }

    /// Whether the hash's bucket is told apart by one bit more than `levelMask` has.
    private func isSplit(_ hash: UInt32) -> Bool {
        Int(hash & levelMask) < bucketCount - Int(levelMask) - 1
    }

    /// Adds a bucket, and moves what belongs into it.
    private mutating func grow() {
        guard bucketCount > 0 else {
            segments.append(Self.allocateSegment(bucketCount: Self.bucketCountMin))
            bucketCount = Self.bucketCountMin
            levelMask = UInt32(bucketCount - 1)
            return
        }
        let index = bucketCount
        if index >= Self.segmentBucketCount {
            if index.isMultiple(of: Self.segmentBucketCount) {
                segments.append(Self.allocateSegment(bucketCount: Self.segmentBucketCount))
            }
        } else if index == Int(levelMask) + 1 {
            resizeFirstSegment(to: index * 2)
            (segments[0] + index).initialize(repeating: nil, count: index)
        }
        let source = bucket(at: index & Int(levelMask))
        let wideMask = levelMask << 1 | 1
        bucketCount += 1
        if bucketCount == Int(wideMask) + 1 { levelMask = wideMask }
        // Both chains keep their entries' order.
        var stays = source
        var moves = bucket(at: index)
        var next = source.pointee
        while let entry = next {
            next = entry.pointee.next
            if Int(entry.pointee.hash & wideMask) == index {
                moves.pointee = entry
                moves = Self.link(of: entry)
            } else {
                stays.pointee = entry
                stays = Self.link(of: entry)
            }
        }
        moves.pointee = nil
        stays.pointee = nil
    }

    /// Joins the last bucket to the one that it was split from.
    private mutating func shrink() {
        guard bucketCount > Self.bucketCountMin else { return }
        let index = bucketCount - 1
        if index == Int(levelMask) { levelMask >>= 1 }
        let source = bucket(at: index)
        var end = bucket(at: index & Int(levelMask))
        while let entry = end.pointee { end = Self.link(of: entry) }
        end.pointee = source.pointee
        source.pointee = nil
        bucketCount = index
        if index >= Self.segmentBucketCount {
            if index.isMultiple(of: Self.segmentBucketCount) { free(segments.removeLast()) }
        } else if index == Int(levelMask) + 1 {
            resizeFirstSegment(to: index)
        }
    }

    private static func allocateSegment(bucketCount: Int) -> Segment {
        let bytes = calloc(bucketCount, MemoryLayout<EntryPointer?>.stride)!
        return bytes.bindMemory(to: EntryPointer?.self, capacity: bucketCount)
    }

    private mutating func resizeFirstSegment(to bucketCount: Int) {
        let bytes = realloc(segments[0], bucketCount * MemoryLayout<EntryPointer?>.stride)!
        segments[0] = bytes.bindMemory(to: EntryPointer?.self, capacity: bucketCount)
    }

    // MARK: Entries

    private static var valueOffset: Int { MemoryLayout<Header>.size }

    private static func create(
        _ key: UnsafeRawBufferPointer, hash: UInt32, _ value: Value
    ) -> EntryPointer {
        precondition(key.count <= keyByteCountMax)
        assert(MemoryLayout<Value>.alignment <= 16)
        let keyOffset = valueOffset + MemoryLayout<Value>.size
        let bytes = malloc(keyOffset + key.count)!
        let header = bytes.initializeMemory(
            as: Header.self, to: Header(next: nil, hash: hash, keyByteCount: UInt32(key.count)))
        (bytes + valueOffset).initializeMemory(as: Value.self, to: value)
        if let source = key.baseAddress {
            (bytes + keyOffset).copyMemory(from: source, byteCount: key.count)
        }
        return header
    }

    private static func destroy(_ entry: EntryPointer) {
        value(of: entry).deinitialize(count: 1)
        free(entry)
    }

    fileprivate static func value(of entry: EntryPointer) -> UnsafeMutablePointer<Value> {
        (UnsafeMutableRawPointer(entry) + valueOffset).assumingMemoryBound(to: Value.self)
    }

    fileprivate static func key(of entry: EntryPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: UnsafeRawPointer(entry) + valueOffset + MemoryLayout<Value>.size,
            count: Int(entry.pointee.keyByteCount))
    }

    private static func link(of entry: EntryPointer) -> UnsafeMutablePointer<EntryPointer?> {
        // `next` is the header's first field.
        UnsafeMutableRawPointer(entry).assumingMemoryBound(to: EntryPointer?.self)
    }

    // MARK: Positions

    /// Where a scan comes to a hash: the hash with its bits reversed. It is its own inverse.
    private static func position(ofHash hash: UInt32) -> UInt32 {
        var bits = hash.byteSwapped
        bits = (bits >> 4 & 0x0F0F_0F0F) | (bits & 0x0F0F_0F0F) << 4
        bits = (bits >> 2 & 0x3333_3333) | (bits & 0x3333_3333) << 2
        return (bits >> 1 & 0x5555_5555) | (bits & 0x5555_5555) << 1
    }
}
