// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What concerns many keys of a database, or all.

extension Keyspace {
    /// Visits the keys whose turn comes at `cursor`, often none; see `KeyTable.scan`.
    ///
    /// - Returns: the cursor of the next call; 0 at the end.
    package func scan(
        _ database: Database, from cursor: UInt64, _ body: (KeyEntry) -> Void
    ) -> UInt64 {
        database.table.scan(from: cursor) { found in
            let entry = KeyEntry(entry: found)
            if entry.expiry > now { body(entry) }
        }
    }

    /// Visits all keys, in no particular order.
    package func forEachKey(of database: Database, _ body: (KeyEntry) -> Void) {
        var cursor: UInt64 = 0
        repeat { cursor = scan(database, from: cursor, body) } while cursor != 0
    }

    /// A key at random, or nil if there is none.
    package func randomEntry(of database: Database) -> KeyEntry? {
        var generator = SystemRandomNumberGenerator()
        while let found = database.table.randomEntry(using: &generator) {
            let entry = KeyEntry(entry: found)
            if entry.expiry > now { return entry }
            expire(entry, in: database)
        }
        return nil
    }

    /// Removes all keys of a database (FLUSHDB).
    ///
    /// - Returns: what they held, whose release may take long, and how many there were.
    package func removeAll(of database: Database) -> (keys: RetiredMemory, count: Int) {
        breakWatches(of: database)
        let removed = RemovedKeys()
        image?.willRemoveAll(of: database, into: removed)
        swap(&database.table, &removed.table)
        swap(&database.deadlines, &removed.deadlines)
        allBecameReady(in: database)
        return (RetiredMemory(removed), removed.table.count)
    }

    /// SWAPDB.
    package func exchangeKeys(of first: Database, and second: Database) {
        guard first !== second else { return }
        breakWatches(of: first, orIn: second)
        breakWatches(of: second, orIn: first)
        image?.willExchange(first, second)
        swap(&first.table, &second.table)
        swap(&first.deadlines, &second.deadlines)
        allBecameReady(in: first)
        allBecameReady(in: second)
    }

    /// Breaks the watches of the keys that exist, here or in the database that takes the place of
    /// this one.
    private func breakWatches(of database: Database, orIn other: Database? = nil) {
        var cursor: UInt64 = 0
        repeat {
            cursor = database.watches.scan(from: cursor) { watched in
                let key = KeyName(bytes: watched.key, hash: watched.hash)
                let exists =
                    database.table.find(key.bytes, hash: key.hash) != nil
                    || other?.table.find(key.bytes, hash: key.hash) != nil
                if exists { breakWatches(of: key, in: database) }
            }
        } while cursor != 0
    }

    private func allBecameReady(in database: Database) {
        var cursor: UInt64 = 0
        repeat {
            cursor = database.waiters.scan(from: cursor) { becameReady($0.value) }
        } while cursor != 0
    }
}

/// What is to be released where nobody waits for it: a reference that no scope ends by itself. Whoever
/// lets go last pays, and a caller may well hold an object longer than the thread that it gave it to.
package struct RetiredMemory: @unchecked Sendable {
    private let object: Unmanaged<AnyObject>

    package init(_ object: any AnyObject & Sendable) {
        self.object = .passRetained(object)
    }

    /// Called once.
    package func release() { object.release() }
}

/// Values that were removed.
final class RemovedValues: @unchecked Sendable {
    private var values: [Value] = []

    func append(_ value: Value) { values.append(value) }
}

/// The keys of a database that was emptied.
package final class RemovedKeys: @unchecked Sendable {
    fileprivate(set) var table = KeyTable<KeyObject>()
    fileprivate var deadlines = DeadlineHeap<KeyEntry>()
}

extension Database {
    /// The mean time to live of keys that expire, by a sample, in milliseconds (INFO keyspace).
    package func averageTimeToLive(now: Int) -> Int {
        let sample = deadlines.sample
        guard !sample.isEmpty else { return 0 }
        return sample.reduce(0) { $0 + max($1 - now, 0) / sample.count }
    }
}
