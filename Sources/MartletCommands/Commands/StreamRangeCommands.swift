// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XRANGE and XREVRANGE.
enum StreamRangeCommands {
    static func xrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try reply(context, arguments, isReversed: false)
    }

    static func xrevrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try reply(context, arguments, isReversed: true)
    }

    private static func reply(
        _ context: KeyContext, _ arguments: Arguments, isReversed: Bool
    ) throws(ReplyError) {
        let range = try StreamIDRange(
            arguments[isReversed ? 3 : 2], arguments[isReversed ? 2 : 3])
        var limit: Int?
        var index = 4
        while index < arguments.count {
            guard arguments[index].isWord("count"), index + 1 < arguments.count else {
                throw .syntax
            }
            limit = try arguments.count(at: index + 1)
            index += 2
        }
        guard let object = try StreamCommands.find(context, KeyName(arguments[1])) else {
            return context.reply.arrayHeader(0)
        }
        if limit == 0 { return context.reply.nullArray() }
        let count = min(limit ?? .max, object.stream.count)
        guard context.mayVisit(count) else { return }
        context.reply.streamEntries(
            object.stream.range(from: range.first, through: range.last, isReversed: isReversed),
            limit: count)
    }
}
