// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A client that waits for keys (BLPOP, XREAD BLOCK …)
//
//   handler ─▶ context.wait ─▶ session parks ─▶ WaitingClient in the keyspace
//                                                   │ served, timed out, CLIENT UNBLOCK
//                              session's shard ◀────┘ bytes of the reply, through the mailbox
//
// A call of the program itself waits in the same way, see KeyCalls.
//
// Everything is decided by whoever holds the gate. The client's own loop only says when it is
// gone, at which moment nothing more is taken for it.

import MartletCore
import RESP

/// What a command waits for.
package struct KeyWait {
    /// Tries again, for a waiting client: writes the reply if it can be served, and tells the log
    /// with `effect` what it did. It must not write anything otherwise.
    package typealias Attempt = @Sendable (KeyContext) throws(ReplyError) -> Outcome

    package enum Outcome {
        /// It was answered.
        case served
        /// It goes on waiting; the next one may have more luck.
        case waiting
        /// It goes on waiting, as must everybody behind it.
        case exhausted
    }

    /// What is replied when the time is up.
    package enum TimeoutReply: Sendable {
        case null, nullArray
    }

    package var keys: [[UInt8]]
    /// Milliseconds since the epoch; nil means for ever.
    package var deadline: Int?
    package var timeoutReply: TimeoutReply
    package var attempt: Attempt

    package init(
        keys: [[UInt8]], deadline: Int?, timeoutReply: TimeoutReply, attempt: @escaping Attempt
    ) {
        self.keys = keys
        self.deadline = deadline
        self.timeoutReply = timeoutReply
        self.attempt = attempt
    }
}

/// A client that waits for keys.
final class WaitingClient: Sendable {
    fileprivate enum Kind: Sendable {
        case session(ClientRecord, PendingReply)
        /// The program itself.
        case call(KeyCall)
    }

    fileprivate let attempt: KeyWait.Attempt
    fileprivate let timeoutReply: KeyWait.TimeoutReply
    fileprivate let version: ProtocolVersion
    fileprivate let kind: Kind

    fileprivate init(_ wait: KeyWait, _ version: ProtocolVersion, _ kind: Kind) {
        attempt = wait.attempt
        timeoutReply = wait.timeoutReply
        self.version = version
        self.kind = kind
    }

    /// - Parameter position: the log must reach it before the reply leaves.
    fileprivate func answer(_ bytes: [Slice], isError: Bool, position: UInt64) {
        switch kind {
        case .session(_, let pending):
            pending.post { session in
                if isError { session.context.shard.statistics.errorReplies.add(1) }
                session.outlet.hold(until: position)
                bytes.forEach { session.reply.raw($0.bytes) }
            }
        case .call(let call):
            let reply = KeyReply(bytes)
            call.answer(isError ? .failure(reply.error) : .success(reply), position: position)
        }
    }
}

extension Session {
    /// Parks the session until it is served.
    func block(_ wait: KeyWait) {
        let waiter = keyContext.insert(
            wait, WaitingClient(wait, outlet.version, .session(record, postponeReply())))
        blocked = waiter
        record.waiter = waiter
        record.insert(.blocked)
    }

    /// The client is gone: nothing more is taken from a key for it.
    func abandonWait() {
        guard let blocked else { return }
        self.blocked = nil
        blocked.leave()
        server.gate.perform { [gateContext = server.gateContext] _ in gateContext.end(blocked) }
    }
}

extension KeyContext {
    /// Has a call of the program wait.
    func insert(_ wait: KeyWait, for call: KeyCall) -> KeyWaiter {
        insert(wait, WaitingClient(wait, .resp2, .call(call)))
    }

    fileprivate func insert(_ wait: KeyWait, _ client: WaitingClient) -> KeyWaiter {
        var seen: Set<[UInt8]> = []
        let keys = wait.keys.filter { seen.insert($0).inserted }
        let waiter = KeyWaiter(client, database: database, keys: keys, deadline: wait.deadline)
        keyspace.insert(waiter)
        return waiter
    }

    /// Lets those try who wait for keys that have become ready.
    func serveWaiters() {
        var answers: [(client: WaitingClient, bytes: [Slice], isError: Bool)] = []
        reply.turnEnded()
        keyspace.forEachReadyWaiter { waiter in
            let client = client(of: waiter)
            let (outcome, isError) = serve(client, in: waiter.database)
            if outcome == .served {
                end(waiter)
                answers.append((client, takeReply(), isError))
            }
            return outcome != .exhausted
        }
        finish()
        let position = keyspace.handOver()
        for answer in answers {
            answer.client.answer(answer.bytes, isError: answer.isError, position: position)
        }
    }

    private func serve(
        _ client: WaitingClient, in database: Database
    ) -> (outcome: KeyWait.Outcome, isError: Bool) {
        select(database.index)
        reply.version = client.version
        keyspace.beginStep()
        defer { keyspace.endStep() }
        do throws(ReplyError) {
            return (try client.attempt(self), false)
        } catch {
            writeError(error)
            return (.served, true)
        }
    }

    /// Answers those whose time is up.
    func endTimedOutWaits() {
        while let waiter = keyspace.timedOutWaiter { endWait(of: waiter, error: nil) }
    }

    /// Answers a client as if its time were up, or with an error.
    func endWait(of waiter: KeyWaiter, error: ReplyError?) {
        let client = client(of: waiter)
        end(waiter)
        reply.turnEnded()
        reply.version = client.version
        if let error {
            writeError(error)
        } else {
            switch client.timeoutReply {
            case .null: reply.null()
            case .nullArray: reply.nullArray()
            }
        }
        client.answer(takeReply(), isError: error != nil, position: keyspace.handOver())
    }

    /// Takes the client off the queues; it is answered, or gone.
    func end(_ waiter: KeyWaiter) {
        keyspace.remove(waiter)
        guard case .session(let record, _) = client(of: waiter).kind else { return }
        record.waiter = nil
        record.remove(.blocked)
    }

    private func client(of waiter: KeyWaiter) -> WaitingClient {
        unsafeDowncast(waiter.client, to: WaitingClient.self)
    }

    package func writeError(_ error: ReplyError) {
        error.message.withUnsafeBytes { reply.error($0) }
        server.errorStatistics.count(error.code)
    }

    package func takeReply() -> [Slice] {
        var slices: [Slice] = []
        reply.take { slices.append($0) }
        return slices
    }
}
