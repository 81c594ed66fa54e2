// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A sorted set: packed members, each with its score, in order while it is small; a table of
/// members and a tree in order when it has grown. It does not become small again, as in Redis.
///
/// Members are ordered by score, and by name where scores are equal. A range of scores or names is
/// found as a range of ranks. It is a value: a copy costs nothing and stays as it was.
package struct SortedSetValue: Sendable {
    /// Members and scores by turns. Empty if the set is large.
    private var packed = Listpack()
    private var large: Boxed<LargeSortedSet>?

    package init() {}

    package var count: Int { large?.value.table.count ?? packed.count / 2 }

    /// Whether OBJECT ENCODING says listpack, not skiplist.
    package var isPacked: Bool { large == nil }

    // MARK: One member

    package func score(of member: UnsafeRawBufferPointer) -> Double? {
        if let large { return large.value.table.find(member)?.score }
        guard let position = packed.position(of: PackedValue(member), stride: 2) else {
            return nil
        }
        return packed.score(behind: position)
    }

    /// Adds a member or changes its score, which must be a number. The member's bytes must not
    /// lie in this set.
    package mutating func set(
        _ member: UnsafeRawBufferPointer, score: Double, _ limits: SortedSetLimits
    ) {
        precondition(!score.isNaN)
        prepare(forAdding: 0, byteCountMax: member.count, limits)
        guard large == nil else { return large!.value.set(member, score) }
        let value = PackedValue(member)
        if let position = packed.position(of: value, stride: 2) {
            packed.remove(at: position, count: 2)
        } else if packed.count / 2 >= limits.packedCountMax || !packed.hasRoom(for: member.count) {
            convert()
            return large!.value.set(member, score)
        }
        let rank = packed.countBelow(score, value)
        packed.insert(value, at: packed.position(ofEntry: rank * 2))
        packed.insert(score: score, at: packed.position(ofEntry: rank * 2 + 1))
    }

    /// - Returns: Whether it was a member.
    @discardableResult
    package mutating func remove(_ member: UnsafeRawBufferPointer) -> Bool {
        guard large == nil else { return large!.value.remove(member) }
        guard let position = packed.position(of: PackedValue(member), stride: 2) else {
            return false
        }
        packed.remove(at: position, count: 2)
        return true
    }

    /// How many members come before this one.
    package func rank(of member: UnsafeRawBufferPointer) -> Int? {
        if let large { return large.value.rank(of: member) }
        let value = PackedValue(member)
        guard let position = packed.position(of: value, stride: 2) else { return nil }
        return packed.countBelow(packed.score(behind: position), value)
    }

    // MARK: Encoding

    /// Becomes a table if so many members, or one of such a length, are too much for a packed
    /// set.
    package mutating func prepare(
        forAdding memberCount: Int, byteCountMax: Int, _ limits: SortedSetLimits
    ) {
        guard large == nil else { return }
        if memberCount > limits.packedCountMax || byteCountMax > limits.packedByteCountMax {
            convert()
        }
    }

    private mutating func convert() {
        var large = LargeSortedSet()
        visit(from: 0) { member, score in
            member.withBytes { large.set($0, score) }
            return true
        }
        packed = Listpack()
        self.large = Boxed(large)
    }

    // MARK: Ranges

    /// How many members have a lower score or, if `orEqual`, the same one.
    package func countBelow(score bound: Double, orEqual: Bool) -> Int {
        let isBelow = { (score: Double) in orEqual ? score <= bound : score < bound }
        if let large { return large.value.order.countBelow { isBelow($0.score) } }
        return packed.countWhile { _, score in isBelow(score()) }
    }

    /// How many members come before the bound by their name or, if `orEqual`, are it. The scores
    /// must all be the same, or it is any number.
    package func countBelow(name bound: UnsafeRawBufferPointer, orEqual: Bool) -> Int {
        let isBelow = { (name: UnsafeRawBufferPointer) in
            orEqual ? !bound.isBelow(name) : name.isBelow(bound)
        }
        if let large { return large.value.order.countBelow { isBelow($0.entry.name) } }
        return packed.countWhile { member, _ in member.withBytes { isBelow($0) } }
    }

    /// Visits the members from a rank on, towards higher or, reversed, lower ones, until the
    /// body returns false.
    package func visit(
        from rank: Int, reversed: Bool = false,
        _ body: (_ member: PackedValue, _ score: Double) -> Bool
    ) {
        guard rank >= 0, rank < count else { return }
        if let large {
            return large.value.order.visit(from: rank, reversed: reversed) {
                body(.bytes($0.entry.name), $0.score)
            }
        }
        var position = packed.position(ofEntry: rank * 2)
        while position < packed.end {
            guard body(packed.value(at: position), packed.score(behind: position)) else { return }
            if reversed {
                guard position > packed.start else { return }
                position = packed.position(before: packed.position(before: position))
            } else {
                position = packed.position(after: packed.position(after: position))
            }
        }
    }

    /// Removes the members of a range of ranks.
    package mutating func remove(ranks: Range<Int>) {
        guard !ranks.isEmpty else { return }
        guard large == nil else { return large!.value.remove(ranks: ranks) }
        packed.remove(at: packed.position(ofEntry: ranks.lowerBound * 2), count: ranks.count * 2)
    }

    // MARK: Some members

    /// ZSCAN: visits some members. A packed set is visited at once.
    ///
    /// - Returns: The cursor to go on from; 0 at the end.
    package func scan(
        from cursor: UInt64, _ body: (_ member: PackedValue, _ score: Double) -> Void
    ) -> UInt64 {
        if let large {
            return large.value.table.scan(from: cursor) { body(.bytes($0.name), $0.score) }
        }
        visit(from: 0) {
            body($0, $1)
            return true
        }
        return 0
    }
}

/// The members of a large sorted set by name, and in order.
private struct LargeSortedSet: Sendable {
    private(set) var table = MemberTable()
    /// The table's members.
    private(set) var order = ScoreOrder()

    mutating func set(_ member: UnsafeRawBufferPointer, _ score: Double) {
        let hash = MemberTable.hash(of: member)
        let entry = MemberEntry.make(member, score: score)
        if let old = table.find(member, hash: hash) {
            order.remove(ScoredMember(score: old.score, entry: old))
            table.replace(with: entry, hash: hash)
        } else {
            table.insert(entry, hash: hash)
        }
        order.insert(ScoredMember(score: score, entry: entry))
    }

    mutating func remove(_ member: UnsafeRawBufferPointer) -> Bool {
        guard let entry = table.remove(member, hash: MemberTable.hash(of: member)) else {
            return false
        }
        order.remove(ScoredMember(score: entry.score, entry: entry))
        return true
    }

    func rank(of member: UnsafeRawBufferPointer) -> Int? {
        guard let entry = table.find(member) else { return nil }
        let scored = ScoredMember(score: entry.score, entry: entry)
        return order.countBelow { $0.isBelow(scored) }
    }

    mutating func remove(ranks: Range<Int>) {
        var removed: [ScoredMember] = []
        removed.reserveCapacity(ranks.count)
        order.visit(from: ranks.lowerBound, reversed: false) {
            removed.append($0)
            return removed.count < ranks.count
        }
        for member in removed {
            order.remove(member)
            let name = member.entry.name
            table.remove(name, hash: MemberTable.hash(of: name))
        }
    }
}

extension MemberEntry {
    fileprivate static func make(_ name: UnsafeRawBufferPointer, score: Double) -> MemberEntry {
        withUnsafeBytes(of: score) { make(name, $0) }
    }
}

/// Members and scores by turns. A whole number is packed as one, which makes 0 of
/// -0 as it does in Redis, other scores as their 8 bytes.
extension Listpack {
    private static let wholeScores = -1e15...1e15

    fileprivate mutating func insert(score: Double, at position: Int) {
        if Self.wholeScores.contains(score), let integer = Int(exactly: score) {
            insert(.integer(integer), at: position)
        } else {
            withUnsafeBytes(of: score) { insert(.bytes($0), at: position) }
        }
    }

    fileprivate func score(behind member: Int) -> Double {
        switch value(at: position(after: member)) {
        case .integer(let integer): Double(integer)
        case .bytes(let bytes): bytes.loadUnaligned(as: Double.self)
        }
    }

    /// How many members come before one of this score and name.
    fileprivate func countBelow(_ score: Double, _ name: PackedValue) -> Int {
        name.withBytes { name in
            countWhile { member, memberScore in
                let memberScore = memberScore()
                guard memberScore == score else { return memberScore < score }
                return member.withBytes { $0.isBelow(name) }
            }
        }
    }

    /// The number of leading members for which the predicate is true.
    fileprivate func countWhile(_ predicate: (PackedValue, () -> Double) -> Bool) -> Int {
        var rank = 0
        var position = start
        while position < end {
            guard predicate(value(at: position), { score(behind: position) }) else { break }
            position = self.position(after: self.position(after: position))
            rank += 1
        }
        return rank
    }
}
