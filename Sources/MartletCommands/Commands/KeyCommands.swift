// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// DEL, EXISTS, RENAME and what else is the same for keys of all types.
enum KeyCommands {
    static func del(_ context: KeyContext, _ arguments: Arguments) {
        var count = 0
        for index in 1..<arguments.count {
            let key = KeyName(arguments[index])
            guard let entry = context.findForWriting(key) else { continue }
            context.changed(key, .deleted)
            context.remove(entry)
            count += 1
        }
        context.reply.integer(count)
    }

    /// As DEL: what takes long to release is released elsewhere in either case.
    static func unlink(_ context: KeyContext, _ arguments: Arguments) {
        del(context, arguments)
    }

    static func exists(_ context: KeyContext, _ arguments: Arguments) {
        countKeys(context, arguments, isUse: false)
    }

    static func touch(_ context: KeyContext, _ arguments: Arguments) {
        countKeys(context, arguments, isUse: true)
    }

    private static func countKeys(_ context: KeyContext, _ arguments: Arguments, isUse: Bool) {
        var count = 0
        for index in 1..<arguments.count {
            if context.find(KeyName(arguments[index]), isUse: isUse) != nil { count += 1 }
        }
        context.reply.integer(count)
    }

    static func type(_ context: KeyContext, _ arguments: Arguments) {
        let entry = context.find(KeyName(arguments[1]), isUse: false)
        context.reply.simpleString(entry?.value.typeName ?? "none")
    }

    // MARK: Moving

    static func rename(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        if try rename(context, arguments, replacing: true) { context.reply.ok() }
    }

    static func renamenx(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        context.reply.integer(try rename(context, arguments, replacing: false) ? 1 : 0)
    }

    /// - Returns: false if the new key is there and is not to be replaced.
    private static func rename(
        _ context: KeyContext, _ arguments: Arguments, replacing: Bool
    ) throws(ReplyError) -> Bool {
        let source = KeyName(arguments[1])
        let destination = KeyName(arguments[2])
        guard let entry = context.findForWriting(source) else { throw .noSuchKey }
        if source.bytes.isEqual(to: destination.bytes) { return replacing }
        if let existing = context.findForWriting(destination) {
            guard replacing else { return false }
            context.remove(existing)
        }
        let expiry = entry.expiry
        let value = context.remove(entry)
        context.setExpiry(expiry, of: context.insert(destination, value))
        context.changed(source, .renamedFrom)
        context.changed(destination, .renamedTo)
        return true
    }

    static func move(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let keyspace = context.keyspace
        let index = try context.integer32(arguments[2])
        guard keyspace.databases.indices.contains(index) else {
            throw .noSuchDatabase
        }
        let source = context.database
        let destination = keyspace.databases[index]
        guard source !== destination else { throw .sameObject }
        let key = KeyName(arguments[1])
        guard let entry = context.findForWriting(key), keyspace.find(key, in: destination) == nil
        else { return context.reply.integer(0) }
        let expiry = entry.expiry
        let value = context.remove(entry)
        let moved = keyspace.insert(key, value, in: destination)
        keyspace.setExpiry(expiry, of: moved, in: destination)
        context.changed(key, .movedFrom)
        keyspace.changed(key, in: destination, .movedTo)
        context.reply.integer(1)
    }

    static func copy(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let keyspace = context.keyspace
        var destination = context.database
        var replaces = false
        var index = 3
        while index < arguments.count {
            if arguments[index].isWord("replace") {
                replaces = true
            } else if arguments[index].isWord("db"), index + 1 < arguments.count {
                let number = try context.integer32(arguments[index + 1])
                guard keyspace.databases.indices.contains(number) else {
                    throw .noSuchDatabase
                }
                destination = keyspace.databases[number]
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        let source = KeyName(arguments[1])
        let target = KeyName(arguments[2])
        if destination === context.database, source.bytes.isEqual(to: target.bytes) {
            throw .sameObject
        }
        guard let entry = context.find(source) else { return context.reply.integer(0) }
        if let existing = keyspace.find(target, in: destination) {
            guard replaces else { return context.reply.integer(0) }
            keyspace.remove(existing, from: destination)
        }
        let copied = keyspace.insert(target, entry.value.copy, in: destination)
        keyspace.setExpiry(entry.expiry, of: copied, in: destination)
        keyspace.changed(target, in: destination, .copiedTo)
        context.reply.integer(1)
    }

    // MARK: Looking around

    static func randomkey(_ context: KeyContext, _ arguments: Arguments) {
        guard let entry = context.keyspace.randomEntry(of: context.database) else {
            return context.reply.null()
        }
        context.reply.bulk(entry.key)
    }

    static func keys(_ context: KeyContext, _ arguments: Arguments) {
        guard context.mayVisit(context.database.count) else { return }
        let filter = KeyFilter(pattern: Array(arguments[1]))
        var found: [KeyEntry] = []
        context.keyspace.forEachKey(of: context.database) {
            if filter.passes($0) { found.append($0) }
        }
        context.reply.arrayHeader(found.count)
        for entry in found { context.reply.bulk(entry.key) }
    }

    static func scan(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try ScanOptions(arguments, cursorIndex: 1, takesType: true)
        guard context.mayVisit(min(options.count, context.database.count)) else { return }
        var found: [KeyEntry] = []
        var visitedCount = 0
        var cursor = options.cursor
        // A scan of a sparse table ends before the client waits long.
        var stepsLeft = min(options.count, Int.max / 10) * 10
        repeat {
            cursor = context.keyspace.scan(context.database, from: cursor) {
                visitedCount += 1
                if options.filter.passes($0) { found.append($0) }
            }
            stepsLeft -= 1
        } while cursor != 0 && visitedCount < options.count && stepsLeft > 0
        context.reply.arrayHeader(2)
        context.reply.bulk(unsigned: cursor)
        context.reply.arrayHeader(found.count)
        for entry in found { context.reply.bulk(entry.key) }
    }
}

extension KeyspaceEvent {
    static let deleted = KeyspaceEvent("del", .generic)
    static let renamedFrom = KeyspaceEvent("rename_from", .generic)
    static let renamedTo = KeyspaceEvent("rename_to", .generic)
    static let movedFrom = KeyspaceEvent("move_from", .generic)
    static let movedTo = KeyspaceEvent("move_to", .generic)
    static let copiedTo = KeyspaceEvent("copy_to", .generic)
}

extension ReplyError {
    static let noSuchKey = ReplyError("ERR no such key")
    package static let noSuchDatabase = ReplyError("ERR DB index is out of range")
    fileprivate static let sameObject = ReplyError(
        "ERR source and destination objects are the same")
}
