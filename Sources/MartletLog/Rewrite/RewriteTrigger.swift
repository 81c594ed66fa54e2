// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// When the log is rewritten by itself (`auto-aof-rewrite-percentage`,
/// `auto-aof-rewrite-min-size`).
package struct RewriteTrigger: Sendable {
    /// By how much the log has to have grown since the last rewrite; 0 turns it off.
    package var percentage: Int
    /// Below this size it is left alone, in bytes.
    package var byteCountMin: Int

    /// A rewrite that failed is tried again after a minute, then after two, up to an hour.
    private static let retryDelayMin = 60
    private static let retryDelayMax = 3600

    package init(percentage: Int, byteCountMin: Int) {
        self.percentage = percentage
        self.byteCountMin = byteCountMin
    }

    /// - Parameter secondsSinceLast: since the last rewrite ended.
    package func isDue(_ status: LogStatus, secondsSinceLast: Int) -> Bool {
        guard !status.isRewriting, status.failure == nil else { return false }
        if status.consecutiveFailedRewriteCount > 0 {
            let doublings = min(status.consecutiveFailedRewriteCount - 1, 10)
            let delay = min(Self.retryDelayMin << doublings, Self.retryDelayMax)
            if secondsSinceLast < delay { return false }
        }
        if status.needsRewrite { return true }
        guard percentage > 0, status.byteCount > byteCountMin else { return false }
        let base = max(status.baseByteCount, 1)
        let (growth, overflow) = (status.byteCount - base).multipliedReportingOverflow(by: 100)
        return overflow || growth / base >= percentage
    }
}
