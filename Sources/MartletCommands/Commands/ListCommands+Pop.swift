// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// LPOP, RPOP, LMPOP, LMOVE and RPOPLPUSH.
extension ListCommands {
    static func lpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try pop(context, arguments, .head)
    }

    static func rpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try pop(context, arguments, .tail)
    }

    private static func pop(
        _ context: KeyContext, _ arguments: Arguments, _ end: ListValue.End
    ) throws(ReplyError) {
        guard arguments.count <= 3 else {
            throw .wrongArgumentCount(end == .head ? "lpop" : "rpop")
        }
        guard arguments.count == 3 else {
            guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
                return context.reply.null()
            }
            found.object.withEntry(at: end) { context.reply.bulk($0) }
            return remove(1, of: found, at: end, context)
        }
        let limit = try context.positiveInteger(arguments[2])
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            return context.reply.nullArray()
        }
        let count = min(limit, found.object.count)
        guard context.mayVisit(count) else { return }
        guard count > 0 else { return context.reply.arrayHeader(0) }
        take(count, of: found, at: end, context)
    }

    /// Writes so many entries and removes them.
    static func take(
        _ count: Int, of found: TypedEntry<ListObject>, at end: ListValue.End,
        _ context: KeyContext
    ) {
        reply(
            found.object.list, from: end == .head ? 0 : found.object.count - 1, count: count,
            reversed: end == .tail, to: context.reply)
        remove(count, of: found, at: end, context)
    }

    static func remove(
        _ count: Int, of found: TypedEntry<ListObject>, at end: ListValue.End,
        _ context: KeyContext
    ) {
        found.object.remove(count, at: end, context.keyspace.listLimits)
        context.changed(found.key, end == .head ? .poppedLeft : .poppedRight)
        context.removeIfEmpty(found)
    }

    // MARK: Several keys

    static func lmpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let pop = try MultiPop<ListValue.End>(arguments, countIndex: 1)
        for index in pop.keys {
            if try popSome(arguments[index], pop.end, pop.count, context) { return }
        }
        context.reply.nullArray()
    }

    /// Pops from a list for LMPOP, and replies.
    ///
    /// - Returns: Whether there is such a list.
    static func popSome(
        _ key: UnsafeRawBufferPointer, _ end: ListValue.End, _ countMax: Int, _ context: KeyContext
    ) throws(ReplyError) -> Bool {
        guard let found: TypedEntry<ListObject> = try context.write(key) else { return false }
        let count = min(countMax, found.object.count)
        guard context.mayVisit(count) else { return true }
        context.reply.arrayHeader(2)
        context.reply.bulk(key)
        take(count, of: found, at: end, context)
        context.effect([.word(end == .head ? "LPOP" : "RPOP"), .bytes(key), .integer(count)])
        return true
    }

    // MARK: Moving

    static func lmove(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let source = try ListValue.End(arguments[3])
        let destination = try ListValue.End(arguments[4])
        if try !move(arguments[1], source, arguments[2], destination, context) {
            context.reply.null()
        }
    }

    static func rpoplpush(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        if try !move(arguments[1], .tail, arguments[2], .head, context) { context.reply.null() }
    }

    /// Moves an entry and replies it.
    ///
    /// - Returns: Whether there is a source.
    static func move(
        _ source: UnsafeRawBufferPointer, _ sourceEnd: ListValue.End,
        _ destination: UnsafeRawBufferPointer, _ destinationEnd: ListValue.End,
        _ context: KeyContext
    ) throws(ReplyError) -> Bool {
        guard let from: TypedEntry<ListObject> = try context.write(source) else { return false }
        let to: TypedEntry<ListObject> = try context.create(destination)
        // A copy, since it may go to the list that it comes from.
        var entry: [UInt8] = []
        from.object.withEntry(at: sourceEnd) { entry = $0.copy }
        context.reply.bulk(entry)
        if from.object !== to.object || sourceEnd != destinationEnd {
            let limits = context.keyspace.listLimits
            to.object.prepare(forAdding: 1, byteCount: entry.count, limits)
            entry.withUnsafeBytes { to.object.push($0, at: destinationEnd, limits) }
            from.object.remove(1, at: sourceEnd, limits)
        }
        context.changed(to.key, destinationEnd == .head ? .pushedLeft : .pushedRight)
        context.changed(from.key, sourceEnd == .head ? .poppedLeft : .poppedRight)
        context.removeIfEmpty(from)
        return true
    }
}

extension ListValue.End: PopEnd {
    init(_ argument: UnsafeRawBufferPointer) throws(ReplyError) {
        if argument.isWord("left") {
            self = .head
        } else if argument.isWord("right") {
            self = .tail
        } else {
            throw .syntax
        }
    }

    var word: StaticString { self == .head ? "LEFT" : "RIGHT" }
}
