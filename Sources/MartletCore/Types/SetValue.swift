// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A set: numbers in ascending order while it has nothing else, packed members while it is
/// small, a table when it has grown. It does not become small again, as in Redis.
///
/// It is a value: a copy costs nothing and stays as it was.
package struct SetValue: Sendable {
    /// By Redis's names (OBJECT ENCODING).
    package enum Encoding: Sendable {
        case intset
        case listpack
        case hashtable

        var name: StaticString {
            switch self {
            case .intset: "intset"
            case .listpack: "listpack"
            case .hashtable: "hashtable"
            }
        }
    }

    package private(set) var encoding = Encoding.intset
    // The members are in the one that `encoding` says; the others are empty.
    private var integers: ContiguousArray<Int> = []
    private var packed = Listpack()
    private var table: Boxed<MemberTable>?

    package init() {}

    package var count: Int {
        switch encoding {
        case .intset: integers.count
        case .listpack: packed.count
        case .hashtable: table!.value.count
        }
    }

    // MARK: One member

    package func contains(_ member: UnsafeRawBufferPointer) -> Bool {
        switch encoding {
        case .intset: PackedValue.integer(member).map { find($0).isFound } ?? false
        case .listpack: packed.position(of: PackedValue(member)) != nil
        case .hashtable: table!.value.find(member) != nil
        }
    }

    /// Adds a member, whose bytes must not lie in this set.
    ///
    /// - Returns: Whether it is new.
    @discardableResult
    package mutating func insert(_ member: UnsafeRawBufferPointer, _ limits: SetLimits) -> Bool {
        let value = PackedValue(member)
        switch encoding {
        case .intset:
            if case .integer(let integer) = value { return insert(integer, limits) }
            let byteCountMax = max(member.count, integersByteCountMax)
            let isSmall =
                integers.count < limits.packedCountMax && byteCountMax <= limits.packedByteCountMax
            convert(to: isSmall ? .listpack : .hashtable)
            return insert(member, limits)
        case .listpack:
            guard packed.position(of: value) == nil else { return false }
            if packed.count < limits.packedCountMax, member.count <= limits.packedByteCountMax,
                packed.hasRoom(for: member.count)
            {
                packed.append(value)
                return true
            }
            convert(to: .hashtable)
            return insert(member, limits)
        case .hashtable:
            let hash = MemberTable.hash(of: member)
            guard table!.value.find(member, hash: hash) == nil else { return false }
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            table!.value.insert(.make(member, nothing), hash: hash)
            return true
        }
    }

    /// The most digits that a number has.
    private var integersByteCountMax: Int {
        guard let least = integers.first, let greatest = integers.last else { return 0 }
        return max(Decimal.byteCount(least), Decimal.byteCount(greatest))
    }

    private mutating func insert(_ integer: Int, _ limits: SetLimits) -> Bool {
        let (index, isFound) = find(integer)
        guard !isFound else { return false }
        integers.insert(integer, at: index)
        if integers.count > limits.integerCountMax { convert(to: .hashtable) }
        return true
    }

    /// - Returns: Whether it was a member.
    @discardableResult
    package mutating func remove(_ member: UnsafeRawBufferPointer) -> Bool {
        switch encoding {
        case .intset:
            guard let integer = PackedValue.integer(member) else { return false }
            let (index, isFound) = find(integer)
            if isFound { integers.remove(at: index) }
            return isFound
        case .listpack:
            guard let position = packed.position(of: PackedValue(member)) else { return false }
            packed.remove(at: position)
            return true
        case .hashtable:
            return table!.value.remove(member, hash: MemberTable.hash(of: member)) != nil
        }
    }

    private func find(_ integer: Int) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = integers.count
        while low < high {
            let middle = (low + high) / 2
            if integers[middle] < integer { low = middle + 1 } else { high = middle }
        }
        return (low, low < integers.count && integers[low] == integer)
    }

    // MARK: Encoding

    /// Chooses the encoding for so many members to come, as Redis does: an empty set for all of
    /// them, by the first one; another one becomes a table if they alone are too many.
    package mutating func prepare(
        forAdding memberCount: Int, first: UnsafeRawBufferPointer, _ limits: SetLimits
    ) {
        switch encoding {
        case .intset:
            let areFew = memberCount <= limits.integerCountMax
            if areFew, !integers.isEmpty || PackedValue.integer(first) != nil { return }
            let isPacked = integers.isEmpty && memberCount <= limits.packedCountMax
            convert(to: isPacked ? .listpack : .hashtable)
        case .listpack:
            if memberCount > limits.packedCountMax { convert(to: .hashtable) }
        case .hashtable:
            break
        }
    }

    private mutating func convert(to encoding: Encoding) {
        var packed = Listpack()
        var table = encoding == .hashtable ? MemberTable() : nil
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        visit { member in
            if encoding == .listpack {
                packed.append(member)
            } else {
                member.withBytes {
                    table!.insert(.make($0, nothing), hash: MemberTable.hash(of: $0))
                }
            }
            return true
        }
        integers = []
        self.packed = packed
        self.table = table.map(Boxed.init)
        self.encoding = encoding
    }

    // MARK: Many members

    /// Visits all members until the body returns false.
    package func visit(_ body: (PackedValue) -> Bool) {
        switch encoding {
        case .intset:
            for integer in integers {
                guard body(.integer(integer)) else { return }
            }
        case .listpack:
            var position = packed.start
            while position < packed.end {
                guard body(packed.value(at: position)) else { return }
                position = packed.position(after: position)
            }
        case .hashtable:
            table!.value.visit { body(.bytes($0.name)) }
        }
    }

    /// SSCAN: visits some members. A small set is visited at once.
    ///
    /// - Returns: The cursor to go on from; 0 at the end.
    package func scan(from cursor: UInt64, _ body: (PackedValue) -> Void) -> UInt64 {
        if let table { return table.value.scan(from: cursor) { body(.bytes($0.name)) } }
        visit {
            body($0)
            return true
        }
        return 0
    }

    /// Calls the body with a member, each as likely as any other. The set must not be empty.
    package func withRandomMember<Result>(
        using random: inout some RandomNumberGenerator, _ body: (PackedValue) -> Result
    ) -> Result {
        switch encoding {
        case .intset:
            return body(.integer(integers.randomElement(using: &random)!))
        case .listpack:
            let index = Int.random(in: 0..<packed.count, using: &random)
            return body(packed.value(at: packed.position(ofEntry: index)))
        case .hashtable:
            let entry = table!.value.randomEntry(using: &random)
            return withExtendedLifetime(entry) { body(.bytes(entry.name)) }
        }
    }
}
