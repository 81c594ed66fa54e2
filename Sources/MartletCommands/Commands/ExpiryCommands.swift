// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// EXPIRE, TTL, PERSIST and their kin.
enum ExpiryCommands {
    static func expire(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try expire(context, arguments, .seconds, "expire")
    }

    static func pexpire(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try expire(context, arguments, .milliseconds, "pexpire")
    }

    static func expireat(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try expire(context, arguments, .unixSeconds, "expireat")
    }

    static func pexpireat(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try expire(context, arguments, .unixMilliseconds, "pexpireat")
    }

    private static func expire(
        _ context: KeyContext, _ arguments: Arguments, _ unit: ExpiryUnit,
        _ command: StaticString
    ) throws(ReplyError) {
        let condition = try ExpiryCondition(arguments, from: 3)
        let expiry = try unit.anyTime(arguments[2], now: context.now, command: command)
        let key = KeyName(arguments[1])
        guard let entry = context.findForWriting(key), condition.allows(expiry, for: entry) else {
            return context.reply.integer(0)
        }
        if expiry <= context.now {
            context.changed(key, .deleted)
            context.effect([.word("DEL"), .bytes(key.bytes)])
            context.remove(entry)
        } else {
            context.setExpiry(expiry, of: entry)
            context.changed(key, .expirySet)
            context.effect([.word("PEXPIREAT"), .bytes(key.bytes), .integer(expiry)])
        }
        context.reply.integer(1)
    }

    // MARK: Asking

    static func ttl(_ context: KeyContext, _ arguments: Arguments) {
        replyExpiry(context, arguments) { (max($0 - context.now, 0) + 500) / 1000 }
    }

    static func pttl(_ context: KeyContext, _ arguments: Arguments) {
        replyExpiry(context, arguments) { max($0 - context.now, 0) }
    }

    static func expiretime(_ context: KeyContext, _ arguments: Arguments) {
        replyExpiry(context, arguments) { ($0 + 500) / 1000 }
    }

    static func pexpiretime(_ context: KeyContext, _ arguments: Arguments) {
        replyExpiry(context, arguments) { $0 }
    }

    /// -2: there is no such key; -1: it does not expire.
    private static func replyExpiry(
        _ context: KeyContext, _ arguments: Arguments, _ shown: (Int) -> Int
    ) {
        guard let entry = context.find(KeyName(arguments[1]), isUse: false) else {
            return context.reply.integer(-2)
        }
        context.reply.integer(entry.expires ? shown(entry.expiry) : -1)
    }

    static func persist(_ context: KeyContext, _ arguments: Arguments) {
        let key = KeyName(arguments[1])
        guard let entry = context.findForWriting(key), entry.expires else {
            return context.reply.integer(0)
        }
        context.setExpiry(KeyEntry.never, of: entry)
        context.changed(key, .persisted)
        context.reply.integer(1)
    }
}

/// NX, XX, GT and LT: for which keys EXPIRE does something.
private struct ExpiryCondition {
    private var onlyWithout = false
    private var onlyWith = false
    private var onlyLater = false
    private var onlyEarlier = false

    init(_ arguments: Arguments, from start: Int) throws(ReplyError) {
        for index in start..<max(arguments.count, start) {
            switch arguments[index] {
            case let word where word.isWord("nx"): onlyWithout = true
            case let word where word.isWord("xx"): onlyWith = true
            case let word where word.isWord("gt"): onlyLater = true
            case let word where word.isWord("lt"): onlyEarlier = true
            case let word:
                throw ReplyError(
                    bytes: Array("ERR Unsupported option ".utf8) + word.cString(upTo: word.count))
            }
        }
        if onlyWithout, onlyWith || onlyLater || onlyEarlier {
            throw ReplyError(
                "ERR NX and XX, GT or LT options at the same time are not compatible")
        }
        if onlyLater, onlyEarlier {
            throw ReplyError("ERR GT and LT options at the same time are not compatible")
        }
    }

    func allows(_ expiry: Int, for entry: KeyEntry) -> Bool {
        // What does not expire does so at the end of time.
        let current = entry.expiry
        if onlyWithout, entry.expires { return false }
        if onlyWith, !entry.expires { return false }
        if onlyLater, expiry <= current || !entry.expires { return false }
        if onlyEarlier, entry.expires, expiry >= current { return false }
        return true
    }
}

extension KeyspaceEvent {
    static let expirySet = KeyspaceEvent("expire", .generic)
    static let persisted = KeyspaceEvent("persist", .generic)
}
