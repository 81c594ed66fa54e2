// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// DEL, EXISTS, TYPE and what else is the same for keys of all types.
enum KeyCommands {
    static func del(_ context: KeyContext, _ arguments: Arguments) {
        var count = 0
        for index in 1..<arguments.count {
            let key = KeyName(arguments[index])
            guard let entry = context.findForWriting(key) else { continue }
            context.remove(entry)
            context.changed(key, .deleted)
            count += 1
        }
        context.reply.integer(count)
    }

    static func exists(_ context: KeyContext, _ arguments: Arguments) {
        var count = 0
        for index in 1..<arguments.count where context.find(KeyName(arguments[index])) != nil {
            count += 1
        }
        context.reply.integer(count)
    }

    static func type(_ context: KeyContext, _ arguments: Arguments) {
        let entry = context.find(KeyName(arguments[1]))
        context.reply.simpleString(entry?.value.typeName ?? "none")
    }
}

extension KeyspaceEvent {
    static let deleted = KeyspaceEvent("del", .generic)
}
