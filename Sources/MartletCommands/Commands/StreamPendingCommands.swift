// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XPENDING.
enum StreamPendingCommands {
    /// `[IDLE min-idle-time] start end count [consumer]`.
    private struct Options {
        var minIdleTime = 0
        var range: StreamIDRange
        var limit: Int
        var consumerIndex: Int?

        init(_ arguments: Arguments) throws(ReplyError) {
            guard (6...9).contains(arguments.count) else { throw .syntax }
            var start = 3
            if arguments[3].isWord("idle") {
                guard let number = Int(strictDecimal: arguments[4]) else { throw .notAnInteger }
                guard arguments.count >= 8 else { throw .syntax }
                minIdleTime = number
                start = 5
            }
            limit = try arguments.count(at: start + 2)
            range = try StreamIDRange(arguments[start], arguments[start + 1])
            if start + 3 < arguments.count { consumerIndex = start + 3 }
        }
    }

    static func xpending(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = arguments.count == 3 ? nil : try Options(arguments)
        guard let object = try StreamCommands.find(context, KeyName(arguments[1])),
            let index = object.stream.groupIndex(named: arguments[2])
        else { throw .noGroup(arguments) }
        let group = object.stream[group: index]
        guard let options else { return replySummary(group, to: context.reply) }
        var consumer: UInt32?
        if let index = options.consumerIndex {
            consumer = group.consumerNumber(named: arguments[index])
            if consumer == nil { return context.reply.arrayHeader(0) }
        }
        let visitCount = options.minIdleTime == 0 ? options.limit : .max
        guard context.mayVisit(min(visitCount, group.pendingCount)) else { return }
        replyEntries(group, options, of: consumer, to: context)
    }

    private static func replySummary(_ group: ConsumerGroup, to reply: ReplyWriter) {
        reply.arrayHeader(4)
        reply.integer(group.pendingCount)
        guard let first = group.firstPending, let last = group.lastPending else {
            reply.null()
            reply.null()
            return reply.nullArray()
        }
        reply.streamID(first.id)
        reply.streamID(last.id)
        let numbers = group.consumerNumbers.filter { group[consumer: $0].pendingCount > 0 }
        reply.arrayHeader(numbers.count)
        for number in numbers {
            reply.arrayHeader(2)
            reply.bulk(group[consumer: number].name)
            reply.bulk(decimal: group[consumer: number].pendingCount)
        }
    }

    private static func replyEntries(
        _ group: ConsumerGroup, _ options: Options, of consumer: UInt32?, to context: KeyContext
    ) {
        let now = context.now
        var entries: [PendingEntry] = []
        var start: StreamID? = options.range.first
        while entries.count < options.limit, let id = start,
            let entry = group.firstPending(notBelow: id, ofAnyOr: consumer),
            entry.id <= options.range.last
        {
            if now - entry.deliveryTime >= options.minIdleTime { entries.append(entry) }
            start = entry.id.successor
        }
        let reply = context.reply
        reply.arrayHeader(entries.count)
        for entry in entries {
            reply.arrayHeader(4)
            reply.streamID(entry.id)
            reply.bulk(group[consumer: entry.consumer].name)
            reply.integer(max(now - entry.deliveryTime, 0))
            reply.integer(Int(entry.deliveryCount))
        }
    }
}

extension ConsumerGroup {
    /// The first entry from `id` on that is pending, for a consumer if one is given.
    func firstPending(notBelow id: StreamID, ofAnyOr consumer: UInt32?) -> PendingEntry? {
        guard let consumer else { return firstPending(notBelow: id) }
        return firstPending(notBelow: id, of: consumer)
    }
}
