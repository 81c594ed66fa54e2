// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

#if canImport(Glibc)
    import Glibc
#endif

extension ServerCommands {
    /// DEBUG SLEEP and HELP; there is nothing else to debug from outside.
    static func debug(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        switch arguments[1] {
        case let word where word.isWord("sleep") && arguments.count == 3:
            sleep(session, seconds: seconds(arguments[2]))
        case let word where word.isWord("help") && arguments.count == 2:
            session.replyHelp(
                arguments,
                [
                    "SLEEP <seconds>",
                    "    Hold this client up for <seconds>. Decimals allowed.",
                ])
        default:
            throw .wrongSubcommandUse(arguments)
        }
    }

    /// Holds the client up; Redis holds up the whole server. A transaction cannot be held up in
    /// its middle: there it is answered at once.
    private static func sleep(_ session: Session, seconds: Double) {
        let milliseconds = Int(min(max(seconds * 1000, 0), Double(Int32.max)).rounded(.up))
        if milliseconds == 0 || session.isInsideExec { return session.reply.ok() }
        session.reply(afterMilliseconds: milliseconds) { $0.reply.ok() }
    }

    /// As in Redis, what is no number counts as 0.
    private static func seconds(_ argument: UnsafeRawBufferPointer) -> Double {
        let seconds = strtod(String(decoding: argument, as: UTF8.self), nil)
        return seconds.isNaN ? 0 : seconds
    }
}

extension Session {
    /// Why a command that the settings protect is refused, or nil.
    func protection(of command: Command) -> ReplyError? {
        guard command.flags.contains(.protected) else { return nil }
        guard command.descriptor.name == "debug" else { return .noModules }
        let isAllowed = context.configuration.enableDebugCommand
            .isAllowed(toLocalClient: isLocal)
        return isAllowed ? nil : .debugNotAllowed
    }
}

extension ReplyError {
    static let debugNotAllowed = ReplyError(
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", "
            + "you can run it from a local connection, otherwise you need to set this option in "
            + "the configuration file, and then restart the server.")
}
