// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// What concerns replicas: a master's answers while it has none, and refusals to have any.
enum ReplicationCommands {
    private static let refusal = ReplyError("ERR Martlet does not support replication")

    /// REPLICAOF and SLAVEOF: a master may be told to be one.
    static func replicaof(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        if arguments[1].isWord("no"), arguments[2].isWord("one") { return session.reply.ok() }
        guard let port = Int(strictDecimal: arguments[2]), (0...65535).contains(port) else {
            throw ReplyError("ERR Invalid master port")
        }
        throw refusal
    }

    /// What a replica says of itself. The form is checked before it is refused, as in Redis.
    static func replconf(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        if arguments.count == 1 { return session.reply.ok() }
        throw arguments.count.isMultiple(of: 2) ? .syntax : refusal
    }

    /// SYNC and PSYNC: what a replica would begin with.
    static func refuse(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        throw refusal
    }

    static func failover(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        var seen: Set<String> = []
        var index = 1
        while index < arguments.count {
            let rest = arguments.count - index - 1
            let word = String(decoding: arguments[index], as: UTF8.self).lowercased()
            guard seen.insert(word).inserted else { throw .syntax }
            switch word {
            case "timeout" where rest >= 1:
                guard let timeout = Int(strictDecimal: arguments[index + 1]) else {
                    throw .notAnInteger
                }
                guard timeout > 0 else {
                    throw ReplyError("ERR FAILOVER timeout must be greater than 0")
                }
                index += 1
            case "to" where rest >= 2:
                guard Int(strictDecimal: arguments[index + 2]) != nil else { throw .notAnInteger }
                index += 2
            case "abort" where arguments.count == 2:
                throw ReplyError("ERR No failover in progress.")
            case "force":
                break
            default:
                throw .syntax
            }
            index += 1
        }
        throw ReplyError("ERR FAILOVER requires connected replicas.")
    }

    // MARK: WAIT

    /// No replica will ever acknowledge: to wait for one is to wait for the timeout. A transaction
    /// does not wait.
    static func wait(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let replicaCount = Int(strictDecimal: arguments[1]) else { throw .notAnInteger }
        let timeout = try timeout(arguments[2], session)
        if replicaCount <= 0 || session.isInsideExec { return session.reply.integer(0) }
        block(session, for: timeout) { $0.reply.integer(0) }
    }

    static func waitAOF(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let localCount = Int(strictDecimal: arguments[1]) else { throw .notAnInteger }
        guard (0...1).contains(localCount) else {
            throw ReplyError("ERR value is out of range, value must between 0 and 1")
        }
        guard let replicaCount = Int(strictDecimal: arguments[2]) else { throw .notAnInteger }
        guard replicaCount >= 0 else {
            throw ReplyError("ERR value is out of range, must be positive")
        }
        let timeout = try timeout(arguments[3], session)
        let log = session.server.log
        guard localCount == 0 || log?.facts.isEnabled == true else {
            throw ReplyError(
                "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
        }
        // What the client has written, and what it may have seen.
        let position = session.outlet.holdPosition
        let answer: @Sendable (Session) -> Void = { session in
            session.reply.arrayHeader(2)
            session.reply.integer(session.server.log?.isSynced(position) == true ? 1 : 0)
            session.reply.integer(0)
        }
        let isThere = localCount == 0 || log?.isSynced(position) == true
        if isThere && replicaCount == 0 || session.isInsideExec { return answer(session) }
        session.record.insert(.blocked)
        let pending = session.postponeReply()
        let complete: @Sendable (Session) -> Void = { session in
            session.record.remove(.blocked)
            answer(session)
        }
        if let timeout {
            session.server.host?.schedule(
                afterMilliseconds: timeout, on: session.context.shard
            ) { _ in pending.complete(complete) }
        }
        if replicaCount == 0 { log?.whenSynced(position) { pending.post(complete) } }
    }

    /// A timeout in milliseconds; nil means for ever.
    private static func timeout(
        _ argument: UnsafeRawBufferPointer, _ session: Session
    ) throws(ReplyError) -> Int? {
        guard let timeout = Int(strictDecimal: argument) else {
            throw ReplyError("ERR timeout is not an integer or out of range")
        }
        guard timeout >= 0 else { throw ReplyError("ERR timeout is negative") }
        guard timeout <= Int.max - session.server.clock.wall() / 1000 else {
            throw ReplyError("ERR timeout is out of range")
        }
        return timeout == 0 ? nil : timeout
    }

    private static func block(
        _ session: Session, for timeout: Int?, _ answer: @escaping @Sendable (Session) -> Void
    ) {
        session.record.insert(.blocked)
        session.reply(afterMilliseconds: timeout) { session in
            session.record.remove(.blocked)
            answer(session)
        }
    }
}
