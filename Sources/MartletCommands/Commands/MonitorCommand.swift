// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// MONITOR: every command that anybody executes, as a line.
enum MonitorCommand {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "monitor", arity: 1, flags: [.admin, .noScript, .loading, .stale],
            group: .server, since: "1.0.0",
            summary: "Listens for all requests received by the server in real-time.",
            complexity: nil,
            handler: monitor)
    ]

    /// A client that monitors already gets no reply, as in Redis.
    static func monitor(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard !session.isInsideExec else {
            throw ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client")
        }
        guard !session.isMonitor else { return }
        session.reply.ok()
        session.setMonitoring(true)
    }
}
