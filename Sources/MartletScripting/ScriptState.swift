// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import RESP
import Synchronization

/// What is known of the script that runs, and whether it may be ended: SCRIPT KILL and FUNCTION
/// STATS ask on any thread, without the keyspace, which the script holds.
final class ScriptState: Sendable {
    /// The script, or the function of a library, that runs.
    struct Running: Sendable {
        let isFunction: Bool
        /// The function's name; of a script, its digits.
        let name: [UInt8]
        /// How it was called.
        let request: OwnedArguments
        /// Nanoseconds of the monotonic clock.
        let startedAt: UInt64
        var hasWritten = false
        var isKilled = false
        /// Whether commands on keys are refused because of it.
        var isBusy = false
    }

    private struct State {
        var running: Running?
        /// When a timer looks after what runs then.
        var alarm: UInt64?
        var libraryCount = 0
        var functionCount = 0
    }

    private unowned let server: ServerContext
    private let state = Mutex(State())
    /// The same as `isKilled`, looked at now and then while a script runs.
    private let killed = Atomic(false)

    init(_ server: ServerContext) {
        self.server = server
    }

    var isKilled: Bool { killed.load(ordering: .relaxed) }

    var running: Running? { state.withLock { $0.running } }

    // MARK: From the beginning to the end

    func begin(_ running: Running) {
        killed.store(false, ordering: .relaxed)
        let due = patience.map { running.startedAt + $0 }
        let needsAlarm = state.withLock { state in
            state.running = running
            guard let due, state.alarm.map({ $0 > due }) ?? true else { return false }
            state.alarm = due
            return true
        }
        if needsAlarm, let due { schedule(due, after: due - running.startedAt) }
    }

    func end() {
        state.withLock { state in
            if state.running?.isBusy == true { server.endBusy() }
            state.running = nil
        }
    }

    /// Says that the script is about to write for the first time.
    ///
    /// - Returns: false if it was ended before.
    func beginWriting() -> Bool {
        state.withLock { state in
            guard state.running?.isKilled != true else { return false }
            state.running?.hasWritten = true
            return true
        }
    }

    // MARK: Running for too long

    /// `busy-reply-threshold` in nanoseconds; nil means for ever.
    private var patience: UInt64? {
        let threshold = server.configuration.configuration.busyReplyThreshold
        return threshold > 0 ? UInt64(min(threshold, 1 << 40)) * 1_000_000 : nil
    }

    /// One timer looks after one script after the other, so that short ones need none.
    private func schedule(_ due: UInt64, after nanoseconds: UInt64) {
        server.host?.schedule(
            afterMilliseconds: Int(nanoseconds / 1_000_000) + 1, on: server.broker.shards[0]
        ) { [weak self] _ in
            self?.lookAfterScript(due)
        }
    }

    /// - Parameter due: which timer that is. One that was replaced does nothing.
    private func lookAfterScript(_ due: UInt64) {
        let now = server.clock.monotonic()
        let patience = patience
        let next = state.withLock { state -> UInt64? in
            guard state.alarm == due else { return nil }
            state.alarm = nil
            guard let running = state.running, !running.isKilled, !running.isBusy, let patience
            else { return nil }
            guard running.startedAt + patience <= now else {
                state.alarm = running.startedAt + patience
                return state.alarm
            }
            state.running?.isBusy = true
            server.beginBusy(running.isFunction ? .busyWithFunction : .busy)
            return nil
        }
        if let next { schedule(next, after: next - now) }
    }

    // MARK: SCRIPT KILL and FUNCTION KILL

    /// Has the script end that runs.
    func kill(function: Bool) throws(ReplyError) {
        let objection = state.withLock { state -> ReplyError? in
            guard let running = state.running else { return .notBusy }
            guard !running.hasWritten else { return .unkillable }
            guard running.isFunction == function else {
                return running.isFunction ? .busyWithFunction : .busy
            }
            state.running?.isKilled = true
            killed.store(true, ordering: .relaxed)
            // It ends in a moment, for which commands on keys wait.
            if running.isBusy { server.endBusy() }
            state.running?.isBusy = false
            return nil
        }
        if let objection { throw objection }
    }

    // MARK: FUNCTION STATS

    var libraryCounts: (libraries: Int, functions: Int) {
        state.withLock { ($0.libraryCount, $0.functionCount) }
    }

    func setCounts(of libraries: FunctionLibraries) {
        state.withLock { state in
            state.libraryCount = libraries.libraries.count
            state.functionCount = libraries.functionCount
        }
    }
}

extension ReplyError {
    fileprivate static let notBusy = ReplyError("NOTBUSY No scripts in execution right now.")
    fileprivate static let unkillable = ReplyError(
        "UNKILLABLE Sorry the script already executed write commands against the dataset. You "
            + "can either wait the script termination or kill the server in a hard way using "
            + "the SHUTDOWN NOSAVE command.")
}
