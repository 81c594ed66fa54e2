// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The log while it is in use
//
// Whoever changes the keyspace appends what it did, under the keyspace's gate: that copies the
// bytes to memory and gives them a position. An event loop calls `commit` at the end of its turn,
// and its replies leave when `releasedPosition` has reached theirs.
//
//     append ─▶ end    commit ─▶ written ─────────────▶ synced
//                  write(2), by the loop          fdatasync(2), by the sync queue;
//                  itself if nobody writes        at once (always), within a second
//                  or syncs                       (everysec), or not (no)
//
//     released = synced (always), written (everysec, no)
//
// One thread at a time writes: the one that has set `isWriting`. A loop that finds it set leaves
// its bytes to that thread (`isCommitRequested`), so no loop waits for the disk but in its own
// write. While a sync runs under `everysec` the write queue writes, since a file system may hold a
// write back until then; under `always` what comes meanwhile gathers for the next sync, which
// waits a little for those that the last one released.
//
// When the disk fails (AppendLog+Recovery.swift) the writing is taken until it works again; what
// is appended gathers, replies stay where they are, and `isRefusing` has new writes refused.
//
// Lock order: the keyspace's gate, then this lock; nothing is called while it is held.

import Dispatch
import Synchronization

package final class AppendLog: @unchecked Sendable {
    /// How long written bytes may stay unsynced under `everysec` before a sync is begun …
    static let syncInterval = Duration.seconds(1)
    /// … and how long a sync may take before writes wait for it: together the two seconds that a
    /// power cut may lose.
    static let syncDurationMax = Duration.seconds(1)
    /// How long a sync under `always` waits at most for more to sync with it.
    static let gatherDurationMax = Duration.milliseconds(1)
    /// One call writes no more than this, and a batch, in bytes.
    static let writeByteCountMax: UInt64 = 32 * 1024 * 1024
    /// A loop writes so many times in a row for others before it leaves them to the write queue.
    static let inlineWriteCountMax = 4

    let environment: LogEnvironment
    let directory: LogDirectory
    private let mutex = Mutex<Void>(())
    private let released: Atomic<LogPosition>
    private let refusing = Atomic(false)
    private let onRelease: @Sendable (_ shard: Int) -> Void
    /// Whether something may be there to be committed.
    private let isDirty = Atomic(false)

    // Everything below is guarded by the lock.

    var policy: SyncPolicy
    /// The most memory for what is not yet on disk, in bytes; above it writes are refused.
    var memoryLimit: Int
    var buffer: LogBuffer
    /// How far the files go, and what is known to be on disk.
    var written: LogPosition
    var synced: LogPosition
    /// From here on the buffer has the bytes, `synced` unless the policy was `no`.
    var retained: LogPosition
    /// The databases that are selected at the first two.
    var writtenDatabase = 0
    var syncedDatabase = 0
    /// The increment that is written to; nil until the first append.
    var increment: Increment?
    /// Its length as far as `written` is concerned.
    var writtenByteCount = 0
    /// Earlier increments with bytes that are not synced.
    var unsynced: [Increment] = []
    /// Where a rewrite has the next increment begin.
    var upcoming: (increment: Increment, position: LogPosition)?
    var rewrite: RewriteSession?
    /// Whether the manifest names the increment. Until the first rewrite after CONFIG SET
    /// appendonly yes it names the files of another time.
    var isListed: Bool
    /// Called on the write queue when `upcoming` has become the increment.
    var whenSwitched: (@Sendable () -> Void)?

    /// How many appends there were, …
    var appendCount = 0
    /// … and how many of them the last two runs before a sync had behind them.
    var gatheredCount = (before: 0, last: 0)
    /// While the next sync waits for more: the count that ends the wait.
    var gatherTarget: Int?

    var isWriting = false
    var isSyncing = false
    var isSyncScheduled = false
    var isCommitRequested = false
    var syncStarted: ContinuousClock.Instant?
    /// What has to be done before anything can be written; see `Remedy`.
    var remedy: Remedy?
    /// Why writes are refused.
    var failure: String?
    var retryDelay = Duration.zero
    var flushes: [Flush] = []
    var numbers = Numbers()
    /// By shard: the lowest position it waits for, or 0.
    private var awaitingRelease: [LogPosition] = []
    private var awaitingSync: [LogPosition] = []

    /// Signalled when `gatherTarget` is reached.
    let gathered = DispatchSemaphore(value: 0)

    /// Owned by the thread that writes.
    let composition = Composition()

    /// - Parameters:
    ///   - opened: what loading the directory left.
    ///   - memoryLimit: `appendonly-memory-limit`, in bytes.
    ///   - onRelease: called without a lock, on any thread, when a position that this shard waits
    ///     for has been reached.
    package init(
        _ opened: OpenedLog, policy: SyncPolicy, memoryLimit: Int, environment: LogEnvironment,
        onRelease: @escaping @Sendable (_ shard: Int) -> Void
    ) {
        self.environment = environment
        self.policy = policy
        self.memoryLimit = memoryLimit
        self.onRelease = onRelease
        directory = opened.directory
        increment = opened.increment
        isListed = !opened.startsWithRewrite
        remedy = opened.increment != nil ? nil : opened.startsWithRewrite ? .rewrite : .open
        let position = opened.position
        buffer = LogBuffer(position: position)
        written = position
        synced = position
        retained = position
        released = Atomic(position)
        writtenByteCount = opened.increment?.byteCount ?? 0
        numbers.closedByteCount = opened.byteCount - writtenByteCount
        numbers.rewriteByteCount = opened.byteCount
    }

    func withLock<Result>(_ body: () -> Result) -> Result {
        mutex.withLock { _ in body() }
    }

    // MARK: For the keyspace and the loops

    /// Appends commands, whole ones, a transaction with its MULTI and EXEC; called by the holder
    /// of the keyspace's gate.
    ///
    /// - Parameter database: the one that is selected behind these commands.
    /// - Returns: the position that must be released before anybody hears of them.
    package func append(_ bytes: UnsafeRawBufferPointer, database: Int) -> LogPosition {
        mutex.withLock { _ in
            buffer.append(bytes, database: database)
            appendCount += 1
            isDirty.store(true, ordering: .relaxed)
            if buffer.byteCount > memoryLimit { updateRefusing() }
            return buffer.end
        }
    }

    /// Has what was appended written. Called by a loop at the end of its turn, before it flushes;
    /// it does not wait for the disk.
    package func commit() {
        guard isDirty.load(ordering: .relaxed) else { return }
        if claimWriting() { writeBuffered(isInline: true) }
    }

    /// Replies up to this position may leave.
    package var releasedPosition: LogPosition { released.load(ordering: .acquiring) }

    /// Whether writes are to be refused (MISCONF); `status.failure` says why.
    package var isRefusing: Bool { refusing.load(ordering: .relaxed) }

    /// Has `onRelease` called once `position` is released.
    ///
    /// - Returns: false if it is already, and nothing is called.
    package func awaitRelease(of position: LogPosition, shard: Int) -> Bool {
        withLock {
            guard released.load(ordering: .relaxed) < position else { return false }
            Self.note(position, shard, in: &awaitingRelease)
            return true
        }
    }

    /// Has `onRelease` called once `position` is on disk, whatever the policy (WAITAOF).
    ///
    /// - Returns: false if it is already, and nothing is called.
    package func awaitSync(of position: LogPosition, shard: Int) -> Bool {
        withLock {
            guard synced < position else { return false }
            Self.note(position, shard, in: &awaitingSync)
            return true
        }
    }

    /// Behind everything that was appended.
    package var endPosition: LogPosition { withLock { buffer.end } }

    /// What is on disk.
    package var syncedPosition: LogPosition { withLock { synced } }

    private static func note(
        _ position: LogPosition, _ shard: Int, in waiting: inout [LogPosition]
    ) {
        while waiting.count <= shard { waiting.append(0) }
        if waiting[shard] == 0 || position < waiting[shard] { waiting[shard] = position }
    }

    // MARK: With the lock

    /// Advances `releasedPosition` as far as the policy has it.
    ///
    /// - Returns: the shards to tell, once the lock is released.
    func advanceRelease() -> [Int] {
        let position = policy == .always ? synced : written
        if position > released.load(ordering: .relaxed) {
            released.store(position, ordering: .releasing)
        }
        var shards: [Int] = []
        let reached = released.load(ordering: .relaxed)
        for shard in awaitingRelease.indices
        where awaitingRelease[shard] != 0 && awaitingRelease[shard] <= reached {
            awaitingRelease[shard] = 0
            shards.append(shard)
        }
        for shard in awaitingSync.indices
        where awaitingSync[shard] != 0 && awaitingSync[shard] <= synced {
            awaitingSync[shard] = 0
            if !shards.contains(shard) { shards.append(shard) }
        }
        return shards
    }

    /// Everything that was appended has been written.
    func becameClean() {
        isDirty.store(false, ordering: .relaxed)
    }

    func tell(_ shards: [Int]) {
        for shard in shards { onRelease(shard) }
    }

    func updateRefusing() {
        let isOverLimit = buffer.byteCount > memoryLimit
        refusing.store(failure != nil || isOverLimit, ordering: .relaxed)
    }

    /// Gives back the memory of what is on disk.
    func discardSynced() {
        retained = max(retained, synced)
        buffer.discard(to: retained)
        updateRefusing()
    }

    /// Lets go of what is appended without writing it: a base will hold it.
    func skipBuffered() {
        (written, synced) = (buffer.end, buffer.end)
        (writtenDatabase, syncedDatabase) = (buffer.database, buffer.database)
        discardSynced()
    }
}
