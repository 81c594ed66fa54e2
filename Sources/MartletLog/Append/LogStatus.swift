// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension AppendLog {
    /// What is counted beside the work.
    struct Numbers {
        /// The base and the increments before the one that is written to, in bytes.
        var closedByteCount = 0
        /// The size of the whole log at the start or after the last rewrite, in bytes.
        var rewriteByteCount = 0
        var delayedSyncCount = 0
        var writeSucceeded = true
        var rewriteSucceeded = true
        var failedRewriteCount = 0
        var needsRewrite = false
    }

    package var status: LogStatus {
        withLock {
            LogStatus(
                byteCount: numbers.closedByteCount + (increment == nil ? 0 : writtenByteCount),
                baseByteCount: numbers.rewriteByteCount,
                bufferByteCount: Int(buffer.end - written),
                isSyncing: isSyncing, delayedSyncCount: numbers.delayedSyncCount,
                isLastWriteOK: numbers.writeSucceeded, failure: failure,
                isOverMemoryLimit: buffer.byteCount > memoryLimit,
                isRewriting: rewrite != nil, isLastRewriteOK: numbers.rewriteSucceeded,
                consecutiveFailedRewriteCount: numbers.failedRewriteCount,
                needsRewrite: numbers.needsRewrite || !isListed)
        }
    }
}

/// The log as INFO's persistence section describes it.
package struct LogStatus: Sendable, Equatable {
    /// `aof_current_size`, in bytes.
    package var byteCount: Int
    /// `aof_base_size`: the size at the start or after the last rewrite, in bytes.
    package var baseByteCount: Int
    /// `aof_buffer_length`: appended and not yet written, in bytes.
    package var bufferByteCount: Int
    /// `aof_pending_bio_fsync`.
    package var isSyncing: Bool
    /// `aof_delayed_fsync`: how often writes waited for a sync that took long.
    package var delayedSyncCount: Int
    /// `aof_last_write_status`.
    package var isLastWriteOK: Bool
    /// Why writes are refused.
    package var failure: String?
    /// Writes are refused because the disk does not keep up (`appendonly-memory-limit`).
    package var isOverMemoryLimit: Bool
    /// `aof_rewrite_in_progress`.
    package var isRewriting: Bool
    /// `aof_last_bgrewrite_status`.
    package var isLastRewriteOK: Bool
    package var consecutiveFailedRewriteCount: Int
    /// Part of the log may not be on disk, and only a rewrite can mend that.
    package var needsRewrite: Bool
}
