// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// ZUNION, ZINTER, ZDIFF, what stores their results, and ZINTERCARD. Sets may stand where sorted
/// sets do; their members have the score 1.
extension SortedSetCommands {
    static func zunion(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try compute(.union, context, arguments, "zunion")
    }

    static func zinter(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try compute(.intersection, context, arguments, "zinter")
    }

    static func zdiff(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try compute(.difference, context, arguments, "zdiff")
    }

    private static func compute(
        _ operation: ScoreAlgebra.Operation, _ context: KeyContext, _ arguments: Arguments,
        _ name: StaticString
    ) throws(ReplyError) {
        let algebra = try ScoreAlgebra(
            operation, context, arguments, countIndex: 1, name: name, takesScores: true)
        guard context.mayVisit(algebra.memberCount) else { return }
        let result = algebra.result(context.keyspace.sortedSetLimits)
        reply(result, 0..<result.count, hasScores: algebra.hasScores, to: context.reply)
    }

    static func zunionstore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try store(.union, context, arguments, "zunionstore")
    }

    static func zinterstore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try store(.intersection, context, arguments, "zinterstore")
    }

    static func zdiffstore(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try store(.difference, context, arguments, "zdiffstore")
    }

    private static func store(
        _ operation: ScoreAlgebra.Operation, _ context: KeyContext, _ arguments: Arguments,
        _ name: StaticString
    ) throws(ReplyError) {
        let algebra = try ScoreAlgebra(
            operation, context, arguments, countIndex: 2, name: name, takesScores: false)
        guard context.mayVisit(algebra.memberCount) else { return }
        let result = SortedSetObject(algebra.result(context.keyspace.sortedSetLimits))
        context.store(result, at: arguments[1], KeyspaceEvent(name, .sortedSet))
    }

    static func zintercard(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let algebra = try ScoreAlgebra(cardinality: context, arguments)
        guard context.mayVisit(algebra.memberCount) else { return }
        context.reply.integer(algebra.intersectionCount)
    }
}
