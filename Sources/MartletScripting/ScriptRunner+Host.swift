// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import MartletCore
import RESP

/// What a script calls while it runs.
extension ScriptRunner: ScriptHost {
    func shouldEnd() -> Bool {
        if let loadDeadline { return server.clock.monotonic() > loadDeadline }
        return state.isKilled
    }

    func register(_ function: LibraryFunction) -> StaticString? { libraries.register(function) }

    func log(_ line: UnsafeRawBufferPointer, level: Int) {
        let text = String(decoding: line, as: UTF8.self)
        switch level {
        case 0: server.host?.log(.debug, text)
        case 1: server.host?.log(.verbose, text)
        case 2: server.host?.log(.notice, text)
        default: server.host?.log(.warning, text)
        }
    }

    func knows(_ arguments: Arguments) -> Bool {
        server.commands.command(calledBy: arguments) != nil
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
        guard let command = server.commands.command(calledBy: arguments) else {
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
                // The text does not matter: the engine ends the script with its own.
                guard state.beginWriting() else { throw ReplyError("ERR Script killed by user") }
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
            keys.publish(
                kind, channel: arguments[1], payload: arguments[2], countingFrom: keys.shard))
    }
}

extension ReplyError {
    fileprivate static let notAllowedFromScript = ReplyError(
        "ERR This Redis command is not allowed from script")
}
