// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// BLPOP, BRPOP, BLMPOP, BLMOVE and BRPOPLPUSH: tried at once, and again whenever one of the keys
/// changes. The log has what was done, under the names of the commands that do not wait.
extension ListCommands {
    static func blpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try popOrWait(context, arguments, .head)
    }

    static func brpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try popOrWait(context, arguments, .tail)
    }

    private static func popOrWait(
        _ context: KeyContext, _ arguments: Arguments, _ end: ListValue.End
    ) throws(ReplyError) {
        let keys = 1..<arguments.count - 1
        let deadline = try context.deadline(arguments[arguments.count - 1])
        for index in keys {
            if try popOne(arguments[index], end, context) { return }
        }
        let names = arguments.copies(keys)
        try context.waitOrGiveUp(names, deadline, .nullArray, ListObject.self) {
            context, key throws(ReplyError) in
            try popOne(key, end, context)
        }
    }

    /// Pops one entry and replies it behind the key.
    ///
    /// - Returns: Whether there is such a list.
    private static func popOne(
        _ key: UnsafeRawBufferPointer, _ end: ListValue.End, _ context: KeyContext
    ) throws(ReplyError) -> Bool {
        guard let found: TypedEntry<ListObject> = try context.write(key) else { return false }
        context.reply.arrayHeader(2)
        context.reply.bulk(key)
        found.object.withEntry(at: end) { context.reply.bulk($0) }
        remove(1, of: found, at: end, context)
        context.effect([.word(end == .head ? "LPOP" : "RPOP"), .bytes(key)])
        return true
    }

    static func blmpop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let pop = try MultiPop<ListValue.End>(arguments, countIndex: 2)
        let deadline = try context.deadline(arguments[1])
        for index in pop.keys {
            if try popSome(arguments[index], pop.end, pop.count, context) { return }
        }
        let names = arguments.copies(pop.keys)
        let (end, count) = (pop.end, pop.count)
        try context.waitOrGiveUp(names, deadline, .nullArray, ListObject.self) {
            context, key throws(ReplyError) in
            try popSome(key, end, count, context)
        }
    }

    static func blmove(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let source = try ListValue.End(arguments[3])
        let destination = try ListValue.End(arguments[4])
        try moveOrWait(context, arguments, source, destination, timeout: 5) {
            [.word("LMOVE"), .bytes($0), .bytes($1), .word(source.word), .word(destination.word)]
        }
    }

    static func brpoplpush(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try moveOrWait(context, arguments, .tail, .head, timeout: 3) {
            [.word("RPOPLPUSH"), .bytes($0), .bytes($1)]
        }
    }

    private typealias MoveEffect =
        @Sendable (
            _ source: UnsafeRawBufferPointer, _ destination: UnsafeRawBufferPointer
        ) -> [EffectWord]

    private static func moveOrWait(
        _ context: KeyContext, _ arguments: Arguments, _ sourceEnd: ListValue.End,
        _ destinationEnd: ListValue.End, timeout: Int, effect: @escaping MoveEffect
    ) throws(ReplyError) {
        let deadline = try context.deadline(arguments[timeout])
        if try move(arguments[1], sourceEnd, arguments[2], destinationEnd, context) {
            return context.effect(effect(arguments[1], arguments[2]))
        }
        let destination = Array(arguments[2])
        try context.waitOrGiveUp(arguments.copies(1..<2), deadline, .null, ListObject.self) {
            context, source throws(ReplyError) in
            try destination.withBytes { destination throws(ReplyError) in
                guard try move(source, sourceEnd, destination, destinationEnd, context) else {
                    return false
                }
                context.effect(effect(source, destination))
                return true
            }
        }
    }
}
