// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How a script runs, or a function of a library
//
//   EVAL ─▶ the shard holds the keyspace ─▶ slow queue ─▶ LuaEngine ─▶ redis.call ─▶ KeyContext
//                                              │
//                                              └─▶ what it did is one step for the log; the reply
//                                                  goes to the session's shard
//
// The script holds the keyspace until it ends, so that it is one step for everybody, and runs
// beside the loops, so that Pub/Sub goes on. Inside EXEC it does too, and the rest of the
// transaction waits for it. Beyond `busy-reply-threshold` commands on keys are refused, and SCRIPT
// KILL may end it unless it has written.
//
// Everything here but `state` belongs to the holder of the keyspace.

import MartletCommands
import MartletCore
import RESP

/// The scripts of a server, and its libraries of functions.
final class ScriptRunner: @unchecked Sendable {
    struct Script {
        let number: CInt
        let flags: ScriptFlags
    }

    /// So long may a library take to load, in nanoseconds, as in Redis.
    private static let loadTimeMax: UInt64 = 500_000_000

    let state: ScriptState
    unowned let server: ServerContext
    let keys: KeyContext
    private var engine: LuaEngine?
    /// By their digits, in lower case.
    private var scripts: [[UInt8]: Script] = [:]
    let libraries = FunctionLibraries()
    /// When the library that is being loaded must have been.
    private(set) var loadDeadline: UInt64?

    // The script that runs.
    private(set) var mayWrite = true
    private(set) var mindsMemory = true
    var hasWritten = false
    var reply: [UInt8] = []

    init(_ server: ServerContext) {
        self.server = server
        state = ScriptState(server)
        keys = server.makeKeyContext()
    }

    // MARK: The cache

    /// Compiles a script, unless that was done before.
    ///
    /// - Returns: its digits.
    func load(_ source: UnsafeRawBufferPointer) throws(ReplyError) -> [UInt8] {
        let digits = LuaEngine.sha1(source)
        if scripts[digits] != nil { return digits }
        let (flags, byteCount) = try ScriptFlags.read(source)
        let text = UnsafeRawBufferPointer(rebasing: source[byteCount...])
        scripts[digits] = Script(number: try lua().compile(text), flags: flags)
        return digits
    }

    func isLoaded(_ digits: UnsafeRawBufferPointer) -> Bool {
        scripts[lowercased(digits)] != nil
    }

    /// Forgets all scripts.
    func flush() {
        scripts = [:]
        let memory = engine.map { RetiredMemory($0) }
        engine = nil
        if let memory { server.gate.release(memory) }
    }

    private func lua() throws(ReplyError) -> LuaEngine {
        if let engine { return engine }
        let made = try makeEngine(runsFunctions: false)
        engine = made
        return made
    }

    private func makeEngine(runsFunctions: Bool) throws(ReplyError) -> LuaEngine {
        guard let engine = LuaEngine(host: self, runsFunctions: runsFunctions) else {
            throw ReplyError("ERR not enough memory")
        }
        return engine
    }

    /// What the engines take, in bytes.
    var byteCount: Int { (engine?.byteCount ?? 0) + (libraries.engine?.byteCount ?? 0) }

    // MARK: Libraries

    /// Loads a library of functions.
    ///
    /// - Parameter isReplayed: whether it comes from the log, which loads as long as it takes.
    /// - Returns: its name.
    func loadLibrary(
        _ code: UnsafeRawBufferPointer, replacing: Bool, isReplayed: Bool
    ) throws(ReplyError) -> [UInt8] {
        loadDeadline = isReplayed ? .max : server.clock.monotonic() + Self.loadTimeMax
        defer { loadDeadline = nil }
        let name = try libraries.load(code, replacing: replacing) { () throws(ReplyError) in
            try makeEngine(runsFunctions: true)
        }
        librariesChanged()
        return name
    }

    func deleteLibrary(_ name: UnsafeRawBufferPointer) throws(ReplyError) {
        try libraries.delete(name)
        librariesChanged()
    }

    func flushLibraries() {
        let memory = libraries.removeAll().map { RetiredMemory($0) }
        if let memory { server.gate.release(memory) }
        librariesChanged()
    }

    private func librariesChanged() {
        keys.keyspace.libraryCodes = libraries.codes
        state.setCounts(of: libraries)
    }

    // MARK: Running

    /// Runs a script.
    ///
    /// - Parameters:
    ///   - request: EVAL and its kin, or FCALL.
    ///   - isPart: whether it is part of a transaction.
    func run(
        _ call: ScriptCall, _ request: OwnedArguments, database: Int, version: ProtocolVersion,
        isPart: Bool
    ) -> LateReply {
        do throws(ReplyError) {
            let bytes = try request.withArguments { arguments throws(ReplyError) in
                let target = try target(of: call, arguments)
                try admit(target.script.flags, call, arguments)
                keys.beginJob(database: database)
                begin(target, call, request)
                defer { state.end() }
                var bytes: [UInt8] = []
                keys.runTransaction(isPart: isPart) {
                    bytes = Array(
                        target.engine.run(
                            target.script.number, name: target.name, keyCount: call.keyCount,
                            arguments: arguments.dropFirst(3), version: version))
                }
                return bytes
            }
            guard !isPart else { return LateReply(bytes: bytes, position: 0) }
            keys.finish()
            return LateReply(bytes: bytes, position: keys.keyspace.handOver())
        } catch {
            let bytes = Array("-".utf8) + error.message + Array("\r\n".utf8)
            return LateReply(bytes: bytes, position: 0)
        }
    }

    private struct Target {
        let script: Script
        let name: [UInt8]
        let engine: LuaEngine
    }

    private func target(
        of call: ScriptCall, _ arguments: Arguments
    ) throws(ReplyError) -> Target {
        if call.kind == .function {
            guard let function = libraries.find(arguments[1]), let engine = libraries.engine else {
                throw .noFunction
            }
            return Target(
                script: Script(number: function.script, flags: function.flags),
                name: function.name, engine: engine)
        }
        let digits = call.kind == .digits ? lowercased(arguments[1]) : try load(arguments[1])
        guard let script = scripts[digits] else { throw .noScript }
        return Target(script: script, name: digits, engine: try lua())
    }

    /// Refuses a script for what it says that it does.
    private func admit(
        _ flags: ScriptFlags, _ call: ScriptCall, _ arguments: Arguments
    ) throws(ReplyError) {
        guard !flags.contains(.isSilent), !flags.contains(.noWrites) else { return }
        if call.isReadOnly {
            throw ReplyError("ERR Can not execute a script with write flag using *_ro command.")
        }
        if !flags.contains(.allowOutOfMemory), server.isMemoryExceeded(arguments) {
            throw ReplyError(
                "OOM allow-oom flag is not set on the script, can not run it when used memory > "
                    + "'maxmemory'")
        }
    }

    private func begin(_ target: Target, _ call: ScriptCall, _ request: OwnedArguments) {
        let flags = target.script.flags
        mayWrite = !call.isReadOnly && !flags.contains(.noWrites)
        mindsMemory = flags.contains(.isSilent)
        hasWritten = false
        state.begin(
            ScriptState.Running(
                isFunction: call.kind == .function, name: target.name, request: request,
                startedAt: server.clock.monotonic()))
    }
}

/// How a script is called: EVAL and its kin, or FCALL.
struct ScriptCall: Sendable {
    enum Kind: Sendable {
        case source, digits, function
    }

    let kind: Kind
    let isReadOnly: Bool
    let keyCount: Int
}

extension ReplyError {
    static let noScript = ReplyError("NOSCRIPT No matching script. Please use EVAL.")
    static let noFunction = ReplyError("ERR Function not found")
}
