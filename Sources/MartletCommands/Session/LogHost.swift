// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What commands ask of the log. The server implements it.
package protocol LogHost: AnyObject, Sendable {
    var facts: LogFacts { get }

    /// Begins a rewrite (BGREWRITEAOF).
    ///
    /// - Returns: why not, or nil.
    func startRewrite() -> String?

    /// Has everything that was written so far put on disk, whatever `appendfsync` says.
    ///
    /// - Parameter completion: called on any thread, with the reason if that is not possible.
    func save(_ completion: @escaping @Sendable (_ failure: String?) -> Void)

    /// Whether everything up to a position is on disk.
    func isSynced(_ position: UInt64) -> Bool

    /// Calls `body`, on any thread, when everything up to a position is on disk.
    func whenSynced(_ position: UInt64, _ body: @escaping @Sendable () -> Void)
}

/// The log as INFO shows it.
package struct LogFacts: Sendable {
    package var isEnabled = false
    package var isLoading = false
    package var totalByteCount = 0
    package var loadedByteCount = 0
    package var byteCount = 0
    package var baseByteCount = 0
    package var bufferByteCount = 0
    package var isSyncing = false
    package var delayedSyncCount = 0
    package var isLastWriteOK = true
    package var isRewriting = false
    package var isLastRewriteOK = true
    package var consecutiveFailedRewriteCount = 0
    package var rewriteCount = 0
    /// -1 if there was none, or none is under way.
    package var lastRewriteSeconds = -1
    package var currentRewriteSeconds = -1
    /// In microseconds since the epoch.
    package var lastSaveTime: Int?

    package init() {}
}
