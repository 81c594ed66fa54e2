// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch
import Synchronization

/// The closing of a log, for those who must wait for it.
package final class LogClosing: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let outcome = Mutex<String??>(nil)

    package init() {}

    package func end(failure: String?) {
        outcome.withLock { $0 = .some(failure) }
        done.signal()
    }

    /// Waits on this thread, which must be none that serves others.
    ///
    /// - Returns: why not everything is on disk, or nil.
    package func wait(atMost duration: Duration) -> String? {
        guard done.wait(timeout: .now() + duration.interval) == .success else {
            return "it takes too long"
        }
        // For whoever else waits.
        done.signal()
        return outcome.withLock { $0 } ?? nil
    }
}
