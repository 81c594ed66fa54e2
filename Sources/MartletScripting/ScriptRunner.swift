// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How a script runs
//
//   EVAL ─▶ the shard holds the keyspace ─▶ slow queue ─▶ LuaEngine ─▶ redis.call ─▶ KeyContext
//                                              │
//                                              └─▶ what it did is one step for the log; the reply
//                                                  goes to the session's shard
//
// The script holds the keyspace until it ends, so that it is one step for everybody, and runs
// beside the loops, so that Pub/Sub goes on. Inside EXEC it runs where the transaction does.
// Beyond `busy-reply-threshold` commands on keys are refused, and SCRIPT KILL may end it unless it
// has written.
//
// Everything here but `state` belongs to the holder of the keyspace.

import MartletCommands
import MartletCore
import RESP

/// The scripts of a server.
final class ScriptRunner: @unchecked Sendable {
    private struct Script {
        let number: CInt
        let flags: ScriptFlags
    }

    let state = ScriptState()
    private unowned let server: ServerContext
    private let keys: KeyContext
    private var engine: LuaEngine?
    /// By their digits, in lower case.
    private var scripts: [[UInt8]: Script] = [:]

    // The script that runs.
    private var mayWrite = true
    private var mindsMemory = true
    private var hasWritten = false
    private var isBusy = false
    private var startedAt: UInt64 = 0
    private var busyThreshold: UInt64 = 0
    private var publisher: Shard
    private var reply: [UInt8] = []

    init(_ server: ServerContext) {
        self.server = server
        keys = server.makeKeyContext()
        publisher = keys.shard
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
        if let engine { server.gate.release(engine) }
        engine = nil
    }

    private func lua() throws(ReplyError) -> LuaEngine {
        if let engine { return engine }
        guard let engine = LuaEngine(host: self) else { throw ReplyError("ERR not enough memory") }
        self.engine = engine
        return engine
    }

    /// What the scripts take, in bytes.
    var byteCount: Int { engine?.byteCount ?? 0 }

    // MARK: Running

    /// Runs a script.
    ///
    /// - Parameters:
    ///   - transaction: the session inside whose EXEC that is.
    func run(
        _ call: ScriptCall, _ arguments: Arguments, database: Int, version: ProtocolVersion,
        inside transaction: Session? = nil
    ) -> LateReply {
        do throws(ReplyError) {
            let digits = try digits(of: call, arguments)
            guard let script = scripts[digits] else { throw .noScript }
            try admit(script, call, arguments)
            keys.beginJob(database: database)
            begin(script, call, publisher: transaction?.context.shard ?? keys.shard)
            defer { end() }
            let engine = try lua()
            var bytes: [UInt8] = []
            keys.runTransaction(isPart: transaction != nil) {
                bytes = Array(
                    engine.run(
                        script.number, name: digits, keyCount: call.keyCount,
                        arguments: arguments.dropFirst(3), version: version))
            }
            guard transaction == nil else { return LateReply(bytes: bytes, position: 0) }
            keys.finish()
            return LateReply(bytes: bytes, position: keys.keyspace.handOver())
        } catch {
            let bytes = Array("-".utf8) + error.message + Array("\r\n".utf8)
            return LateReply(bytes: bytes, position: 0)
        }
    }

    private func digits(
        of call: ScriptCall, _ arguments: Arguments
    ) throws(ReplyError) -> [UInt8] {
        call.isBySHA1 ? lowercased(arguments[1]) : try load(arguments[1])
    }

    /// Refuses a script for what it says that it does.
    private func admit(
        _ script: Script, _ call: ScriptCall, _ arguments: Arguments
    ) throws(ReplyError) {
        guard !script.flags.contains(.isSilent), !script.flags.contains(.noWrites) else { return }
        if call.isReadOnly {
            throw ReplyError("ERR Can not execute a script with write flag using *_ro command.")
        }
        if !script.flags.contains(.allowOutOfMemory), server.isMemoryExceeded(arguments) {
            throw ReplyError(
                "OOM allow-oom flag is not set on the script, can not run it when used memory > "
                    + "'maxmemory'")
        }
    }

    private func begin(_ script: Script, _ call: ScriptCall, publisher: Shard) {
        mayWrite = !call.isReadOnly && !script.flags.contains(.noWrites)
        mindsMemory = script.flags.contains(.isSilent)
        hasWritten = false
        isBusy = false
        self.publisher = publisher
        startedAt = server.clock.monotonic()
        let milliseconds = server.configuration.configuration.busyReplyThreshold
        busyThreshold = milliseconds == 0 ? .max : UInt64(milliseconds).clampedProduct(1_000_000)
        state.begin()
    }

    private func end() {
        state.end()
        if isBusy { server.setBusy(false) }
    }

    private func lowercased(_ digits: UnsafeRawBufferPointer) -> [UInt8] {
        digits.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}

/// How a script is called: EVAL and its kin.
struct ScriptCall: Sendable {
    let isBySHA1: Bool
    let isReadOnly: Bool
    let keyCount: Int
}

extension ReplyError {
    static let noScript = ReplyError("NOSCRIPT No matching script. Please use EVAL.")
}

extension UInt64 {
    fileprivate func clampedProduct(_ factor: UInt64) -> UInt64 {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }
}

// MARK: What a script calls

extension ScriptRunner: ScriptHost {
    func shouldEnd() -> Bool {
        if !isBusy, server.clock.monotonic() &- startedAt > busyThreshold {
            isBusy = true
            server.setBusy(true)
        }
        return state.isKilled
    }

    func log(_ line: UnsafeRawBufferPointer, level: Int) {
        let text = String(decoding: line, as: UTF8.self)
        switch level {
        case 0: server.host?.log(.debug, text)
        case 1: server.host?.log(.verbose, text)
        case 2: server.host?.log(.notice, text)
        default: server.host?.log(.warning, text)
        }
    }

    func knows(_ arguments: Arguments) -> Bool { command(arguments) != nil }

    private func command(_ arguments: Arguments) -> Command? {
        guard let command = server.commands.command(arguments[0]) else { return nil }
        guard !command.subcommands.isEmpty, arguments.count > 1 else { return command }
        return command.subcommand(arguments[1])
    }

    func call(_ arguments: Arguments, version: ProtocolVersion) -> UnsafeRawBufferPointer {
        let writer = keys.reply
        writer.turnEnded()
        writer.version = version
        do throws(ReplyError) {
            try execute(arguments)
        } catch {
            writer.discard()
            keys.writeError(error)
        }
        reply.removeAll(keepingCapacity: reply.capacity < 1 << 20)
        for slice in keys.takeReply() { reply.append(contentsOf: slice.bytes) }
        return reply.withUnsafeBytes { $0 }
    }

    private func execute(_ arguments: Arguments) throws(ReplyError) {
        guard let command = command(arguments) else {
            throw ReplyError("ERR Unknown Redis command called from script")
        }
        guard command.isExecutable, command.accepts(argumentCount: arguments.count) else {
            throw ReplyError("ERR Wrong number of args calling Redis command from script")
        }
        guard !command.flags.contains(.noScript) else { throw .notAllowedFromScript }
        if command.flags.contains(.write) {
            guard mayWrite else {
                throw ReplyError("ERR Write commands are not allowed from read-only scripts.")
            }
            if mindsMemory, !hasWritten, command.flags.contains(.denyOutOfMemory),
                server.isMemoryExceeded(arguments)
            {
                throw .outOfMemory
            }
            if !hasWritten {
                hasWritten = true
                guard state.beginWriting() else {
                    throw ReplyError("ERR Script killed by user with SCRIPT KILL.")
                }
            }
        }
        if command.flags.contains(.keyspace), command.isOnKeys {
            try keys.run(command, arguments)
        } else {
            try executeOther(command, arguments)
        }
    }

    /// What does not work on keys and needs no session.
    private func executeOther(_ command: Command, _ arguments: Arguments) throws(ReplyError) {
        switch command.fullName {
        case "publish": publish(.message, arguments)
        case "spublish": publish(.shardMessage, arguments)
        case "select":
            let index = try keys.integer(arguments[1])
            guard keys.keyspace.databases.indices.contains(index) else { throw .noSuchDatabase }
            keys.select(index)
            keys.reply.ok()
        case "ping":
            if arguments.count == 2 {
                keys.reply.bulk(arguments[1])
            } else {
                keys.reply.simpleString("PONG")
            }
        case "echo":
            keys.reply.bulk(arguments[1])
        case "time":
            let now = server.clock.wall()
            keys.reply.arrayHeader(2)
            keys.reply.bulk(decimal: now / 1_000_000)
            keys.reply.bulk(decimal: now % 1_000_000)
        default:
            throw .notAllowedFromScript
        }
    }

    private func publish(_ kind: MessageFrame.Kind, _ arguments: Arguments) {
        keys.reply.integer(
            server.broker.publish(
                kind, channel: arguments[1], payload: arguments[2], from: publisher))
        publisher.statistics.messagesPublished.add(1)
    }
}

extension ReplyError {
    fileprivate static let notAllowedFromScript = ReplyError(
        "ERR This Redis command is not allowed from script")
}
