// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

extension Session {
    /// The reply of HELP: what the container does, line by line.
    ///
    /// - Parameter lines: without the first and the last two, which are the same for all.
    package func replyHelp(_ arguments: Arguments, _ lines: [String]) {
        let container = String(decoding: arguments[0], as: UTF8.self).uppercased()
        reply.arrayHeader(lines.count + 3)
        reply.simpleString(
            "\(container) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        lines.forEach { reply.simpleString($0) }
        reply.simpleString("HELP")
        reply.simpleString("    Print this help.")
    }
}
