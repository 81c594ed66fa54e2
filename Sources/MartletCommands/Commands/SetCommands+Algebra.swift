// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// SINTER, SUNION, SDIFF, what stores their results, and SINTERCARD.
extension SetCommands {
    private enum Operation {
        case intersection, union, difference
    }

    static func sinter(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try compute(.intersection, context, arguments)
    }

    static func sunion(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try compute(.union, context, arguments)
    }

    static func sdiff(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try compute(.difference, context, arguments)
    }

    static func sinterstore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try store(.intersection, context, arguments, .setIntersectionStored)
    }

    static func sunionstore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try store(.union, context, arguments, .setUnionStored)
    }

    static func sdiffstore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try store(.difference, context, arguments, .setDifferenceStored)
    }

    static func sintercard(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let (keys, limit) = try cardinalityOptions(arguments)
        guard let sets = try sets(keys, context, arguments) else { return }
        var count = 0
        visitIntersection(of: sets) { _ in
            count += 1
            return count != limit
        }
        context.reply.integer(count)
    }

    /// The keys of SINTERCARD, and the limit; 0: none.
    private static func cardinalityOptions(
        _ arguments: Arguments
    ) throws(ReplyError) -> (keys: Range<Int>, limit: Int) {
        guard let count = Int(strictDecimal: arguments[1]), count > 0 else {
            throw ReplyError("ERR numkeys should be greater than 0")
        }
        guard count <= arguments.count - 2 else {
            throw ReplyError("ERR Number of keys can't be greater than number of args")
        }
        var limit = 0
        for index in stride(from: 2 + count, to: arguments.count, by: 2) {
            guard arguments[index].isWord("limit"), index + 1 < arguments.count else {
                throw .syntax
            }
            guard let number = Int(strictDecimal: arguments[index + 1]), number >= 0 else {
                throw ReplyError("ERR LIMIT can't be negative")
            }
            limit = number
        }
        return (2..<2 + count, limit)
    }

    private static func compute(
        _ operation: Operation, _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        guard let sets = try sets(1..<arguments.count, context, arguments) else { return }
        reply(result(of: operation, sets, context), to: context.reply)
    }

    private static func store(
        _ operation: Operation, _ context: KeyContext, _ arguments: Arguments,
        _ event: KeyspaceEvent
    ) throws(ReplyError) {
        guard let sets = try sets(2..<arguments.count, context, arguments) else { return }
        context.store(SetObject(result(of: operation, sets, context)), at: arguments[1], event)
    }

    /// The sets under the keys; nil if they are too many to visit here.
    private static func sets(
        _ keys: Range<Int>, _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) -> [SetValue]? {
        var sets: [SetValue] = []
        var memberCount = 0
        for index in keys {
            let object: SetObject? = try context.read(arguments[index])
            sets.append(object?.set ?? SetValue())
            memberCount += sets.last!.count
        }
        return context.mayVisit(memberCount) ? sets : nil
    }

    private static func result(
        of operation: Operation, _ sets: [SetValue], _ context: KeyContext
    ) -> SetValue {
        let limits = context.keyspace.setLimits
        var result = SetValue()
        switch operation {
        case .intersection:
            visitIntersection(of: sets) { member in
                _ = member.withBytes { result.insert($0, limits) }
                return true
            }
        case .union:
            for set in sets {
                set.visit { member in
                    _ = member.withBytes { result.insert($0, limits) }
                    return true
                }
            }
        case .difference:
            sets[0].visit { member in
                member.withBytes { member in
                    let isElsewhere = sets.dropFirst().contains { $0.contains(member) }
                    if !isElsewhere { result.insert(member, limits) }
                }
                return true
            }
        }
        return result
    }

    /// Visits what all the sets have, until the body returns false: the members of the smallest
    /// are looked up in the others.
    private static func visitIntersection(
        of sets: [SetValue], _ body: (PackedValue) -> Bool
    ) {
        let sets = sets.sorted { $0.count < $1.count }
        sets[0].visit { member in
            let isEverywhere = member.withBytes { member in
                sets.dropFirst().allSatisfy { $0.contains(member) }
            }
            return isEverywhere ? body(member) : true
        }
    }
}
