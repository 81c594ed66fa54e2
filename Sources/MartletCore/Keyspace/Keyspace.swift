// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The keys of all databases, and what follows when one changes
//
//   KeyContext ─▶ Keyspace ─▶ Database ─▶ KeyTable ─▶ KeyEntry (key, deadline, value)
//                    │
//                    ├─ what the command changed: `changeCount`
//                    └─ events that subscribers are to be told of
//
// Single-threaded: everything here belongs to whoever holds the `KeyspaceGate`. It has no clock of
// its own; the holder says what time it is. A key whose time has come does not exist for anybody:
// every look-up removes it, which is a change like any other.

/// Confined to the holder of the gate.
package final class Keyspace: @unchecked Sendable {
    package let databases: [Database]
    /// Milliseconds since the epoch, as of the moment when the gate was entered.
    package private(set) var now = 0
    /// Counts changes, as Redis's `dirty`: a command that did not move it did not write.
    package private(set) var changeCount = 0
    package let statistics = KeyspaceStatistics()

    /// How far the clock may be behind before it is taken to have been set back, in milliseconds.
    private static let clockSlack = 1000

    package init(databaseCount: Int) {
        databases = (0..<databaseCount).map { Database(index: $0) }
    }

    /// The loops' clocks are read at different moments of their turns: time does not go back
    /// because of that.
    package func setTime(_ milliseconds: Int) {
        if milliseconds > now || milliseconds < now - Self.clockSlack { now = milliseconds }
    }

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

    // MARK: Changing

    /// Adds a key, which must not exist.
    package func insert(_ key: KeyName, _ value: consuming Value, in database: Database)
        -> KeyEntry
    {
        KeyEntry(
            entry: database.table.insert(
                key.bytes, hash: key.hash, KeyObject(value: value, lastAccess: seconds)))
    }

    /// Sets a key, which takes over the expiry of the entry that there is, or none.
    package func set(
        _ key: KeyName, _ entry: KeyEntry?, to value: consuming Value, keepingExpiry: Bool,
        in database: Database
    ) -> KeyEntry {
        guard let entry else { return insert(key, value, in: database) }
        entry.value = value
        if !keepingExpiry { setExpiry(KeyEntry.never, of: entry, in: database) }
        return entry
    }

    /// Removes a key that exists.
    package func remove(_ entry: KeyEntry, from database: Database) {
        setExpiry(KeyEntry.never, of: entry, in: database)
        database.table.remove(entry.key, hash: entry.entry.hash)
    }

    /// - Parameter expiry: milliseconds since the epoch, or `KeyEntry.never`.
    package func setExpiry(_ expiry: Int, of entry: KeyEntry, in database: Database) {
        guard entry.expiry != expiry else { return }
        if !entry.expires { database.expiringCount += 1 }
        entry.entry.value.expiry = expiry
        if !entry.expires { database.expiringCount -= 1 }
    }

    package func touch(_ entry: KeyEntry) {
        entry.lastAccess = seconds
    }

    /// What follows from a change of a key: says that the command wrote.
    ///
    /// - Parameter event: what subscribers to keyspace notifications are told.
    package func changed(
        _ key: UnsafeRawBufferPointer, in database: Database, event: KeyspaceEvent
    ) {
        changeCount &+= 1
    }

    private func expire(_ entry: KeyEntry, in database: Database) {
        statistics.expired.add(1)
        changed(entry.key, in: database, event: .expired)
        remove(entry, from: database)
    }

    private var seconds: UInt32 { UInt32(truncatingIfNeeded: now / 1000) }
}

/// What INFO tells of the keyspace. Counted by the holder of the gate, read by anyone.
package struct KeyspaceStatistics: Sendable {
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
