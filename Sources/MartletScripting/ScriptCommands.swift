// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import MartletCore
import RESP
import Synchronization

/// EVAL, SCRIPT and their kin, for one server.
package final class ScriptCommands: Sendable {
    /// Since the first command of a server that has any.
    private let made = Mutex<ScriptRunner?>(nil)

    package init() {}

    func runner(_ server: ServerContext) -> ScriptRunner {
        made.withLock { made in
            if let made { return made }
            let runner = ScriptRunner(server)
            made = runner
            return runner
        }
    }

    // MARK: Running

    func eval(
        _ session: Session, _ arguments: Arguments, isBySHA1: Bool, isReadOnly: Bool
    ) throws(ReplyError) {
        if isBySHA1, arguments[1].count != 40 { throw .noScript }
        guard let keyCount = Int(strictDecimal: arguments[2]) else { throw .notAnInteger }
        try run(
            session, arguments, kind: isBySHA1 ? .digits : .source, isReadOnly: isReadOnly,
            keyCount: keyCount)
    }

    func callFunction(
        _ session: Session, _ arguments: Arguments, isReadOnly: Bool
    ) throws(ReplyError) {
        guard runner(session.server).libraries.find(arguments[1]) != nil else { throw .noFunction }
        guard let keyCount = Int(strictDecimal: arguments[2]) else {
            throw ReplyError("ERR Bad number of keys provided")
        }
        try run(
            session, arguments, kind: .function, isReadOnly: isReadOnly, keyCount: keyCount)
    }

    private func run(
        _ session: Session, _ arguments: Arguments, kind: ScriptCall.Kind, isReadOnly: Bool,
        keyCount: Int
    ) throws(ReplyError) {
        guard keyCount <= arguments.count - 3 else {
            throw ReplyError("ERR Number of keys can't be greater than number of args")
        }
        guard keyCount >= 0 else { throw ReplyError("ERR Number of keys can't be negative") }
        let call = ScriptCall(kind: kind, isReadOnly: isReadOnly, keyCount: keyCount)
        let runner = runner(session.server)
        let database = session.selectedDatabase
        let version = session.outlet.version
        let request = OwnedArguments(arguments)
        let isPart = session.isInsideExec
        session.continueSlowly {
            runner.run(call, request, database: database, version: version, isPart: isPart)
        }
    }

    // MARK: SCRIPT

    func load(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        session.reply.bulk(try runner(session.server).load(arguments[2]))
    }

    func exists(_ session: Session, _ arguments: Arguments) {
        let runner = runner(session.server)
        session.reply.arrayHeader(arguments.count - 2)
        for index in 2..<arguments.count {
            session.reply.integer(runner.isLoaded(arguments[index]) ? 1 : 0)
        }
    }

    func flush(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let isKnown =
            arguments.count == 2
            || arguments.count == 3
                && (arguments[2].isWord("sync") || arguments[2].isWord("async"))
        guard isKnown else {
            throw ReplyError("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
        }
        runner(session.server).flush()
        session.reply.ok()
    }

    func kill(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try runner(session.server).state.kill(function: false)
        session.reply.ok()
    }

    /// There is no debugger.
    func debug(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        if arguments.count == 3, arguments[2].isWord("no") { return session.reply.ok() }
        if arguments.count == 3, arguments[2].isWord("yes") || arguments[2].isWord("sync") {
            throw ReplyError("ERR Martlet has no debugger for scripts")
        }
        throw ReplyError("ERR Use SCRIPT DEBUG YES/SYNC/NO")
    }

    func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "DEBUG (YES|SYNC|NO)",
                "    Set the debug mode for subsequent scripts executed.",
                "EXISTS <sha1> [<sha1> ...]",
                "    Return information about the existence of the scripts in the script cache.",
                "FLUSH [ASYNC|SYNC]",
                "    Flush the Lua scripts cache. Very dangerous on replicas.",
                "    When called without the optional mode argument, the behavior is determined "
                    + "by the",
                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                "    * ASYNC: Asynchronously flush the scripts cache.",
                "    * SYNC: Synchronously flush the scripts cache.",
                "KILL",
                "    Kill the currently executing Lua script.",
                "LOAD <script>",
                "    Load a script into the scripts cache without executing it.",
            ])
    }
}
