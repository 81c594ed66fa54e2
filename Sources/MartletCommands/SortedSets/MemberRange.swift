// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// What a client names of a sorted set: ranks, scores or names between two bounds. It becomes a
/// range of ranks.
enum MemberRange {
    case ranks(Int, Int)
    case scores(ScoreBound, ScoreBound)
    case names(NameBound, NameBound)

    static func ranks(
        _ first: UnsafeRawBufferPointer, _ last: UnsafeRawBufferPointer
    ) throws(ReplyError) -> MemberRange {
        guard let first = Int(strictDecimal: first), let last = Int(strictDecimal: last) else {
            throw .notAnInteger
        }
        return .ranks(first, last)
    }

    static func scores(
        _ lower: UnsafeRawBufferPointer, _ upper: UnsafeRawBufferPointer
    ) throws(ReplyError) -> MemberRange {
        guard let lower = ScoreBound(lower), let upper = ScoreBound(upper) else {
            throw ReplyError("ERR min or max is not a float")
        }
        return .scores(lower, upper)
    }

    static func names(
        _ lower: UnsafeRawBufferPointer, _ upper: UnsafeRawBufferPointer
    ) throws(ReplyError) -> MemberRange {
        guard let lower = NameBound(lower), let upper = NameBound(upper) else {
            throw ReplyError("ERR min or max not valid string range item")
        }
        return .names(lower, upper)
    }

    /// The ranks of the members in the range; those of a reversed set for `.ranks`, if that is
    /// asked for.
    func ranks(in sortedSet: SortedSetValue, reversed: Bool = false) -> Range<Int> {
        let (lower, upper): (Int, Int)
        switch self {
        case .ranks(let first, let last):
            let count = sortedSet.count
            let range = IndexRange(first, last, count: count)
            guard reversed else { return range.lowerBound..<range.upperBound }
            return count - range.upperBound..<count - range.lowerBound
        case .scores(let from, let to):
            lower = sortedSet.countBelow(score: from.score, orEqual: from.isExclusive)
            upper = sortedSet.countBelow(score: to.score, orEqual: !to.isExclusive)
        case .names(let from, let to):
            lower = from.rank(in: sortedSet, isLower: true)
            upper = to.rank(in: sortedSet, isLower: false)
        }
        return lower < upper ? lower..<upper : 0..<0
    }
}

/// A score, and whether it belongs to the range itself.
struct ScoreBound {
    let score: Double
    let isExclusive: Bool

    /// As Redis's `zslParseRange`.
    init?(_ argument: UnsafeRawBufferPointer) {
        isExclusive = argument.first == UInt8(ascii: "(")
        let rest = UnsafeRawBufferPointer(rebasing: argument.dropFirst(isExclusive ? 1 : 0))
        guard let score = Double(lenient: rest, limited: false) else { return nil }
        self.score = score
    }
}

/// A name, and whether it belongs to the range itself; or before or behind all names.
enum NameBound {
    case first
    case last
    case inclusive(UnsafeRawBufferPointer)
    case exclusive(UnsafeRawBufferPointer)

    init?(_ argument: UnsafeRawBufferPointer) {
        let rest = UnsafeRawBufferPointer(rebasing: argument.dropFirst())
        switch argument.first {
        case UInt8(ascii: "-") where rest.isEmpty: self = .first
        case UInt8(ascii: "+") where rest.isEmpty: self = .last
        case UInt8(ascii: "["): self = .inclusive(rest)
        case UInt8(ascii: "("): self = .exclusive(rest)
        default: return nil
        }
    }

    /// The rank of the first member behind the bound.
    fileprivate func rank(in sortedSet: SortedSetValue, isLower: Bool) -> Int {
        switch self {
        case .first: 0
        case .last: sortedSet.count
        case .inclusive(let name): sortedSet.countBelow(name: name, orEqual: !isLower)
        case .exclusive(let name): sortedSet.countBelow(name: name, orEqual: isLower)
        }
    }
}
