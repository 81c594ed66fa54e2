// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XINFO.
enum StreamInfoCommands {
    // MARK: XINFO STREAM

    private static let defaultLimit = 10

    static func stream(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let object = try StreamCommands.find(context, KeyName(arguments[2])) else {
            throw .noSuchKey
        }
        guard arguments.count > 3 else { return replyStream(object, to: context) }
        guard arguments.count == 4 || arguments.count == 6, arguments[3].isWord("full") else {
            throw .wrongSubcommandUse(arguments)
        }
        var limit = defaultLimit
        if arguments.count == 6 {
            guard arguments[4].isWord("count") else { throw .wrongSubcommandUse(arguments) }
            guard let number = Int(strictDecimal: arguments[5]) else { throw .notAnInteger }
            limit = number < 0 ? defaultLimit : number
        }
        if limit == 0 { limit = .max }
        let pendingCount = object.stream.groups.reduce(0) { $0 + $1.pendingCount }
        let visitCount = min(limit, object.stream.count) + min(limit, pendingCount)
        guard context.mayVisit(visitCount) else { return }
        replyFull(object, limit: limit, to: context)
    }

    private static func replyStream(_ object: StreamObject, to context: KeyContext) {
        let reply = context.reply
        replyFacts(object, furtherCount: 3, to: context)
        reply.bulk("groups")
        reply.integer(object.stream.groups.count)
        reply.bulk("first-entry")
        reply.firstEntry(of: object, isReversed: false)
        reply.bulk("last-entry")
        reply.firstEntry(of: object, isReversed: true)
    }

    /// What XINFO STREAM says with FULL and without.
    private static func replyFacts(
        _ object: StreamObject, furtherCount: Int, to context: KeyContext
    ) {
        let reply = context.reply
        let isIdempotent = object.stream.idempotency.isUsed
        reply.mapHeader(7 + (isIdempotent ? 6 : 0) + furtherCount)
        reply.field("length", object.stream.count)
        // Redis's radix tree has a key for each block, and at the least a node for each.
        reply.field("radix-tree-keys", object.stream.blockCount)
        reply.field("radix-tree-nodes", object.stream.blockCount + 1)
        reply.field("last-generated-id", object.stream.lastID)
        reply.field("max-deleted-entry-id", object.stream.maxDeletedID)
        reply.field("entries-added", object.stream.entriesAdded)
        reply.field("recorded-first-entry-id", object.stream.firstEntryID)
        guard isIdempotent else { return }
        object.stream.idempotency.expire(now: context.now)
        let idempotency = object.stream.idempotency
        reply.field("idmp-duration", idempotency.duration)
        reply.field("idmp-maxsize", idempotency.countMax)
        reply.field("pids-tracked", idempotency.counts.producers)
        reply.field("iids-tracked", idempotency.counts.messages)
        reply.field("iids-added", idempotency.addedCount)
        reply.field("iids-duplicates", idempotency.duplicateCount)
    }

    // MARK: XINFO STREAM FULL

    private static func replyFull(_ object: StreamObject, limit: Int, to context: KeyContext) {
        let reply = context.reply
        replyFacts(object, furtherCount: 2, to: context)
        reply.bulk("entries")
        reply.streamEntries(
            object.stream.range(from: .zero, through: .max),
            limit: min(limit, object.stream.count))
        reply.bulk("groups")
        reply.arrayHeader(object.stream.groups.count)
        for index in object.stream.groups.indices {
            let group = object.stream[group: index]
            reply.mapHeader(7)
            reply.field("name", group.name)
            reply.field("last-delivered-id", group.lastDeliveredID)
            reply.field("entries-read", group.entriesRead)
            reply.field("lag", object.stream.lag(ofGroup: index))
            reply.field("pel-count", group.pendingCount)
            reply.bulk("pending")
            reply.pendingEntries(of: group, limit: limit)
            reply.bulk("consumers")
            reply.arrayHeader(group.consumerNumbers.count)
            for number in group.consumerNumbers {
                let consumer = group[consumer: number]
                reply.mapHeader(5)
                reply.field("name", consumer.name)
                reply.field("seen-time", consumer.seenTime)
                reply.field("active-time", consumer.activeTime)
                reply.field("pel-count", consumer.pendingCount)
                reply.bulk("pending")
                reply.pendingEntries(of: group, consumer: number, limit: limit)
            }
        }
    }

    // MARK: XINFO GROUPS, CONSUMERS

    static func groups(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let object = try StreamCommands.find(context, KeyName(arguments[2])) else {
            throw .noSuchKey
        }
        let reply = context.reply
        reply.arrayHeader(object.stream.groups.count)
        for index in object.stream.groups.indices {
            let group = object.stream[group: index]
            reply.mapHeader(6)
            reply.field("name", group.name)
            reply.field("consumers", group.consumerNumbers.count)
            reply.field("pending", group.pendingCount)
            reply.field("last-delivered-id", group.lastDeliveredID)
            reply.field("entries-read", group.entriesRead)
            reply.field("lag", object.stream.lag(ofGroup: index))
        }
    }

    static func consumers(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let object = try StreamCommands.find(context, KeyName(arguments[2])) else {
            throw .noSuchKey
        }
        guard let index = object.stream.groupIndex(named: arguments[3]) else {
            throw .noGroup(arguments[3], ofKey: arguments[2])
        }
        let group = object.stream[group: index]
        let reply = context.reply
        let now = context.now
        reply.arrayHeader(group.consumerNumbers.count)
        for number in group.consumerNumbers {
            let consumer = group[consumer: number]
            reply.mapHeader(4)
            reply.field("name", consumer.name)
            reply.field("pending", consumer.pendingCount)
            reply.field("idle", max(now - consumer.seenTime, 0))
            reply.field("inactive", consumer.activeTime == -1 ? -1 : now - consumer.activeTime)
        }
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "CONSUMERS <key> <groupname>",
                "    Show consumers of <groupname>.",
                "GROUPS <key>",
                "    Show the stream consumer groups.",
                "STREAM <key> [FULL [COUNT <count>]",
                "    Show information about the stream.",
            ])
    }
}

extension ReplyWriter {
    fileprivate func field(_ name: String, _ value: Int) {
        bulk(name)
        integer(value)
    }

    fileprivate func field(_ name: String, _ value: Int?) {
        bulk(name)
        if let value { integer(value) } else { null() }
    }

    fileprivate func field(_ name: String, _ value: StreamID) {
        bulk(name)
        streamID(value)
    }

    fileprivate func field(_ name: String, _ value: [UInt8]) {
        bulk(name)
        bulk(value)
    }

    fileprivate func firstEntry(of object: StreamObject, isReversed: Bool) {
        var cursor = object.stream.range(from: .zero, through: .max, isReversed: isReversed)
        if let entry = cursor.next() { streamEntry(entry) } else { null() }
    }

    /// The first entries that are pending in a group: the ID, the consumer if none is given, when
    /// it was delivered last, and how often.
    fileprivate func pendingEntries(
        of group: ConsumerGroup, consumer: UInt32? = nil, limit: Int
    ) {
        let count = consumer.map { group[consumer: $0].pendingCount } ?? group.pendingCount
        arrayHeader(min(count, limit))
        var next = group.firstPending(notBelow: .zero, ofAnyOr: consumer)
        for _ in 0..<min(count, limit) {
            let entry = next!
            arrayHeader(consumer == nil ? 4 : 3)
            streamID(entry.id)
            if consumer == nil { bulk(group[consumer: entry.consumer].name) }
            integer(entry.deliveryTime)
            integer(Int(entry.deliveryCount))
            next = entry.id.successor.flatMap {
                group.firstPending(notBelow: $0, ofAnyOr: consumer)
            }
        }
    }
}
