// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// SADD, SMEMBERS and what else works on one set, and SMOVE. Random members and algebra have
/// files of their own.
enum SetCommands {
    // MARK: Changing

    static func sadd(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let found: TypedEntry<SetObject> = try context.create(arguments[1])
        let limits = context.keyspace.setLimits
        found.object.set.prepare(forAdding: arguments.count - 2, first: arguments[2], limits)
        var added = 0
        for index in 2..<arguments.count where found.object.set.insert(arguments[index], limits) {
            added += 1
        }
        if added > 0 { context.changed(found.key, .setAdded) }
        context.reply.integer(added)
    }

    static func srem(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let found: TypedEntry<SetObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        var removed = 0
        for index in 2..<arguments.count where found.object.set.remove(arguments[index]) {
            removed += 1
        }
        if removed > 0 {
            context.changed(found.key, .setRemoved)
            context.removeIfEmpty(found)
        }
        context.reply.integer(removed)
    }

    static func smove(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let member = arguments[3]
        guard let source: TypedEntry<SetObject> = try context.write(arguments[1]) else {
            return context.reply.integer(0)
        }
        let existing: TypedEntry<SetObject>? = try context.write(arguments[2])
        guard existing?.object !== source.object else {
            return context.reply.integer(source.object.set.contains(member) ? 1 : 0)
        }
        guard source.object.set.remove(member) else { return context.reply.integer(0) }
        context.changed(source.key, .setRemoved)
        context.removeIfEmpty(source)
        let destination: TypedEntry<SetObject> = try context.create(arguments[2])
        let limits = context.keyspace.setLimits
        if existing == nil { destination.object.set.prepare(forAdding: 1, first: member, limits) }
        if destination.object.set.insert(member, limits) {
            context.changed(destination.key, .setAdded)
        }
        context.reply.integer(1)
    }

    // MARK: Reading

    static func scard(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SetObject? = try context.read(arguments[1])
        context.reply.integer(object?.set.count ?? 0)
    }

    static func sismember(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SetObject? = try context.read(arguments[1])
        context.reply.integer(object?.set.contains(arguments[2]) == true ? 1 : 0)
    }

    static func smismember(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SetObject? = try context.read(arguments[1])
        context.reply.arrayHeader(arguments.count - 2)
        for index in 2..<arguments.count {
            context.reply.integer(object?.set.contains(arguments[index]) == true ? 1 : 0)
        }
    }

    static func smembers(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object: SetObject? = try context.read(arguments[1])
        let set = object?.set ?? SetValue()
        guard context.mayVisit(set.count) else { return }
        reply(set, to: context.reply)
    }

    static func reply(_ set: SetValue, to reply: ReplyWriter) {
        reply.setHeader(set.count)
        set.visit {
            reply.bulk($0)
            return true
        }
    }

    static func sscan(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        typealias Scan = (object: SetObject, options: ScanOptions)
        guard let (object, options): Scan = try context.readForScan(arguments) else { return }
        let (cursor, found) = options.collect { cursor, add in
            object.set.scan(from: cursor) { add($0, nil) }
        }
        context.replyScan(cursor: cursor, found)
    }
}

extension KeyspaceEvent {
    static let setAdded = KeyspaceEvent("sadd", .set)
    static let setRemoved = KeyspaceEvent("srem", .set)
    static let setPopped = KeyspaceEvent("spop", .set)
    static let setIntersectionStored = KeyspaceEvent("sinterstore", .set)
    static let setUnionStored = KeyspaceEvent("sunionstore", .set)
    static let setDifferenceStored = KeyspaceEvent("sdiffstore", .set)
}
