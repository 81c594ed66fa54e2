// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

@testable import MartletCommands

/// `TAKE key [key ...] milliseconds`: takes a string away, with the key's name, and waits for one
/// if there is none. What every command that blocks is made of, without a type of its own.
enum WaitCommand {
    static let descriptors = [
        CommandDescriptor(
            "take", arity: -3, flags: [.write, .blocking], group: .string, since: "0.0.0",
            summary: "Takes a string, or waits for one.",
            keys: [KeySpecification([.readWrite], first: 1, lastOffset: -2)],
            keyHandler: take)
    ]

    static func take(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let keys = (1..<(arguments.count - 1)).map { Array(arguments[$0]) }
        let timeout = try context.integer(arguments[arguments.count - 1])
        if try take(context, keys) { return }
        guard context.mayWait else { return context.reply.nullArray() }
        context.wait(
            KeyWait(
                keys: keys, deadline: timeout == 0 ? nil : context.now + timeout,
                timeoutReply: .nullArray
            ) { (context) throws(ReplyError) in
                try take(context, keys) ? .served : .waiting
            })
    }

    private static func take(
        _ context: KeyContext, _ keys: [[UInt8]]
    ) throws(ReplyError) -> Bool {
        for key in keys {
            let isTaken = try key.withBytes { (bytes) throws(ReplyError) in
                let name = KeyName(bytes)
                guard let entry = context.findForWriting(name) else { return false }
                context.reply.arrayHeader(2)
                context.reply.bulk(key)
                try StringCommands.replyString(entry, to: context.reply)
                context.changed(name, .deleted)
                context.effect([.word("DEL"), .bytes(name.bytes)])
                context.remove(entry)
                return true
            }
            if isTaken { return true }
        }
        return false
    }
}
