// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// ZPOPMIN, ZPOPMAX, ZMPOP, and those of their kin that wait.
extension SortedSetCommands {
    /// From which end members are popped.
    enum End: PopEnd {
        case min
        case max

        init(_ argument: UnsafeRawBufferPointer) throws(ReplyError) {
            if argument.isWord("min") {
                self = .min
            } else if argument.isWord("max") {
                self = .max
            } else {
                throw .syntax
            }
        }

        fileprivate var popCommand: StaticString { self == .min ? "ZPOPMIN" : "ZPOPMAX" }

        fileprivate var event: KeyspaceEvent { self == .min ? .poppedMin : .poppedMax }

        /// The ranks of so many members at the end.
        fileprivate func ranks(_ count: Int, of memberCount: Int) -> Range<Int> {
            self == .min ? 0..<count : memberCount - count..<memberCount
        }
    }

    static func zpopmin(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try pop(context, arguments, .min)
    }

    static func zpopmax(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try pop(context, arguments, .max)
    }

    private static func pop(
        _ context: KeyContext, _ arguments: Arguments, _ end: End
    ) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .syntax }
        let hasCount = arguments.count == 3
        let limit = hasCount ? try context.positiveInteger(arguments[2]) : 1
        guard let found: TypedEntry<SortedSetObject> = try context.write(arguments[1]), limit > 0
        else { return context.reply.arrayHeader(0) }
        let count = min(limit, found.object.sortedSet.count)
        guard context.mayVisit(count) else { return }
        let isNested = hasCount && context.reply.version == .resp3
        context.reply.arrayHeader(isNested ? count : count * 2)
        take(count, of: found, end, isNested: isNested, context)
    }

    /// Writes members with their scores and removes them.
    private static func take(
        _ count: Int, of found: TypedEntry<SortedSetObject>, _ end: End, isNested: Bool,
        _ context: KeyContext
    ) {
        let ranks = end.ranks(count, of: found.object.sortedSet.count)
        found.object.sortedSet.visit(ranks, reversed: end == .max) { member, score in
            if isNested { context.reply.arrayHeader(2) }
            context.reply.bulk(member)
            context.reply.double(score)
        }
        found.object.sortedSet.remove(ranks: ranks)
        context.changed(found.key, end.event)
        context.removeIfEmpty(found)
    }

    // MARK: Several keys

    static func zmpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let pop = try MultiPop<End>(arguments, countIndex: 1)
        for index in pop.keys {
            if try popSome(arguments[index], pop.end, pop.count, context) { return }
        }
        context.reply.nullArray()
    }

    /// Pops for ZMPOP, and replies.
    ///
    /// - Returns: Whether there is such a sorted set.
    private static func popSome(
        _ key: UnsafeRawBufferPointer, _ end: End, _ countMax: Int, _ context: KeyContext
    ) throws(ReplyError) -> Bool {
        guard let found: TypedEntry<SortedSetObject> = try context.write(key) else {
            return false
        }
        let count = min(countMax, found.object.sortedSet.count)
        guard context.mayVisit(count) else { return true }
        context.reply.arrayHeader(2)
        context.reply.bulk(key)
        context.reply.arrayHeader(count)
        take(count, of: found, end, isNested: true, context)
        context.effect([.word(end.popCommand), .bytes(key), .integer(count)])
        return true
    }

    // MARK: Waiting

    static func bzpopmin(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try popOrWait(context, arguments, .min)
    }

    static func bzpopmax(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try popOrWait(context, arguments, .max)
    }

    private static func popOrWait(
        _ context: KeyContext, _ arguments: Arguments, _ end: End
    ) throws(ReplyError) {
        let keys = 1..<arguments.count - 1
        let deadline = try context.deadline(arguments[arguments.count - 1])
        for index in keys {
            if try popOne(arguments[index], end, context) { return }
        }
        let names = arguments.copies(keys)
        try context.waitOrGiveUp(names, deadline, .nullArray, SortedSetObject.self) {
            context, key throws(ReplyError) in
            try popOne(key, end, context)
        }
    }

    /// Pops one member and replies it behind the key.
    ///
    /// - Returns: Whether there is such a sorted set.
    private static func popOne(
        _ key: UnsafeRawBufferPointer, _ end: End, _ context: KeyContext
    ) throws(ReplyError) -> Bool {
        guard let found: TypedEntry<SortedSetObject> = try context.write(key) else {
            return false
        }
        context.reply.arrayHeader(3)
        context.reply.bulk(key)
        take(1, of: found, end, isNested: false, context)
        context.effect([.word(end.popCommand), .bytes(key)])
        return true
    }

    static func bzmpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let pop = try MultiPop<End>(arguments, countIndex: 2)
        let deadline = try context.deadline(arguments[1])
        for index in pop.keys {
            if try popSome(arguments[index], pop.end, pop.count, context) { return }
        }
        let names = arguments.copies(pop.keys)
        let (end, count) = (pop.end, pop.count)
        try context.waitOrGiveUp(names, deadline, .nullArray, SortedSetObject.self) {
            context, key throws(ReplyError) in
            try popSome(key, end, count, context)
        }
    }
}

extension KeyspaceEvent {
    fileprivate static let poppedMin = KeyspaceEvent("zpopmin", .sortedSet)
    fileprivate static let poppedMax = KeyspaceEvent("zpopmax", .sortedSet)
}
