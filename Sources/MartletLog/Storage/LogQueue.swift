// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch

/// A queue that does one thing after another. In tests it is one that the test drives.
package protocol LogQueue: Sendable {
    func async(_ work: @escaping @Sendable () -> Void)
    func async(after delay: Duration, _ work: @escaping @Sendable () -> Void)
}

/// A serial dispatch queue.
package struct SerialQueue: LogQueue {
    private let queue: DispatchQueue

    package init(label: String, qos: DispatchQoS = .unspecified) {
        queue = DispatchQueue(label: label, qos: qos)
    }

    package func async(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }

    package func async(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + delay.interval, execute: work)
    }
}

extension Duration {
    var interval: DispatchTimeInterval {
        .nanoseconds(
            Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
    }
}

/// What the log takes from outside: the disk, time, chance and threads.
package struct LogEnvironment: Sendable {
    package var storage: any Storage
    /// Writes that no event loop may do, and changes to the directory.
    package var writeQueue: any LogQueue
    /// Waits for the disk.
    package var syncQueue: any LogQueue
    /// Rewriting: a long job beside the others.
    package var rewriteQueue: any LogQueue
    /// A clock that only goes forward.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Waits for the semaphore, so long at most.
    package var wait:
        @Sendable (_ semaphore: DispatchSemaphore, _ limit: Duration) -> DispatchTimeoutResult
    package var random: @Sendable () -> UInt64
    /// What an operator should read.
    package var report: @Sendable (_ level: ReportLevel, _ text: String) -> Void

    package enum ReportLevel: Sendable {
        case notice, warning
    }

    package init(
        storage: any Storage, writeQueue: any LogQueue, syncQueue: any LogQueue,
        rewriteQueue: any LogQueue, now: @escaping @Sendable () -> ContinuousClock.Instant,
        wait: @escaping @Sendable (DispatchSemaphore, Duration) -> DispatchTimeoutResult,
        random: @escaping @Sendable () -> UInt64,
        report: @escaping @Sendable (ReportLevel, String) -> Void
    ) {
        self.storage = storage
        self.writeQueue = writeQueue
        self.syncQueue = syncQueue
        self.rewriteQueue = rewriteQueue
        self.now = now
        self.wait = wait
        self.random = random
        self.report = report
    }

    /// The machine's.
    package init(report: @escaping @Sendable (ReportLevel, String) -> Void) {
        self.init(
            storage: FileStorage(),
            writeQueue: SerialQueue(label: "martlet.log.write", qos: .userInitiated),
            syncQueue: SerialQueue(label: "martlet.log.sync", qos: .userInitiated),
            rewriteQueue: SerialQueue(label: "martlet.log.rewrite", qos: .utility),
            now: { ContinuousClock.now },
            wait: { semaphore, limit in semaphore.wait(timeout: .now() + limit.interval) },
            random: { UInt64.random(in: .min ... .max) },
            report: report)
    }
}
