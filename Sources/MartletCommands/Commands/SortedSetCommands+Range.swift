// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// ZRANGE and its older kin, ZRANGESTORE, ZCOUNT, ZLEXCOUNT and ZREMRANGEBY….
extension SortedSetCommands {
    static func zrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try range(context, arguments, RangeQuery(arguments, first: 2))
    }

    static func zrevrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try range(context, arguments, RangeQuery(arguments, first: 2, kind: .rank, reversed: true))
    }

    static func zrangebyscore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try range(
            context, arguments, RangeQuery(arguments, first: 2, kind: .score, reversed: false))
    }

    static func zrevrangebyscore(
        _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        try range(context, arguments, RangeQuery(arguments, first: 2, kind: .score, reversed: true))
    }

    static func zrangebylex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try range(context, arguments, RangeQuery(arguments, first: 2, kind: .name, reversed: false))
    }

    static func zrevrangebylex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try range(context, arguments, RangeQuery(arguments, first: 2, kind: .name, reversed: true))
    }

    private static func range(
        _ context: KeyContext, _ arguments: Arguments, _ query: RangeQuery
    ) throws(ReplyError) {
        let object: SortedSetObject? = try context.read(arguments[1])
        let sortedSet = object?.sortedSet ?? SortedSetValue()
        let ranks = query.ranks(in: sortedSet)
        guard context.mayVisit(ranks.count) else { return }
        reply(
            sortedSet, ranks, reversed: query.isReversed, hasScores: query.hasScores,
            to: context.reply)
    }

    /// Writes members, each with its score if it is asked for; in RESP3 these are pairs.
    static func reply(
        _ sortedSet: SortedSetValue, _ ranks: Range<Int>, reversed: Bool = false, hasScores: Bool,
        to reply: ReplyWriter
    ) {
        let isFlat = hasScores && reply.version == .resp2
        reply.arrayHeader(isFlat ? ranks.count * 2 : ranks.count)
        sortedSet.visit(ranks, reversed: reversed) { member, score in
            if hasScores, !isFlat { reply.arrayHeader(2) }
            reply.bulk(member)
            if hasScores { reply.double(score) }
        }
    }

    static func zrangestore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let query = try RangeQuery(arguments, first: 3, storing: true)
        let object: SortedSetObject? = try context.read(arguments[2])
        let sortedSet = object?.sortedSet ?? SortedSetValue()
        let ranks = query.ranks(in: sortedSet)
        guard context.mayVisit(ranks.count) else { return }
        let limits = context.keyspace.sortedSetLimits
        var result = SortedSetValue()
        result.prepare(forAdding: ranks.count, byteCountMax: 0, limits)
        sortedSet.visit(ranks) { member, score in
            member.withBytes { result.set($0, score: score, limits) }
        }
        context.store(SortedSetObject(result), at: arguments[1], .sortedSetRangeStored)
    }

    // MARK: Counting and removing

    static func zcount(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try count(.scores(arguments[2], arguments[3]), context, arguments)
    }

    static func zlexcount(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try count(.names(arguments[2], arguments[3]), context, arguments)
    }

    private static func count(
        _ range: MemberRange, _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        let object: SortedSetObject? = try context.read(arguments[1])
        context.reply.integer(object.map { range.ranks(in: $0.sortedSet).count } ?? 0)
    }

    static func zremrangebyrank(
        _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        try remove(
            .ranks(arguments[2], arguments[3]), context, arguments, .sortedSetRanksRemoved)
    }

    static func zremrangebyscore(
        _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        try remove(
            .scores(arguments[2], arguments[3]), context, arguments, .sortedSetScoresRemoved)
    }

    static func zremrangebylex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try remove(
            .names(arguments[2], arguments[3]), context, arguments, .sortedSetNamesRemoved)
    }

    private static func remove(
        _ range: MemberRange, _ context: KeyContext, _ arguments: Arguments,
        _ event: KeyspaceEvent
    ) throws(ReplyError) {
        guard let found: TypedEntry<SortedSetObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        let ranks = range.ranks(in: found.object.sortedSet)
        guard context.mayVisit(ranks.count) else { return }
        found.object.sortedSet.remove(ranks: ranks)
        if !ranks.isEmpty {
            context.changed(found.key, event)
            context.removeIfEmpty(found)
        }
        context.reply.integer(ranks.count)
    }
}

/// The range and the options of ZRANGE and its kin.
private struct RangeQuery {
    enum Kind {
        case rank, score, name
    }

    private let range: MemberRange
    let isReversed: Bool
    private(set) var hasScores = false
    /// Of what is in the range; nil means all.
    private var limit: (offset: Int, count: Int)?

    /// - Parameters:
    ///   - first: where the bounds are.
    ///   - kind: nil if options tell it and the direction.
    init(
        _ arguments: Arguments, first: Int, kind: Kind? = nil, reversed: Bool? = nil,
        storing: Bool = false
    ) throws(ReplyError) {
        var (kind, reversed) = (kind, reversed)
        let (hasKind, hasDirection) = (kind != nil, reversed != nil)
        var index = first + 2
        while index < arguments.count {
            let option = arguments[index]
            if !storing, option.isWord("withscores") {
                hasScores = true
            } else if option.isWord("limit"), index + 2 < arguments.count {
                guard let offset = Int(strictDecimal: arguments[index + 1]),
                    let count = Int(strictDecimal: arguments[index + 2])
                else { throw .notAnInteger }
                limit = (offset, count)
                index += 2
            } else if !hasDirection, option.isWord("rev") {
                reversed = true
            } else if !hasKind, option.isWord("bylex") {
                kind = .name
            } else if !hasKind, option.isWord("byscore") {
                kind = .score
            } else {
                throw .syntax
            }
            index += 1
        }
        isReversed = reversed ?? false
        // The bounds of a reversed range of scores or names are given from above.
        let (lower, upper) = isReversed ? (first + 1, first) : (first, first + 1)
        switch kind ?? .rank {
        case .rank:
            if let limit, limit.count != -1 {
                throw ReplyError(
                    "ERR syntax error, LIMIT is only supported in combination with either "
                        + "BYSCORE or BYLEX")
            }
            range = try .ranks(arguments[first], arguments[first + 1])
            limit = nil
        case .score:
            range = try .scores(arguments[lower], arguments[upper])
        case .name:
            if hasScores {
                throw ReplyError(
                    "ERR syntax error, WITHSCORES not supported in combination with BYLEX")
            }
            range = try .names(arguments[lower], arguments[upper])
        }
    }

    /// The ranks of the members that are asked for.
    func ranks(in sortedSet: SortedSetValue) -> Range<Int> {
        let ranks = range.ranks(in: sortedSet, reversed: isReversed)
        guard let (offset, count) = limit else { return ranks }
        guard offset >= 0, offset < ranks.count else { return 0..<0 }
        let taken = count < 0 ? ranks.count - offset : min(count, ranks.count - offset)
        let lower = isReversed ? ranks.upperBound - offset - taken : ranks.lowerBound + offset
        return lower..<lower + taken
    }
}

extension SortedSetValue {
    /// Visits the members of a range of ranks, from its lower or, reversed, its upper end.
    func visit(
        _ ranks: Range<Int>, reversed: Bool = false, _ body: (PackedValue, Double) -> Void
    ) {
        guard !ranks.isEmpty else { return }
        var rest = ranks.count
        visit(from: reversed ? ranks.upperBound - 1 : ranks.lowerBound, reversed: reversed) {
            body($0, $1)
            rest -= 1
            return rest > 0
        }
    }
}

extension KeyspaceEvent {
    static let sortedSetRangeStored = KeyspaceEvent("zrangestore", .sortedSet)
    static let sortedSetRanksRemoved = KeyspaceEvent("zremrangebyrank", .sortedSet)
    static let sortedSetScoresRemoved = KeyspaceEvent("zremrangebyscore", .sortedSet)
    static let sortedSetNamesRemoved = KeyspaceEvent("zremrangebylex", .sortedSet)
}
