// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What a client watches: whether one of its keys was changed since WATCH. Belongs to the
/// keyspace.
package final class KeyWatch: @unchecked Sendable {
    fileprivate struct Key: Hashable {
        let database: Int
        let name: [UInt8]
    }

    fileprivate var keys: Set<Key> = []
    fileprivate var wasChanged = false

    package init() {}

    package var count: Int { keys.count }
}

extension Keyspace {
    /// WATCH.
    package func watch(_ key: KeyName, in database: Database, _ watch: KeyWatch) {
        // A key whose time came before does not break the watch when it goes: it goes now.
        _ = find(key, in: database)
        let watched = KeyWatch.Key(database: database.index, name: Array(key.bytes))
        guard watch.keys.insert(watched).inserted else { return }
        if let found = database.watches.find(key.bytes, hash: key.hash) {
            found.value.append(watch)
        } else {
            database.watches.insert(key.bytes, hash: key.hash, [watch])
        }
    }

    /// UNWATCH, and the end of a transaction or of a client.
    package func unwatch(_ watch: KeyWatch) {
        for key in watch.keys {
            key.name.withUnsafeBytes { name in
                let table = databases[key.database]
                let hash = name.seededHash
                guard let found = table.watches.find(name, hash: hash) else { return }
                found.value.removeAll { $0 === watch }
                if found.value.isEmpty { table.watches.remove(name, hash: hash) }
            }
        }
        watch.keys = []
        watch.wasChanged = false
    }

    /// Whether EXEC must refuse: a watched key was changed, or its time has come since WATCH.
    package func isBroken(_ watch: KeyWatch) -> Bool {
        if watch.wasChanged { return true }
        return watch.keys.contains { key in
            key.name.withUnsafeBytes { name in
                let found = databases[key.database].table.find(name, hash: name.seededHash)
                return found.map { $0.value.expiry <= now } ?? false
            }
        }
    }

    func breakWatches(of key: KeyName, in database: Database) {
        guard let found = database.watches.find(key.bytes, hash: key.hash) else { return }
        for watch in found.value { watch.wasChanged = true }
    }
}
