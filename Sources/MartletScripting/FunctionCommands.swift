// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import MartletCore
import RESP

/// FUNCTION. What changes the libraries goes to the log as it came.
extension ScriptCommands {
    func loadLibrary(_ keys: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard keys.mayVisit(.max) else { return }
        let last = arguments.count - 1
        var replacing = false
        for index in 2..<last {
            guard arguments[index].isWord("replace") else {
                throw ReplyError(bytes: Array("ERR Unknown option given: ".utf8) + arguments[index])
            }
            replacing = true
        }
        let name = try runner(keys.server).loadLibrary(
            arguments[last], replacing: replacing, isReplayed: keys.isReplaying)
        keys.effect([.word("FUNCTION")], arguments, from: 1)
        keys.reply.bulk(name)
    }

    func deleteLibrary(_ keys: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try runner(keys.server).deleteLibrary(arguments[2])
        keys.effect([.word("FUNCTION")], arguments, from: 1)
        keys.reply.ok()
    }

    func flushLibraries(_ keys: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 3 else {
            throw ReplyError(
                bytes: Array("ERR unknown subcommand or wrong number of arguments for '".utf8)
                    + arguments[1] + Array("'. Try FUNCTION HELP.".utf8))
        }
        let isKnown =
            arguments.count == 2 || arguments[2].isWord("sync") || arguments[2].isWord("async")
        guard isKnown else {
            throw ReplyError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
        }
        runner(keys.server).flushLibraries()
        keys.effect([.word("FUNCTION")], arguments, from: 1)
        keys.reply.ok()
    }

    // MARK: Reading

    func listLibraries(_ keys: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try ListOptions(arguments)
        let libraries = runner(keys.server).libraries.libraries.filter { library in
            guard let pattern = options.pattern else { return true }
            return library.name.withUnsafeBytes {
                Glob.matches(pattern: pattern, subject: $0, ignoringCase: true)
            }
        }
        keys.reply.arrayHeader(libraries.count)
        for library in libraries { write(library, options, to: keys.reply) }
    }

    private struct ListOptions {
        var pattern: UnsafeRawBufferPointer?
        var hasCode = false

        init(_ arguments: Arguments) throws(ReplyError) {
            var index = 2
            while index < arguments.count {
                if !hasCode, arguments[index].isWord("withcode") {
                    hasCode = true
                } else if pattern == nil, arguments[index].isWord("libraryname") {
                    index += 1
                    guard index < arguments.count else {
                        throw ReplyError("ERR library name argument was not given")
                    }
                    pattern = arguments[index]
                } else {
                    throw ReplyError(
                        bytes: Array("ERR Unknown argument ".utf8) + arguments[index])
                }
                index += 1
            }
        }
    }

    private func write(
        _ library: FunctionLibrary, _ options: ListOptions, to reply: ReplyWriter
    ) {
        reply.mapHeader(options.hasCode ? 4 : 3)
        reply.bulk("library_name")
        reply.bulk(library.name)
        reply.bulk("engine")
        reply.bulk("LUA")
        reply.bulk("functions")
        reply.arrayHeader(library.functions.count)
        for function in library.functions {
            reply.mapHeader(3)
            reply.bulk("name")
            reply.bulk(function.name)
            reply.bulk("description")
            if let description = function.description {
                reply.bulk(description)
            } else {
                reply.null()
            }
            reply.bulk("flags")
            let names = function.flags.names
            reply.setHeader(names.count)
            for name in names { reply.simpleString(name) }
        }
        guard options.hasCode else { return }
        reply.bulk("library_code")
        reply.bulk(library.code)
    }

    // MARK: While one runs

    /// Answered at once, also while a function runs.
    func functionStats(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let state = runner(session.server).state
        let running = state.running
        if let running, !running.isFunction { throw .busy }
        let reply = session.reply
        reply.mapHeader(2)
        reply.bulk("running_script")
        if let running {
            write(running, now: session.server.clock.monotonic(), to: reply)
        } else {
            reply.null()
        }
        reply.bulk("engines")
        reply.mapHeader(1)
        reply.bulk("LUA")
        let counts = state.libraryCounts
        reply.mapHeader(2)
        reply.bulk("libraries_count")
        reply.integer(counts.libraries)
        reply.bulk("functions_count")
        reply.integer(counts.functions)
    }

    private func write(_ running: ScriptState.Running, now: UInt64, to reply: ReplyWriter) {
        reply.mapHeader(3)
        reply.bulk("name")
        reply.bulk(running.name)
        reply.bulk("command")
        running.request.withArguments { words in
            reply.arrayHeader(words.count)
            for index in 0..<words.count { reply.bulk(words[index]) }
        }
        reply.bulk("duration_ms")
        reply.integer(Int((now - min(now, running.startedAt)) / 1_000_000))
    }

    func killFunction(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try runner(session.server).state.kill(function: true)
        session.reply.ok()
    }

    func functionHelp(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "LOAD [REPLACE] <FUNCTION CODE>",
                "    Create a new library with the given library name and code.",
                "DELETE <LIBRARY NAME>",
                "    Delete the given library.",
                "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
                "    Return general information on all the libraries:",
                "    * Library name",
                "    * The engine used to run the Library",
                "    * Library description",
                "    * Functions list",
                "    * Library code (if WITHCODE is given)",
                "    It also possible to get only function that matches a pattern using "
                    + "LIBRARYNAME argument.",
                "STATS",
                "    Return information about the current function running:",
                "    * Function name",
                "    * Command used to run the function",
                "    * Duration in MS that the function is running",
                "    If no function is running, return nil",
                "    In addition, returns a list of available engines.",
                "KILL",
                "    Kill the current running function.",
                "FLUSH [ASYNC|SYNC]",
                "    Delete all the libraries.",
                "    When called without the optional mode argument, the behavior is determined "
                    + "by the",
                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                "    * ASYNC: Asynchronously flush the libraries.",
                "    * SYNC: Synchronously flush the libraries.",
            ])
    }
}
