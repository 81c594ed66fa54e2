// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch

@testable import MartletLog

/// Queues and a clock that the test drives: what is ready runs in an order that the seed decides,
/// and time passes only when nothing else can happen.
final class SimulatedQueues: @unchecked Sendable {
    private struct Job {
        var queue: Int
        var due: ContinuousClock.Instant
        var work: @Sendable () -> Void
    }

    private(set) var now = ContinuousClock.now
    /// What happens on other threads while one waits; the wait ends afterwards.
    var whileWaiting: () -> Void = {}
    private var jobs: [Job] = []
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    struct Queue: LogQueue {
        let queues: SimulatedQueues
        let index: Int

        func async(_ work: @escaping @Sendable () -> Void) {
            async(after: .zero, work)
        }

        func async(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
            queues.jobs.append(Job(queue: index, due: queues.now + delay, work: work))
        }
    }

    /// Runs one job that is due.
    ///
    /// - Returns: false if there is none.
    func runOne() -> Bool {
        // Each queue goes by its own order.
        var first: [Int: Int] = [:]
        for (index, job) in jobs.enumerated() where job.due <= now && first[job.queue] == nil {
            first[job.queue] = index
        }
        guard let index = first.values.sorted().randomElement(using: &random) else {
            return false
        }
        jobs.remove(at: index).work()
        return true
    }

    /// Runs everything that is due.
    func run() {
        while runOne() {}
    }

    /// Lets time pass, and runs what becomes due.
    func run(for duration: Duration) {
        let end = now + duration
        run()
        while let next = jobs.map(\.due).min(), next <= end {
            now = max(now, next)
            run()
        }
        now = end
    }

    /// Lets time pass in the midst of a job.
    func pass(_ duration: Duration) { now += duration }

    func environment(
        _ storage: SimulatedStorage, report: @escaping @Sendable (String) -> Void = { _ in }
    ) -> LogEnvironment {
        LogEnvironment(
            storage: storage, writeQueue: Queue(queues: self, index: 0),
            syncQueue: Queue(queues: self, index: 1), rewriteQueue: Queue(queues: self, index: 2),
            now: { self.now },
            wait: { semaphore, limit in
                self.whileWaiting()
                let result = semaphore.wait(timeout: .now())
                if result == .timedOut { self.now += limit }
                return result
            },
            random: { self.random.next() }, report: { _, text in report(text) })
    }
}
