// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// ZADD, ZSCORE, ZRANK and what else works on members of one sorted set. Ranges, popping and
/// algebra have files of their own.
enum SortedSetCommands {
    // MARK: Adding

    static func zadd(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try AddOptions(arguments)
        var scores: [Double] = []
        for index in stride(from: options.firstScore, to: arguments.count, by: 2) {
            scores.append(try score(arguments[index]))
        }
        try add(context, arguments, options, scores)
    }

    static func zincrby(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try add(context, arguments, .increment, [score(arguments[2])])
    }

    private static func score(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> Double {
        guard let score = Double(argument: argument) else {
            throw ReplyError("ERR value is not a valid float")
        }
        return score
    }

    private static func add(
        _ context: KeyContext, _ arguments: Arguments, _ options: AddOptions, _ scores: [Double]
    ) throws(ReplyError) {
        let existing: TypedEntry<SortedSetObject>? = try context.write(arguments[1])
        if existing == nil, options.mustExist {
            return options.increments ? context.reply.null() : context.reply.integer(0)
        }
        let found: TypedEntry<SortedSetObject> = try context.create(arguments[1])
        var byteCountMax = 0
        for index in stride(from: options.firstScore + 1, to: arguments.count, by: 2) {
            byteCountMax = max(byteCountMax, arguments[index].count)
        }
        let limits = context.keyspace.sortedSetLimits
        found.object.sortedSet.prepare(forAdding: scores.count, byteCountMax: byteCountMax, limits)
        var added = 0
        var changed = 0
        var last: Double?
        for (number, score) in scores.enumerated() {
            let member = arguments[options.firstScore + 1 + 2 * number]
            let old = found.object.sortedSet.score(of: member)
            last = options.newScore(old: old, given: score)
            guard let new = last else { continue }
            guard !new.isNaN else {
                throw ReplyError("ERR resulting score is not a number (NaN)")
            }
            guard new != old else { continue }
            found.object.sortedSet.set(member, score: new, limits)
            if old == nil { added += 1 } else { changed += 1 }
        }
        if added + changed > 0 {
            context.changed(found.key, options.increments ? .sortedSetIncremented : .sortedSetAdded)
        }
        if options.increments {
            if let last { context.reply.double(last) } else { context.reply.null() }
        } else {
            context.reply.integer(options.countsChanges ? added + changed : added)
        }
    }

    // MARK: Removing

    static func zrem(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let found: TypedEntry<SortedSetObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        var removed = 0
        for index in 2..<arguments.count where found.object.sortedSet.remove(arguments[index]) {
            removed += 1
        }
        if removed > 0 {
            context.changed(found.key, .sortedSetRemoved)
            context.removeIfEmpty(found)
        }
        context.reply.integer(removed)
    }

    // MARK: Reading

    static func zcard(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SortedSetObject? = try context.read(arguments[1])
        context.reply.integer(object?.sortedSet.count ?? 0)
    }

    static func zscore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SortedSetObject? = try context.read(arguments[1])
        context.reply.score(object?.sortedSet.score(of: arguments[2]))
    }

    static func zmscore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SortedSetObject? = try context.read(arguments[1])
        context.reply.arrayHeader(arguments.count - 2)
        for index in 2..<arguments.count {
            context.reply.score(object?.sortedSet.score(of: arguments[index]))
        }
    }

    static func zrank(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try rank(context, arguments, "zrank", reversed: false)
    }

    static func zrevrank(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try rank(context, arguments, "zrevrank", reversed: true)
    }

    private static func rank(
        _ context: KeyContext, _ arguments: Arguments, _ name: String, reversed: Bool
    ) throws(ReplyError) {
        guard arguments.count <= 4 else { throw .wrongArgumentCount(name) }
        let hasScore = arguments.count == 4
        guard !hasScore || arguments[3].isWord("withscore") else { throw .syntax }
        let object: SortedSetObject? = try context.read(arguments[1])
        guard let sortedSet = object?.sortedSet, let rank = sortedSet.rank(of: arguments[2]) else {
            return hasScore ? context.reply.nullArray() : context.reply.null()
        }
        if hasScore { context.reply.arrayHeader(2) }
        context.reply.integer(reversed ? sortedSet.count - 1 - rank : rank)
        if hasScore { context.reply.score(sortedSet.score(of: arguments[2])) }
    }
}

/// The options of ZADD.
private struct AddOptions {
    private(set) var mustExist = false
    private var mustNotExist = false
    private var mustBeGreater = false
    private var mustBeLess = false
    private(set) var countsChanges = false
    private(set) var increments = false
    /// The index of the first score; the first member is behind it.
    private(set) var firstScore = 2

    /// ZINCRBY.
    static let increment: AddOptions = {
        var options = AddOptions()
        options.increments = true
        return options
    }()

    private init() {}

    init(_ arguments: Arguments) throws(ReplyError) {
        while firstScore < arguments.count, take(arguments[firstScore]) { firstScore += 1 }
        let wordCount = arguments.count - firstScore
        guard wordCount > 0, wordCount.isMultiple(of: 2) else { throw .syntax }
        if mustNotExist, mustExist {
            throw ReplyError("ERR XX and NX options at the same time are not compatible")
        }
        if mustBeGreater && mustNotExist || mustBeLess && mustNotExist
            || mustBeGreater && mustBeLess
        {
            throw ReplyError(
                "ERR GT, LT, and/or NX options at the same time are not compatible")
        }
        if increments, wordCount > 2 {
            throw ReplyError("ERR INCR option supports a single increment-element pair")
        }
    }

    private mutating func take(_ word: UnsafeRawBufferPointer) -> Bool {
        if word.isWord("nx") {
            mustNotExist = true
        } else if word.isWord("xx") {
            mustExist = true
        } else if word.isWord("ch") {
            countsChanges = true
        } else if word.isWord("incr") {
            increments = true
        } else if word.isWord("gt") {
            mustBeGreater = true
        } else if word.isWord("lt") {
            mustBeLess = true
        } else {
            return false
        }
        return true
    }

    /// The score that the member has afterwards; nil if the options leave it alone.
    func newScore(old: Double?, given: Double) -> Double? {
        guard let old else { return mustExist ? nil : given }
        if mustNotExist { return nil }
        let new = increments ? old + given : given
        if mustBeGreater, new <= old { return nil }
        if mustBeLess, new >= old { return nil }
        return new
    }
}

extension ReplyWriter {
    /// A score, or null.
    func score(_ score: Double?) {
        if let score { double(score) } else { null() }
    }
}

extension KeyspaceEvent {
    static let sortedSetAdded = KeyspaceEvent("zadd", .sortedSet)
    static let sortedSetIncremented = KeyspaceEvent("zincr", .sortedSet)
    static let sortedSetRemoved = KeyspaceEvent("zrem", .sortedSet)
}
