// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The table of a large hash, set or sorted set
//
// As the table of keys it grows by one bucket at a time (linear hashing; `KeyTable` has the
// drawing and how a scan goes through it). Unlike that one it is a value: a rewrite of the log
// holds a copy while the key changes. So it is made of arrays, three deep, which are copied when
// they are first changed, and a change copies little:
//
//     pages ──► [ page 0 │ page 1 │ … ]
//                   │
//                   ▼
//               [ bucket │ bucket │ … ]      64 of them
//                   │
//                   ▼
//               [ hash, entry │ … ]          about 8 of them
//
// The first change after a copy copies the array of pages (a reference for some 500 members), one
// page and one bucket; entries are never copied.

/// A hash table of named entries. A value: a copy costs nothing and stays as it was.
struct MemberTable: Sendable {
    private struct Slot: @unchecked Sendable {
        let hash: UInt32
        var entry: MemberEntry
    }

    private typealias Bucket = ContiguousArray<Slot>

    private static let pageBucketCount = 64
    private static let pageShift = 6
    /// An insertion adds a bucket if there are more members for each, and a removal takes one
    /// away if there are fewer.
    private static let membersPerBucketMax = 8
    private static let membersPerBucketMin = 3

    private var pages: ContiguousArray<ContiguousArray<Bucket>> = [[Bucket()]]
    private var bucketCount = 1
    /// 2^level - 1, where 2^level <= bucketCount < 2^(level + 1).
    private var levelMask: UInt32 = 0
    private(set) var count = 0
    /// At least as many as the fullest bucket has members.
    private var bucketMemberCountMax = 0

    // MARK: One member

    static func hash(of name: UnsafeRawBufferPointer) -> UInt32 { name.seededHash }

    func find(_ name: UnsafeRawBufferPointer) -> MemberEntry? {
        find(name, hash: Self.hash(of: name))
    }

    func find(_ name: UnsafeRawBufferPointer, hash: UInt32) -> MemberEntry? {
        let bucket = bucketIndex(of: hash)
        guard let slot = slotIndex(of: name, hash: hash, bucket: bucket) else { return nil }
        return pages[bucket >> Self.pageShift][bucket & (Self.pageBucketCount - 1)][slot].entry
    }

    /// The name must not be in the table.
    mutating func insert(_ entry: MemberEntry, hash: UInt32) {
        assert(find(entry.name, hash: hash) == nil)
        if count >= bucketCount * Self.membersPerBucketMax { grow() }
        count += 1
        let slot = Slot(hash: hash, entry: entry)
        let memberCount = withBucket(bucketIndex(of: hash)) { bucket in
            bucket.append(slot)
            return bucket.count
        }
        bucketMemberCountMax = max(bucketMemberCountMax, memberCount)
    }

    /// Puts an entry in the place of the one that has its name, which must be in the table.
    mutating func replace(with entry: MemberEntry, hash: UInt32) {
        let bucket = bucketIndex(of: hash)
        let slot = slotIndex(of: entry.name, hash: hash, bucket: bucket)!
        withBucket(bucket) { $0[slot].entry = entry }
    }

    @discardableResult
    mutating func remove(_ name: UnsafeRawBufferPointer, hash: UInt32) -> MemberEntry? {
        let bucket = bucketIndex(of: hash)
        guard let slot = slotIndex(of: name, hash: hash, bucket: bucket) else { return nil }
        let entry = withBucket(bucket) { bucket in
            bucket.swapAt(slot, bucket.count - 1)
            return bucket.removeLast().entry
        }
        count -= 1
        if count < bucketCount * Self.membersPerBucketMin, bucketCount > 1 { shrink() }
        return entry
    }

    private func slotIndex(
        of name: UnsafeRawBufferPointer, hash: UInt32, bucket: Int
    ) -> Int? {
        pages[bucket >> Self.pageShift].withUnsafeBufferPointer { page in
            page[bucket & (Self.pageBucketCount - 1)].withUnsafeBufferPointer { slots in
                for index in slots.indices where slots[index].hash == hash {
                    if slots[index].entry.name.isEqual(to: name) { return index }
                }
                return nil
            }
        }
    }

    // MARK: Many members

    /// Visits all members, in no particular order, until the body returns false.
    func visit(_ body: (MemberEntry) -> Bool) {
        for page in pages {
            for bucket in page {
                for slot in bucket {
                    guard body(slot.entry) else { return }
                }
            }
        }
    }

    /// Visits the next bucket of a scan; see `KeyTable.scan`, whose guarantees are the same.
    ///
    /// - Parameter cursor: 0 to begin, and then what the last call returned.
    /// - Returns: The cursor of the next call; 0 at the end.
    func scan(from cursor: UInt64, _ body: (MemberEntry) -> Void) -> UInt64 {
        let hash = UInt32(truncatingIfNeeded: cursor)
        let start = hash.bitsReversed
        let index = bucketIndex(of: hash)
        for slot in pages[index >> Self.pageShift][index & (Self.pageBucketCount - 1)]
        where slot.hash.bitsReversed >= start {
            body(slot.entry)
        }
        // On to the end of the interval that the bucket covers.
        let isSplit = Int(hash & levelMask) < bucketCount - Int(levelMask) - 1
        let mask = isSplit ? levelMask << 1 | 1 : levelMask
        let width = UInt64(1) << UInt64(mask.leadingZeroBitCount)
        let end = (UInt64(start) & ~(width - 1)) + width
        guard end <= UInt64(UInt32.max) else { return 0 }
        return UInt64(UInt32(end).bitsReversed)
    }

    /// A member, each as likely as any other. The table must not be empty.
    func randomEntry(using random: inout some RandomNumberGenerator) -> MemberEntry {
        // Of places that no bucket exceeds one is drawn until a member has it.
        while true {
            let index = Int.random(in: 0..<bucketCount, using: &random)
            let slot = Int.random(in: 0..<bucketMemberCountMax, using: &random)
            let page = index >> Self.pageShift
            let bucket = index & (Self.pageBucketCount - 1)
            if slot < pages[page][bucket].count { return pages[page][bucket][slot].entry }
        }
    }

    // MARK: Buckets

    private func bucketIndex(of hash: UInt32) -> Int {
        let wide = Int(hash & (levelMask << 1 | 1))
        return wide < bucketCount ? wide : Int(hash & levelMask)
    }

    private mutating func withBucket<Result>(
        _ index: Int, _ body: (inout Bucket) -> Result
    ) -> Result {
        body(&pages[index >> Self.pageShift][index & (Self.pageBucketCount - 1)])
    }

    /// Adds a bucket, and moves what belongs into it.
    private mutating func grow() {
        let index = bucketCount
        let source = index & Int(levelMask)
        let wideMask = levelMask << 1 | 1
        let moving = withBucket(source) { bucket in
            let moving = Bucket(bucket.lazy.filter { Int($0.hash & wideMask) == index })
            bucket.removeAll { Int($0.hash & wideMask) == index }
            return moving
        }
        if index.isMultiple(of: Self.pageBucketCount) { pages.append([]) }
        pages[index >> Self.pageShift].append(moving)
        bucketCount += 1
        if bucketCount == Int(wideMask) + 1 { levelMask = wideMask }
    }

    /// Joins the last bucket to the one that it was split from.
    private mutating func shrink() {
        let index = bucketCount - 1
        if index == Int(levelMask) { levelMask >>= 1 }
        let moving = pages[index >> Self.pageShift].removeLast()
        if index.isMultiple(of: Self.pageBucketCount) { pages.removeLast() }
        bucketCount = index
        let memberCount = withBucket(index & Int(levelMask)) { bucket in
            bucket.append(contentsOf: moving)
            return bucket.count
        }
        bucketMemberCountMax = max(bucketMemberCountMax, memberCount)
    }
}

extension UInt32 {
    /// Where a scan comes to a hash. It is its own inverse.
    fileprivate var bitsReversed: UInt32 {
        var bits = byteSwapped
        bits = (bits >> 4 & 0x0F0F_0F0F) | (bits & 0x0F0F_0F0F) << 4
        bits = (bits >> 2 & 0x3333_3333) | (bits & 0x3333_3333) << 2
        return (bits >> 1 & 0x5555_5555) | (bits & 0x5555_5555) << 1
    }
}
