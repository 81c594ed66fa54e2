// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// GET, SET, INCR and what else works on strings.
enum StringCommands {
    static func get(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try replyString(context.find(KeyName(arguments[1])), to: context.reply)
    }

    /// Writes the string that the entry holds, or null if there is none.
    static func replyString(_ entry: KeyEntry?, to reply: ReplyWriter) throws(ReplyError) {
        guard let entry else { return reply.null() }
        guard entry.withString({ reply.bulk($0) }) else { throw .wrongType }
    }

    // MARK: SET

    static func set(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        var options = SetOptions()
        if arguments.count > 3 { options = try SetOptions(arguments, from: 3, now: context.now) }
        let key = KeyName(arguments[1])
        let entry = context.findForWriting(key)
        if options.getsOldValue { try replyString(context.find(key), to: context.reply) }
        if let mustExist = options.mustExist, mustExist != (entry != nil) {
            if !options.getsOldValue { context.reply.null() }
            return
        }
        if let expiry = options.expiry {
            set(key, entry, to: arguments[2], expiry: expiry, context)
        } else {
            context.set(
                key, entry, to: .string(StringValue(arguments[2])),
                keepingExpiry: options.keepsExpiry)
            context.changed(key, .set)
        }
        if !options.getsOldValue { context.reply.ok() }
    }

    /// Sets a string that expires.
    ///
    /// - Parameter expiry: milliseconds since the epoch.
    static func set(
        _ key: KeyName, _ entry: KeyEntry?, to bytes: UnsafeRawBufferPointer, expiry: Int,
        _ context: KeyContext
    ) {
        let entry = context.set(
            key, entry, to: .string(StringValue(bytes)), keepingExpiry: true)
        context.changed(key, .set)
        context.setExpiry(expiry, of: entry)
        context.changed(key, .expirySet)
        context.effect(
            [.word("SET"), .bytes(key.bytes), .bytes(bytes), .word("PXAT"), .integer(expiry)])
    }

    // MARK: Counting

    static func incr(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try add(1, context, arguments)
    }

    static func decr(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try add(-1, context, arguments)
    }

    static func incrby(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try add(context.integer(arguments[2]), context, arguments)
    }

    static func decrby(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let decrement = try context.integer(arguments[2])
        guard decrement != .min else { throw ReplyError("ERR decrement would overflow") }
        try add(-decrement, context, arguments)
    }

    private static func add(
        _ increment: Int, _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        let key = KeyName(arguments[1])
        let entry = context.findForWriting(key)
        var number = 0
        if let entry {
            guard case .string(let string) = entry.value else { throw .wrongType }
            guard let current = string.number else { throw .notAnInteger }
            number = current
        }
        let (sum, overflows) = number.addingReportingOverflow(increment)
        guard !overflows else { throw ReplyError("ERR increment or decrement would overflow") }
        context.set(key, entry, to: .string(.integer(sum)), keepingExpiry: true)
        context.changed(key, .incremented)
        context.reply.integer(sum)
    }
}

extension KeyspaceEvent {
    static let set = KeyspaceEvent("set", .string)
    static let incremented = KeyspaceEvent("incrby", .string)
}
