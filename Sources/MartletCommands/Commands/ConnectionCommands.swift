// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// PING, HELLO and what else concerns the connection itself.
enum ConnectionCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "ping", arity: -1, flags: [.fast, .sentinel, .allowedWhileSubscribed],
            group: .connection, since: "1.0.0",
            summary: "Returns the server's liveliness response.",
            arguments: [ArgumentDescription("message", .string, .optional)],
            handler: ping)
    ]

    static func ping(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 2 else { throw .wrongArgumentCount("ping") }
        if session.outlet.version == .resp2, session.outlet.hasPubSubSubscriptions {
            session.reply.arrayHeader(2)
            session.reply.bulk("pong")
            if arguments.count == 2 {
                session.reply.bulk(arguments[1])
            } else {
                session.reply.bulk("")
            }
        } else if arguments.count == 2 {
            session.reply.bulk(arguments[1])
        } else {
            session.reply.simpleString("PONG")
        }
    }
}
