// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// LPUSH, LRANGE and what else works on one list. Popping and waiting have files of their own.
enum ListCommands {
    // MARK: Adding

    static func lpush(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        push(context, arguments, to: try context.create(arguments[1]), .head)
    }

    static func rpush(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        push(context, arguments, to: try context.create(arguments[1]), .tail)
    }

    static func lpushx(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        push(context, arguments, to: found, .head)
    }

    static func rpushx(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        push(context, arguments, to: found, .tail)
    }

    private static func push(
        _ context: KeyContext, _ arguments: Arguments, to found: TypedEntry<ListObject>,
        _ end: ListValue.End
    ) {
        let limits = context.keyspace.listLimits
        found.object.prepare(
            forAdding: arguments.count - 2, byteCount: arguments.dropFirst(2).byteCount, limits)
        for index in 2..<arguments.count {
            found.object.push(arguments[index], at: end, limits)
        }
        context.reply.integer(found.object.count)
        context.changed(found.key, end == .head ? .pushedLeft : .pushedRight)
    }

    static func linsert(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let isBefore = arguments[2].isWord("before")
        guard isBefore || arguments[2].isWord("after") else { throw .syntax }
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        let limits = context.keyspace.listLimits
        found.object.list.prepare(forAdding: 1, byteCount: arguments[4].count, limits)
        let inserted = found.object.list.insert(
            arguments[4], before: isBefore, pivot: arguments[3], limits)
        guard inserted else { return context.reply.integer(-1) }
        context.changed(found.key, .listInserted)
        context.reply.integer(found.object.count)
    }

    // MARK: Reading

    static func llen(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: ListObject? = try context.read(arguments[1])
        context.reply.integer(object?.list.count ?? 0)
    }

    static func lindex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let object: ListObject = try context.read(arguments[1]) else {
            return context.reply.null()
        }
        let index = try context.integer(arguments[2])
        guard let position = object.list.position(ofIndex: index) else {
            return context.reply.null()
        }
        object.list.withEntry(at: position) { context.reply.bulk($0) }
    }

    static func lrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let first = try context.integer(arguments[2])
        let last = try context.integer(arguments[3])
        let object: ListObject? = try context.read(arguments[1])
        let range = IndexRange(first, last, count: object?.list.count ?? 0)
        guard let object, !range.isEmpty else { return context.reply.arrayHeader(0) }
        guard context.mayVisit(range.count) else { return }
        reply(object.list, from: range.lowerBound, count: range.count, to: context.reply)
    }

    /// Writes so many entries, which there must be.
    static func reply(
        _ list: ListValue, from index: Int, count: Int, reversed: Bool = false,
        to reply: ReplyWriter
    ) {
        reply.arrayHeader(count)
        guard count > 0 else { return }
        var rest = count
        list.visit(from: index, reversed: reversed) {
            reply.bulk($0)
            rest -= 1
            return rest > 0
        }
    }

    // MARK: Changing

    static func lset(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            throw .noSuchKey
        }
        let index = try context.integer(arguments[2])
        guard let position = found.object.list.position(ofIndex: index) else {
            throw ReplyError("ERR index out of range")
        }
        found.object.list.replace(
            at: position, with: arguments[3], context.keyspace.listLimits)
        context.changed(found.key, .listSet)
        context.reply.ok()
    }

    static func lrem(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let count = try context.integer(arguments[2])
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        guard context.mayVisit(found.object.list.count) else { return }
        let limit = count == 0 ? Int.max : Int(clamping: count.magnitude)
        let removed = found.object.list.remove(
            equalTo: arguments[3], limit: limit, from: count < 0 ? .tail : .head,
            context.keyspace.listLimits)
        if removed > 0 {
            context.changed(found.key, .listRemoved)
            context.removeIfEmpty(found)
        }
        context.reply.integer(removed)
    }

    static func ltrim(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let first = try context.integer(arguments[2])
        let last = try context.integer(arguments[3])
        guard let found: TypedEntry<ListObject> = try context.write(arguments[1]) else {
            return context.reply.ok()
        }
        let count = found.object.list.count
        let range = IndexRange(first, last, count: count)
        guard context.mayVisit(count - range.count) else { return }
        let limits = context.keyspace.listLimits
        if range.isEmpty {
            found.object.list.remove(count, at: .head, limits)
        } else {
            found.object.list.remove(count - range.upperBound, at: .tail, limits)
            found.object.list.remove(range.lowerBound, at: .head, limits)
        }
        context.changed(found.key, .listTrimmed)
        context.removeIfEmpty(found)
        context.reply.ok()
    }
}

/// The indices between two that a client names, of which negative ones count from the end.
struct IndexRange {
    let lowerBound: Int
    let upperBound: Int

    var isEmpty: Bool { lowerBound == upperBound }
    var count: Int { upperBound - lowerBound }

    init(_ first: Int, _ last: Int, count: Int) {
        let lower = first < 0 ? max(0, first + count) : first
        let upper = min(last < 0 ? last + count : last, count - 1)
        guard lower <= upper else {
            lowerBound = 0
            upperBound = 0
            return
        }
        lowerBound = lower
        upperBound = upper + 1
    }
}

extension ListValue {
    /// Where an index is that a client names; negative ones count from the end.
    fileprivate func position(ofIndex index: Int) -> Int? {
        let position = index < 0 ? index + count : index
        return position >= 0 && position < count ? position : nil
    }
}

extension KeyspaceEvent {
    static let pushedLeft = KeyspaceEvent("lpush", .list)
    static let pushedRight = KeyspaceEvent("rpush", .list)
    static let poppedLeft = KeyspaceEvent("lpop", .list)
    static let poppedRight = KeyspaceEvent("rpop", .list)
    static let listInserted = KeyspaceEvent("linsert", .list)
    static let listSet = KeyspaceEvent("lset", .list)
    static let listRemoved = KeyspaceEvent("lrem", .list)
    static let listTrimmed = KeyspaceEvent("ltrim", .list)
}
