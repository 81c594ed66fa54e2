// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

// SETEX, GETDEL, MSET and the other ways to get and set strings.

extension StringCommands {
    static func setnx(_ context: KeyContext, _ arguments: Arguments) {
        let key = KeyName(arguments[1])
        guard context.findForWriting(key) == nil else { return context.reply.integer(0) }
        context.insert(key, .string(StringValue(arguments[2])))
        context.changed(key, .set)
        context.reply.integer(1)
    }

    static func setex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try set(context, arguments, .seconds, "setex")
    }

    static func psetex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try set(context, arguments, .milliseconds, "psetex")
    }

    private static func set(
        _ context: KeyContext, _ arguments: Arguments, _ unit: ExpiryUnit, _ command: StaticString
    ) throws(ReplyError) {
        let expiry = try unit.expiry(arguments[2], now: context.now, command: command)
        let key = KeyName(arguments[1])
        set(key, context.findForWriting(key), to: arguments[3], expiry: expiry, context)
        context.reply.ok()
    }

    static func getset(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        try replyString(context.find(key), to: context.reply)
        context.set(
            key, context.findForWriting(key), to: .string(StringValue(arguments[2])))
        context.changed(key, .set)
    }

    static func getdel(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        let entry = context.find(key)
        try replyString(entry, to: context.reply)
        if let entry { delete(key, entry, context) }
    }

    private static func delete(_ key: KeyName, _ entry: KeyEntry, _ context: KeyContext) {
        context.changed(key, .deleted)
        context.effect([.word("DEL"), .bytes(key.bytes)])
        context.remove(entry)
    }

    static func getex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        var expiry: Int?
        var persists = false
        switch arguments.count {
        case 2: break
        case 3 where arguments[2].isWord("persist"): persists = true
        case 4:
            guard let unit = ExpiryUnit(arguments[2]) else { throw .syntax }
            expiry = try unit.expiry(arguments[3], now: context.now, command: "getex")
        default: throw .syntax
        }
        let key = KeyName(arguments[1])
        let entry = context.find(key)
        try replyString(entry, to: context.reply)
        guard let entry else { return }
        if let expiry, expiry <= context.now {
            delete(key, entry, context)
        } else if let expiry {
            context.setExpiry(expiry, of: entry)
            context.changed(key, .expirySet)
            context.effect([.word("PEXPIREAT"), .bytes(key.bytes), .integer(expiry)])
        } else if persists, entry.expires {
            context.setExpiry(KeyEntry.never, of: entry)
            context.changed(key, .persisted)
            context.effect([.word("PERSIST"), .bytes(key.bytes)])
        }
    }

    // MARK: Several keys

    static func mget(_ context: KeyContext, _ arguments: Arguments) {
        context.reply.arrayHeader(arguments.count - 1)
        for index in 1..<arguments.count {
            let entry = context.find(KeyName(arguments[index]))
            if entry?.withString({ context.reply.bulk($0) }) != true { context.reply.null() }
        }
    }

    static func mset(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard !arguments.count.isMultiple(of: 2) else { throw .wrongArgumentCount("mset") }
        setAll(context, arguments)
        context.reply.ok()
    }

    static func msetnx(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard !arguments.count.isMultiple(of: 2) else { throw .wrongArgumentCount("msetnx") }
        for index in stride(from: 1, to: arguments.count, by: 2)
        where context.findForWriting(KeyName(arguments[index])) != nil {
            return context.reply.integer(0)
        }
        setAll(context, arguments)
        context.reply.integer(1)
    }

    private static func setAll(_ context: KeyContext, _ arguments: Arguments) {
        for index in stride(from: 1, to: arguments.count, by: 2) {
            let key = KeyName(arguments[index])
            context.set(
                key, context.findForWriting(key), to: .string(StringValue(arguments[index + 1])))
            context.changed(key, .set)
        }
    }
}
