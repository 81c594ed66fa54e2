// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Who may touch the keyspace
//
// The keyspace is plain data without locks: one holder at a time uses it, whoever has entered the
// gate. An event loop must never wait for another thread, and a hold is normally shorter than a
// microsecond, so:
//
//   session with a key command ─▶ tryEnter ── entered ─▶ execute a run of commands ─▶ leave
//                                    │
//                                    └─ taken, even after a short spin: the session is parked,
//                                       its shard waits in the queue, once for all its sessions
//
//   leave ─▶ nobody waits: one compare-and-swap
//         ─▶ a job waits: the one who leaves runs it, so many at the most, and then the next
//         ─▶ a shard waits: it is told through its mailbox
//         ─▶ slow work waits: the gate is handed to the slow queue
//
// A shard that is told finds the gate free, as a rule; somebody who comes by meanwhile may go in
// before it, since a gate that stands reserved until a loop wakes up would be idle most of the
// time. If that happens it waits a second time, at the head of the queue, and then the gate is
// handed to it and to nobody else. (Mutexes of Go work like this.)
//
// Invariants: while anybody waits, the gate is held, or a shard has been told and not entered yet.
// `State.waited` is set exactly while the queue is not empty; both change under the queue's lock.

import DequeModule
import Synchronization

/// The one door to the keyspace.
package final class KeyspaceGate: @unchecked Sendable {
    package typealias Job = @Sendable (Keyspace) -> Void
    /// Runs something on a thread that may take its time.
    package typealias Executor = @Sendable (@escaping @Sendable () -> Void) -> Void

    private enum State {
        static let free: UInt32 = 0
        static let held: UInt32 = 1
        static let waited: UInt32 = 2
    }

    private enum Waiter {
        /// - Parameter isOwner: whether the gate is handed to it.
        case shard(Shard, isOwner: Bool, resume: ShardResumption)
        /// Short, run by whoever leaves.
        case job(Job)
        /// Run by the executor.
        case slowWork(Job)
    }

    /// Runs on the shard; the argument says whether it holds the gate already.
    package typealias ShardResumption = @Sendable (_ holdsGate: Bool) -> Void

    /// How often a taken gate is looked at before one gives up: about two microseconds.
    private static let spinCount = 1000
    /// How many jobs who leaves runs for others.
    private static let jobCountMax = 16

    private let keyspace: Keyspace
    private let state = Atomic(State.free)
    private let queue = Mutex(Deque<Waiter>())
    private let executor: Executor
    private let releaser: Executor

    /// - Parameters:
    ///   - executor: for slow work, and for jobs when there are many.
    ///   - releaser: for releasing memory, which must not hold up the slow work.
    package init(
        _ keyspace: Keyspace, executor: @escaping Executor, releaser: @escaping Executor
    ) {
        self.keyspace = keyspace
        self.executor = executor
        self.releaser = releaser
    }

    /// Whether the holder is a script that has run for too long: who wants to enter is to be
    /// refused, not to wait (`busy-reply-threshold`).
    package let isBusy = Atomic(false)

    /// Whether somebody waits for the holder to leave.
    package var isWaitedFor: Bool { state.load(ordering: .relaxed) & State.waited != 0 }

    /// Enters without waiting for more than a moment.
    ///
    /// - Returns: the keyspace, which is the caller's until it leaves; nil if it is taken.
    package func tryEnter() -> Keyspace? {
        var current = state.load(ordering: .relaxed)
        for _ in 0..<Self.spinCount {
            if current & State.held == 0 {
                let (entered, original) = state.weakCompareExchange(
                    expected: current, desired: current | State.held,
                    successOrdering: .acquiring, failureOrdering: .relaxed)
                if entered { return keyspace }
                current = original
            } else {
                current = state.load(ordering: .relaxed)
            }
        }
        return nil
    }

    /// The keyspace, for a shard that was handed the gate.
    package var heldKeyspace: Keyspace {
        assert(state.load(ordering: .relaxed) & State.held != 0)
        return keyspace
    }

    package func leave() {
        let (left, _) = state.compareExchange(
            expected: State.held, desired: State.free, successOrdering: .releasing,
            failureOrdering: .relaxed)
        if !left { passOn() }
    }

    // MARK: Waiting

    /// Has `resume` run on the shard when it may enter.
    ///
    /// - Parameter isSecondTime: whether the shard was told before and then came too late.
    package func wait(
        _ shard: Shard, isSecondTime: Bool, resume: @escaping ShardResumption
    ) {
        wait(.shard(shard, isOwner: isSecondTime, resume: resume), first: isSecondTime)
    }

    /// Runs something short while the gate is held: at once, or by whoever leaves.
    package func perform(_ job: @escaping Job) {
        wait(.job(job), first: false)
    }

    /// Runs something long while the gate is held, on the executor's thread.
    package func performSlowly(_ work: @escaping Job) {
        wait(.slowWork(work), first: false)
    }

    /// As `performSlowly`, for the holder, whose hold goes over to the work.
    package func continueSlowly(_ work: @escaping Job) {
        executor { [self] in
            work(keyspace)
            leave()
        }
    }

    /// Has the executor run something for the holder, who goes on holding the gate.
    package func performForHolder(_ work: @escaping @Sendable () -> Void) {
        executor(work)
    }

    /// Releases memory on another thread: what takes long, and nobody waits for.
    package func release(_ memory: RetiredMemory) {
        releaser { memory.release() }
    }

    private func wait(_ waiter: Waiter, first: Bool) {
        let hasEntered = queue.withLock { queue in
            if first { queue.prepend(waiter) } else { queue.append(waiter) }
            state.bitwiseOr(State.waited, ordering: .relaxed)
            // Whoever holds it sees the bit when leaving; if nobody does, this is the holder.
            return state.compareExchange(
                expected: State.waited, desired: State.waited | State.held,
                successOrdering: .acquiring, failureOrdering: .relaxed
            ).exchanged
        }
        if hasEntered { passOn() }
    }

    /// Called by the holder, to whom the gate does not belong any more afterwards.
    private func passOn() {
        var jobsLeft = Self.jobCountMax
        while let next = takeNext() {
            switch next {
            case .job(let job) where jobsLeft > 0:
                jobsLeft -= 1
                job(keyspace)
            case .job(let work), .slowWork(let work):
                return executor { [self] in
                    work(keyspace)
                    leave()
                }
            case .shard(let shard, let isOwner, let resume):
                return shard.mailbox.post { _ in resume(isOwner) }
            }
        }
    }

    /// The next one who waits. For nobody, and for a shard that is only told, the gate is free
    /// from here on.
    private func takeNext() -> Waiter? {
        queue.withLock { queue in
            let next = queue.popFirst()
            let isFree =
                switch next {
                case .shard(_, let isOwner, _): !isOwner
                case .job, .slowWork: false
                case nil: true
                }
            let held = isFree ? State.free : State.held
            state.store(held | (queue.isEmpty ? State.free : State.waited), ordering: .releasing)
            return next
        }
    }
}
