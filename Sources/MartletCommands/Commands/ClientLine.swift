// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

/// The line of CLIENT LIST and CLIENT INFO, with the fields of Redis 7.2 (networking.c,
/// `catClientInfoString`).
struct ClientLine {
    /// About what a connection takes without its buffers, in bytes.
    private static let connectionByteCount = 1024

    private let server: ServerContext
    /// Seconds since the epoch.
    private let now: Int
    private let callerID: Int
    /// Of the command under way, in bytes; the other clients execute none.
    private let argumentByteCount: Int

    init(_ session: Session, _ arguments: Arguments) {
        server = session.server
        now = session.context.now / 1_000_000
        callerID = session.record.id
        argumentByteCount = arguments.byteCount
    }

    func text(of record: ClientRecord) -> String {
        let texts = record.texts.withLock { $0 }
        let argvMemory = record.id == callerID ? argumentByteCount : 0
        let fields: [(String, String)] = [
            ("id", "\(record.id)"),
            ("addr", record.address),
            ("laddr", record.localAddress),
            ("fd", "\(record.descriptor)"),
            ("name", String(decoding: texts.name, as: UTF8.self)),
            ("age", "\(max(now - record.createdAt, 0))"),
            ("idle", "\(max(now - value(record.lastInteraction), 0))"),
            ("flags", flags(of: record)),
            ("db", "\(value(record.database))"),
            ("sub", "\(value(record.channelCount))"),
            ("psub", "\(value(record.patternCount))"),
            ("ssub", "\(value(record.shardChannelCount))"),
            ("multi", "\(value(record.queuedCommandCount))"),
            ("qbuf", "\(value(record.queryByteCount))"),
            ("qbuf-free", "\(value(record.queryFreeByteCount))"),
            ("argv-mem", "\(argvMemory)"),
            ("multi-mem", "\(value(record.queuedCommandByteCount))"),
            // Replies are written to memory that all connections share.
            ("rbs", "0"), ("rbp", "0"), ("obl", "0"),
            ("oll", "\(value(record.outputSliceCount))"),
            ("omem", "\(value(record.outputByteCount))"),
            ("tot-mem", "\(totalMemory(of: record) + argvMemory)"),
            ("events", value(record.outputByteCount) > 0 ? "rw" : "r"),
            ("cmd", lastCommand(of: record)),
            ("user", "default"),
            ("redir", "-1"),
            ("resp", "\(value(record.protocolVersion))"),
            ("lib-name", String(decoding: texts.libraryName, as: UTF8.self)),
            ("lib-ver", String(decoding: texts.libraryVersion, as: UTF8.self)),
        ]
        return fields.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    private func value(_ number: borrowing Atomic<Int>) -> Int {
        number.load(ordering: .relaxed)
    }

    private func flags(of record: ClientRecord) -> String {
        let letters: [(ClientFlags, String)] = [
            (.monitor, "O"), (.subscriber, "P"), (.transaction, "x"), (.blocked, "b"),
            (.closing, "c"), (.unixSocket, "U"), (.noEvict, "e"), (.noTouch, "T"),
        ]
        let shown = letters.filter { record.has($0.0) }.map(\.1).joined()
        return shown.isEmpty ? "N" : shown
    }

    private func totalMemory(of record: ClientRecord) -> Int {
        Self.connectionByteCount + value(record.queryByteCount)
            + value(record.queryFreeByteCount) + value(record.queuedCommandByteCount)
            + value(record.outputByteCount)
    }

    private func lastCommand(of record: ClientRecord) -> String {
        let index = value(record.lastCommand)
        return index < 0 ? "NULL" : server.commandNames[index]
    }
}
