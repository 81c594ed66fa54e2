// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// OBJECT: how a key is stored.
enum ObjectCommands {
    /// As in Redis: small numbers are one object for all, which is counted as so many.
    private static let sharedReferenceCount = Int(Int32.max)
    private static let sharedNumbers = 0..<10_000

    static func encoding(_ context: KeyContext, _ arguments: Arguments) {
        guard let entry = find(context, arguments) else { return context.reply.null() }
        entry.value.encodingName.withUTF8Buffer { context.reply.bulk(UnsafeRawBufferPointer($0)) }
    }

    static func freq(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard find(context, arguments) != nil else { return context.reply.null() }
        throw ReplyError(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please "
                + "note that when switching between policies at runtime LRU and LFU data will "
                + "take some time to adjust.")
    }

    static func idletime(_ context: KeyContext, _ arguments: Arguments) {
        guard let entry = find(context, arguments) else { return context.reply.null() }
        context.reply.integer(context.keyspace.idleTime(of: entry))
    }

    static func refcount(_ context: KeyContext, _ arguments: Arguments) {
        guard let entry = find(context, arguments) else { return context.reply.null() }
        var isShared = false
        if case .string(.integer(let number)) = entry.value {
            isShared = sharedNumbers.contains(number)
        }
        context.reply.integer(isShared ? sharedReferenceCount : 1)
    }

    private static func find(_ context: KeyContext, _ arguments: Arguments) -> KeyEntry? {
        context.find(KeyName(arguments[2]), isUse: false)
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "ENCODING <key>",
                "    Return the kind of internal representation used in order to store the value",
                "    associated with a <key>.",
                "FREQ <key>",
                "    Return the access frequency index of the <key>. The returned integer is",
                "    proportional to the logarithm of the recent access frequency of the key.",
                "IDLETIME <key>",
                "    Return the idle time of the <key>, that is the approximated number of",
                "    seconds elapsed since the last access to the key.",
                "REFCOUNT <key>",
                "    Return the number of references of the value associated with the specified",
                "    <key>.",
            ])
    }
}
