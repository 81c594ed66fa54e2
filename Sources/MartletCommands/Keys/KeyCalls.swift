// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Commands on keys that the program itself calls
//
//   perform ─▶ gate ─▶ KeyStep.run ─▶ KeyContext.run ─▶ handler          (as for a session)
//                 │                                        │ waits for keys
//                 │                                        ▼
//                 └─ resumed with the reply and the     KeyCall, in the keyspace like any client:
//                    log position behind it             served, timed out, or cancelled
//
// There is no client and no session: a step is a job of the gate, run at once or by whoever
// leaves, with the context that belongs to the holder. Remote clients see what a step did as they
// see each other's commands, and wake it if it waits. Everything is decided while the gate is
// held, so that a cancelled call either has its answer, or has taken nothing.

import MartletCore
import RESP
import Synchronization

/// A reply to the program itself, in RESP2.
package struct KeyReply: Sendable {
    private var bytes: [UInt8] = []

    init(_ slices: [Slice]) {
        for slice in slices { bytes += slice.bytes }
    }

    package var cursor: ReplyCursor { ReplyCursor(bytes) }

    /// What an error reply says.
    var error: ReplyError { ReplyError(bytes: bytes.dropFirst().dropLast(2)) }
}

/// What a call came to. Nobody may be told of it before the log has reached the position.
package struct KeyOutcome<Value: Sendable>: Sendable {
    package let result: Result<Value, ReplyError>
    package let position: UInt64
}

/// Calls commands on keys in the process that has them.
package final class KeyCalls: @unchecked Sendable {
    private let server: ServerContext
    // Belongs to the holder of the gate.
    fileprivate var waiting: [ObjectIdentifier: KeyCall] = [:] {
        didSet { waitingCount.store(waiting.count, ordering: .relaxed) }
    }
    private var isClosed = false
    /// How many calls wait for keys. May be read at any time.
    package let waitingCount = Atomic(0)

    package init(_ server: ServerContext) {
        self.server = server
    }

    /// Does some commands as one step, for everybody and for the log.
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (KeyStep) throws(ReplyError) -> Value
    ) async -> KeyOutcome<Value> {
        await withUnsafeContinuation { continuation in
            server.gate.perform { [self] keyspace in
                let result = run(body)
                continuation.resume(
                    returning: KeyOutcome(result: result, position: keyspace.handOver()))
            }
        }
    }

    private func run<Value>(
        _ body: (KeyStep) throws(ReplyError) -> Value
    ) -> Result<Value, ReplyError> {
        guard !isClosed else { return .failure(.closed) }
        let keys = server.gateContext
        keys.beginJob()
        var result: Result<Value, ReplyError>?
        keys.runTransaction {
            do throws(ReplyError) {
                result = .success(try body(KeyStep(keys)))
            } catch {
                result = .failure(error)
            }
        }
        keys.finish()
        return result!
    }

    /// Runs one command, which may wait for keys. A cancelled task waits no longer.
    ///
    /// - Returns: the reply; nil if the call was cancelled, in which case nothing was done.
    package func wait(_ call: KeyCall) async -> KeyOutcome<KeyReply?> {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                server.gate.perform { [self] keyspace in
                    call.continuation = continuation
                    begin(call, keyspace)
                }
            }
        } onCancel: {
            cancel(call)
        }
    }

    /// Ends the waiting of a call, or keeps it from waiting. From any thread.
    package func cancel(_ call: KeyCall) {
        server.gate.perform { [self] _ in
            call.isCancelled = true
            end(call, .success(nil))
        }
    }

    private func begin(_ call: KeyCall, _ keyspace: Keyspace) {
        if isClosed { return call.answer(.failure(.closed), position: 0) }
        if call.isCancelled { return call.answer(.success(nil), position: 0) }
        let keys = server.gateContext
        keys.beginJob()
        let result: Result<KeyReply?, ReplyError>
        do throws(ReplyError) {
            if let wait = try keys.callAndWait(call.request) {
                call.waiter = keys.insert(wait, for: call)
                call.calls = self
                waiting[ObjectIdentifier(call)] = call
                return keys.finish()
            }
            result = .success(KeyReply(keys.takeReply()))
        } catch {
            result = .failure(error)
        }
        keys.finish()
        call.answer(result, position: keyspace.handOver())
    }

    /// Ends the waiting of a call, if it waits.
    private func end(_ call: KeyCall, _ result: Result<KeyReply?, ReplyError>) {
        guard let waiter = call.waiter else { return }
        server.gateContext.end(waiter)
        call.answer(result, position: 0)
    }

    /// Nothing is run any more, and nobody waits.
    ///
    /// - Parameter completion: called while the gate is held, when that is so.
    package func close(_ completion: @escaping @Sendable () -> Void) {
        server.gate.perform { [self] _ in
            isClosed = true
            for call in waiting.values { end(call, .failure(.closed)) }
            completion()
        }
    }
}

/// What the commands of a step work with. Valid while the step runs.
package struct KeyStep {
    private let keys: KeyContext

    fileprivate init(_ keys: KeyContext) {
        self.keys = keys
    }

    /// Runs one command.
    package func run(_ request: OwnedArguments) throws(ReplyError) -> KeyReply {
        try request.withArguments { arguments throws(ReplyError) in
            try keys.call(arguments)
            return KeyReply(keys.takeReply())
        }
    }

    /// Has those who wait for a key look at it again.
    package func makeReady(_ key: [UInt8]) {
        key.withUnsafeBytes { keys.keyspace.makeReady(KeyName($0), in: keys.database) }
    }
}

/// A call that may wait. Belongs to the holder of the gate.
package final class KeyCall: @unchecked Sendable {
    fileprivate let request: OwnedArguments
    fileprivate var continuation: UnsafeContinuation<KeyOutcome<KeyReply?>, Never>?
    /// While it waits.
    fileprivate var waiter: KeyWaiter?
    /// Since it waits.
    fileprivate weak var calls: KeyCalls?
    fileprivate var isCancelled = false

    package init(_ request: OwnedArguments) {
        self.request = request
    }

    /// Called once, when it is off the queues.
    func answer(_ result: Result<KeyReply?, ReplyError>, position: UInt64) {
        waiter = nil
        calls?.waiting[ObjectIdentifier(self)] = nil
        continuation?.resume(returning: KeyOutcome(result: result, position: position))
        continuation = nil
    }
}

extension ReplyError {
    package static let closed = ReplyError("CLOSED the broker was shut down")
}

extension KeyContext {
    /// Runs a command for the program itself, unless the state of memory or log forbids it.
    fileprivate func call(_ arguments: Arguments) throws(ReplyError) {
        let command = try server.commands.commandOnKeys(arguments)
        if let error = refusal(of: command, arguments) { throw error }
        do throws(ReplyError) {
            try run(command, arguments)
        } catch {
            server.errorStatistics.count(error.code)
            throw error
        }
    }

    /// Runs a command that may wait.
    ///
    /// - Returns: what it waits for, if it was not answered.
    fileprivate func callAndWait(_ request: OwnedArguments) throws(ReplyError) -> KeyWait? {
        allowsWaiting = true
        defer { allowsWaiting = false }
        try request.withArguments { arguments throws(ReplyError) in try call(arguments) }
        guard case .waiting(let wait) = takePostponement() else { return nil }
        return wait
    }

    private func refusal(of command: Command, _ arguments: Arguments) -> ReplyError? {
        if command.flags.contains(.denyOutOfMemory), server.isMemoryExceeded(arguments) {
            return .outOfMemory
        }
        if command.flags.contains(.write), let sink = keyspace.sink, sink.isRefusing {
            return .logRefuses(because: sink.refusalReason)
        }
        return server.writeConditions.isLoading ? .loading : nil
    }
}
