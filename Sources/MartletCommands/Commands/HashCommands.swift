// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// HSET, HGETALL and what else works on one hash. Counting and random fields have files of their
/// own.
enum HashCommands {
    // MARK: Setting

    static func hset(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let added = try set(context, arguments, "hset")
        context.reply.integer(added)
    }

    static func hmset(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        _ = try set(context, arguments, "hmset")
        context.reply.ok()
    }

    /// - Returns: How many fields are new.
    private static func set(
        _ context: KeyContext, _ arguments: Arguments, _ name: String
    ) throws(ReplyError) -> Int {
        guard arguments.count.isMultiple(of: 2) else { throw .wrongArgumentCount(name) }
        let found: TypedEntry<HashObject> = try context.create(arguments[1])
        var byteCountMax = 0
        for index in 2..<arguments.count {
            byteCountMax = max(byteCountMax, arguments[index].count)
        }
        let limits = context.keyspace.hashLimits
        found.object.hash.prepare(
            forAdding: arguments.count / 2 - 1, byteCountMax: byteCountMax, limits)
        var added = 0
        for index in stride(from: 2, to: arguments.count, by: 2) {
            let isNew = found.object.hash.set(arguments[index], to: arguments[index + 1], limits)
            if isNew { added += 1 }
        }
        context.changed(found.key, .hashSet)
        return added
    }

    static func hsetnx(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let found: TypedEntry<HashObject> = try context.create(arguments[1])
        guard !found.object.hash.contains(arguments[2]) else { return context.reply.integer(0) }
        found.object.hash.set(arguments[2], to: arguments[3], context.keyspace.hashLimits)
        context.changed(found.key, .hashSet)
        context.reply.integer(1)
    }

    static func hdel(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let found: TypedEntry<HashObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        var removed = 0
        for index in 2..<arguments.count where found.object.hash.remove(arguments[index]) {
            removed += 1
        }
        if removed > 0 {
            context.changed(found.key, .hashFieldDeleted)
            context.removeIfEmpty(found)
        }
        context.reply.integer(removed)
    }

    // MARK: Reading

    static func hget(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        reply(object, arguments[2], to: context.reply)
    }

    static func hmget(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        context.reply.arrayHeader(arguments.count - 2)
        for index in 2..<arguments.count { reply(object, arguments[index], to: context.reply) }
    }

    /// Writes the value of a field, or null.
    private static func reply(
        _ object: HashObject?, _ field: UnsafeRawBufferPointer, to reply: ReplyWriter
    ) {
        let isThere: Void? = object?.hash.withValue(of: field) { reply.bulk($0) }
        if isThere == nil { reply.null() }
    }

    static func hlen(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        context.reply.integer(object?.hash.count ?? 0)
    }

    static func hstrlen(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        let byteCount = object?.hash.withValue(of: arguments[2]) { $0.byteCount }
        context.reply.integer(byteCount ?? 0)
    }

    static func hexists(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        context.reply.integer(object?.hash.contains(arguments[2]) == true ? 1 : 0)
    }

    static func hkeys(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        let hash = object?.hash ?? HashValue()
        guard context.mayVisit(hash.count) else { return }
        context.reply.arrayHeader(hash.count)
        hash.visit { field, _ in
            context.reply.bulk(field)
            return true
        }
    }

    static func hvals(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        let hash = object?.hash ?? HashValue()
        guard context.mayVisit(hash.count) else { return }
        context.reply.arrayHeader(hash.count)
        hash.visit { _, value in
            context.reply.bulk(value)
            return true
        }
    }

    static func hgetall(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: HashObject? = try context.read(arguments[1])
        let hash = object?.hash ?? HashValue()
        guard context.mayVisit(hash.count) else { return }
        context.reply.mapHeader(hash.count)
        hash.visit { field, value in
            context.reply.bulk(field)
            context.reply.bulk(value)
            return true
        }
    }

    static func hscan(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        typealias Scan = (object: HashObject, options: ScanOptions)
        guard let (object, options): Scan = try context.readForScan(arguments) else { return }
        let (cursor, found) = options.collect { cursor, add in
            object.hash.scan(from: cursor) { add($0, $1.copy) }
        }
        context.replyScan(cursor: cursor, found)
    }
}

extension KeyspaceEvent {
    static let hashSet = KeyspaceEvent("hset", .hash)
    static let hashFieldDeleted = KeyspaceEvent("hdel", .hash)
    static let hashIncremented = KeyspaceEvent("hincrby", .hash)
    static let hashIncrementedByFloat = KeyspaceEvent("hincrbyfloat", .hash)
}
