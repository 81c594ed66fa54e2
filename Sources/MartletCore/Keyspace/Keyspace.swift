// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The keys of all databases, and what follows when one changes
//
//   KeyContext ─▶ Keyspace ─▶ Database ─▶ KeyTable ─▶ KeyEntry (key, value, deadline)
//                    │
//                    ├─ `changeCount`: whether the command wrote
//                    ├─ effects: what the log must do again
//                    ├─ watches that broke: their EXEC will refuse
//                    ├─ keys that are ready for clients who wait
//                    └─ events that subscribers are to be told of
//
// Single-threaded: everything here belongs to whoever holds the `KeyspaceGate`. It has no clock of
// its own; the holder says what time it is. A key whose time has come does not exist for anybody:
// whoever looks it up removes it, and the log is told that it was deleted.

import RESP

/// Confined to the holder of the gate.
package final class Keyspace: @unchecked Sendable {
    package let databases: [Database]
    /// Milliseconds since the epoch, as of the moment when the gate was entered.
    package var now: Int { time }
    /// Counts changes, as Redis's `dirty`: a command that did not move it did not write.
    package var changeCount: Int { changes }
    package let statistics = KeyspaceStatistics()

    /// Which events subscribers are told of (`notify-keyspace-events`).
    package var notificationClasses: NotificationClasses {
        get { notifiedClasses }
        set { notifiedClasses = newValue }
    }
    /// What is to be published, in the order in which it happened.
    @exclusivity(unchecked) private var messages: [KeyspaceMessage] = []

    /// What the command under way has removed and takes long to release.
    @exclusivity(unchecked) private var removed: RemovedValues?

    /// How the entries of streams are packed (`stream-node-max-bytes`, `stream-node-max-entries`).
    @exclusivity(unchecked) package var streamLimits = StreamLimits()
    // How small values of the other types are packed; see PackingLimits.swift.
    @exclusivity(unchecked) package var listLimits = ListLimits()
    @exclusivity(unchecked) package var hashLimits = HashLimits()
    @exclusivity(unchecked) package var setLimits = SetLimits()
    @exclusivity(unchecked) package var sortedSetLimits = SortedSetLimits()
    /// The longest string that a command may make, in bytes (`proto-max-bulk-len`).
    @exclusivity(unchecked) package var stringByteCountMax = 512 << 20

    /// The code of each library of functions, which a rewrite of the log begins with.
    package var libraryCodes: [[UInt8]] = []

    /// The log, if there is one.
    package var sink: (any EffectSink)? {
        didSet {
            hasSink = sink != nil
            effects.forgetSelection()
        }
    }
    /// While the log is rewritten.
    @exclusivity(unchecked) package var image: KeyspaceImage?
    package var isLogging: Bool { hasSink }
    @exclusivity(unchecked) private var effects = EffectBatch()
    /// Behind what the sink was given last.
    @exclusivity(unchecked) private var position: UInt64 = 0

    // Who waits, see KeyWaiter.
    @exclusivity(unchecked) var readyKeys: [KeyWaiterQueue] = []
    @exclusivity(unchecked) package internal(set) var waiterCount = 0
    @exclusivity(unchecked) var waiterDeadlines = DeadlineHeap<KeyWaiter>()

    /// When the keyspace will be asked to do what is due; milliseconds since the epoch.
    @exclusivity(unchecked) var alarm = KeyEntry.never
    /// Whether something is due before.
    @exclusivity(unchecked) package internal(set) var wantsAlarm = false

    // What every command asks for. Other modules ask by a function: their direct accesses would be
    // checked for exclusivity, whatever the attribute says.
    @exclusivity(unchecked) private var time = 0
    @exclusivity(unchecked) private var changes = 0
    @exclusivity(unchecked) private var notifiedClasses: NotificationClasses = []
    @exclusivity(unchecked) private var hasSink = false

    /// How far the clock may be behind before it is taken to have been set back, in milliseconds.
    private static let clockSlack = 1000

    package init(databaseCount: Int) {
        databases = (0..<databaseCount).map { Database(index: $0) }
    }

    /// The loops' clocks are read at different moments of their turns: time does not go back
    /// because of that.
    package func setTime(_ milliseconds: Int) {
        if milliseconds > now || milliseconds < now - Self.clockSlack { time = milliseconds }
    }

    /// Has nothing expire until the time is set.
    package func stopTime() { time = 0 }

    // MARK: Finding

    /// The entry of a key that has not expired.
    package func find(_ key: KeyName, in database: Database) -> KeyEntry? {
        guard let found = database.table.find(key.bytes, hash: key.hash) else { return nil }
        let entry = KeyEntry(entry: found)
        guard entry.expiry > now else {
            expire(entry, in: database)
            return nil
        }
        return entry
    }

    /// Said before what a key holds is changed: a rewrite of the log may still need it as it is.
    @inline(__always)
    package func willChange(_ entry: KeyEntry, in database: Database) {
        if let image { image.willChange(entry, in: database) }
    }

    package func touch(_ entry: KeyEntry) {
        entry.lastAccess = seconds
    }

    /// How long ago the key was used, in seconds (OBJECT IDLETIME).
    package func idleTime(of entry: KeyEntry) -> Int {
        Int(seconds &- entry.lastAccess)
    }

    private var seconds: UInt32 { UInt32(truncatingIfNeeded: now / 1000) }

    // MARK: Changing

    /// Adds a key, which must not exist.
    package func insert(_ key: KeyName, _ value: consuming Value, in database: Database)
        -> KeyEntry
    {
        image?.willInsert(key, in: database)
        let object = KeyObject(value: value, lastAccess: seconds)
        let entry = KeyEntry(entry: database.table.insert(key.bytes, hash: key.hash, object))
        if notifiedClasses.includes(.newKey) { notice(key, in: database, .new) }
        return entry
    }

    /// Sets a key, which keeps the expiry of the entry that there is or does not expire.
    package func set(
        _ key: KeyName, _ entry: KeyEntry?, to value: consuming Value, keepingExpiry: Bool,
        in database: Database
    ) -> KeyEntry {
        guard let entry else { return insert(key, value, in: database) }
        willChange(entry, in: database)
        releaseLater(entry.value)
        entry.value = value
        if !keepingExpiry { setExpiry(KeyEntry.never, of: entry, in: database) }
        return entry
    }

    /// Removes a key that exists, and returns what it held.
    @discardableResult
    package func remove(_ entry: KeyEntry, from database: Database) -> Value {
        image?.willChange(entry, in: database)
        setExpiry(KeyEntry.never, of: entry, in: database)
        let value = database.table.remove(entry.key, hash: entry.entry.hash)!.value
        releaseLater(value)
        return value
    }

    /// Keeps what takes long to release until the command has ended: whoever holds the gate then
    /// has it released elsewhere. If the value only moves to another key nothing is released.
    private func releaseLater(_ value: Value) {
        guard value.isReleasedSlowly else { return }
        if removed == nil { removed = RemovedValues() }
        removed!.append(value)
    }

    package func takeRemovedValues() -> RetiredMemory? {
        defer { removed = nil }
        return removed.map { RetiredMemory($0) }
    }

    /// - Parameter expiry: milliseconds since the epoch, or `KeyEntry.never`.
    package func setExpiry(_ expiry: Int, of entry: KeyEntry, in database: Database) {
        guard entry.expiry != expiry else { return }
        image?.willChange(entry, in: database)
        if !entry.expires {
            database.deadlines.insert(entry, deadline: expiry)
        } else if expiry == KeyEntry.never {
            database.deadlines.remove(entry)
        } else {
            database.deadlines.change(entry, deadline: expiry)
        }
        entry.entry.value.expiry = expiry
        if expiry < alarm - Self.expirySlack { wantsAlarm = true }
    }

    /// What follows from a change of a key. Says that the command wrote.
    ///
    /// - Parameter event: what subscribers to keyspace notifications are told.
    package func changed(_ key: KeyName, in database: Database, _ event: KeyspaceEvent) {
        changes &+= 1
        follow(key, in: database, event)
    }

    /// Says that the command wrote, besides what was told with `changed`.
    package func countChanges(_ count: Int = 1) { changes &+= count }

    private func follow(_ key: KeyName, in database: Database, _ event: KeyspaceEvent) {
        if !database.watches.isEmpty { breakWatches(of: key, in: database) }
        if !database.waiters.isEmpty { makeReady(key, in: database) }
        if notifiedClasses.includes(event.type) { notice(key, in: database, event) }
    }

    /// Has those who wait for the key try again when the command or job has ended.
    package func makeReady(_ key: KeyName, in database: Database) {
        guard let queue = database.waiters.find(key.bytes, hash: key.hash)?.value else { return }
        becameReady(queue)
    }

    func becameReady(_ queue: KeyWaiterQueue) {
        guard !queue.isReady else { return }
        queue.isReady = true
        readyKeys.append(queue)
    }

    // MARK: Expiring

    /// Keys are removed so much after their time at the latest, in milliseconds; whoever looks
    /// for one before does not find it.
    private static let expirySlack = 20

    func expire(_ entry: KeyEntry, in database: Database) {
        statistics.expired.add(1)
        let key = entry.name
        if hasSink {
            effects.append([.word("DEL"), .bytes(key.bytes)], database: database.index)
        }
        follow(key, in: database, .expired)
        remove(entry, from: database)
    }

    /// Removes keys whose time has come, so many at the most.
    ///
    /// - Returns: false if there are more.
    package func expireKeys(atMost limit: Int) -> Bool {
        var count = 0
        for database in databases {
            while let first = database.deadlines.first, first.deadline <= now {
                guard count < limit else { return false }
                expire(first.element, in: database)
                count += 1
            }
        }
        return true
    }

    /// Says that the alarm is set for what is due first.
    ///
    /// - Returns: when that is, in milliseconds since the epoch, or nil if nothing is.
    package func setAlarm() -> Int? {
        wantsAlarm = false
        var next = waiterDeadlines.first?.deadline ?? KeyEntry.never
        for database in databases {
            guard let first = database.deadlines.first, first.deadline < next else { continue }
            next = min(next, max(first.deadline, now) + Self.expirySlack)
        }
        alarm = next
        return next == KeyEntry.never ? nil : next
    }

    // MARK: Notifications

    package func notice(_ key: KeyName, in database: Database, _ event: KeyspaceEvent) {
        messages.append(
            .notification(
                KeyspaceNotification(
                    event: event, key: Array(key.bytes), database: database.index)))
    }

    /// Has a message published when the command under way has ended.
    package func publish(_ message: KeyspaceMessage) { messages.append(message) }

    package var hasMessages: Bool { !messages.isEmpty }

    /// Whether something is to be done when the command or transaction has ended.
    package var hasConsequences: Bool {
        !messages.isEmpty || !readyKeys.isEmpty || wantsAlarm || removed != nil
    }

    /// Forgets what nobody was there to hear of.
    package func forgetEvents() {
        messages = []
        readyKeys = []
    }

    package func takeMessages() -> [KeyspaceMessage] {
        defer { messages = [] }
        return messages
    }

    // MARK: Effects

    /// Begins what the log must have all or nothing of.
    package func beginStep() { effects.beginStep() }

    package func endStep() { effects.endStep() }

    /// How many effects the step has.
    package var stepEffectCount: Int { effects.stepEffectCount }

    package func append(_ effect: [EffectWord], in database: Database) {
        effects.append(effect, database: database.index)
    }

    /// Words, and behind them the arguments from `start` on.
    package func append(
        _ effect: [EffectWord], _ arguments: Arguments, from start: Int, in database: Database
    ) {
        effects.append(effect, arguments, from: start, database: database.index)
    }

    package func append(_ request: Arguments, in database: Database) {
        effects.append(request, database: database.index)
    }

    /// Whether something has been done that the log has not been given.
    package var hasEffects: Bool { !effects.isEmpty }

    /// Gives the log what has been done. Called before the gate is left, and before anything that
    /// tells others of it.
    ///
    /// - Returns: the position that the log must reach before anything that was seen is told.
    package func handOver() -> UInt64 {
        guard hasSink, !effects.isEmpty else { return position }
        position = effects.bytes.withUnsafeBytes {
            sink!.append($0, database: effects.selected)
        }
        effects.removeAll()
        return position
    }
}

/// What INFO tells of the keyspace. Counted by the holder of the gate, read by anyone.
package struct KeyspaceStatistics: ~Copyable, Sendable {
    package let hits = Counter()
    package let misses = Counter()
    package let expired = Counter()

    package init() {}

    /// CONFIG RESETSTAT.
    package func reset() {
        hits.reset()
        misses.reset()
        expired.reset()
    }
}
