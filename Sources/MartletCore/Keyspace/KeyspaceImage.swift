// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The keyspace as it was at one moment, read while it changes
//
// A rewrite of the log visits all keys, a few at a time, and others change them in between. A key
// that has not been visited is kept as it was before its first change: a view of its value, which
// costs nothing (see `Value`).
//
//     scan:    ├── visited ──┼────────── to come ──────────┤
//     change:     as it likes   keeps a view first, once
//
// Keys that are new since the moment are noted too, so that the scan passes over them. A database
// that is emptied leaves its table to the image, which goes on in it; SWAPDB exchanges what is known
// of the two.

/// Confined to the holder of the gate.
package final class KeyspaceImage: @unchecked Sendable {
    /// A key as it was.
    package struct View: @unchecked Sendable {
        package let key: [UInt8]
        package let database: Int
        package let value: Value
        /// Milliseconds since the epoch, or `KeyEntry.never`.
        package let expiry: Int
    }

    /// What the image knows of the keys of one database.
    private final class Track {
        /// Its number at the moment of the image.
        let index: Int
        var cursor: UInt64 = 0
        /// Keys that the scan is to pass over: changed since, or new.
        var passedOver: Set<[UInt8]> = []
        /// The keys, if the database has been emptied.
        var removed: RemovedKeys?

        init(index: Int) {
            self.index = index
        }
    }

    /// The libraries of functions as they were.
    package let libraryCodes: [[UInt8]]
    private let keyspace: Keyspace
    /// By database; nil once the scan is done with it, or if it was emptied.
    private var tracks: [Track?]
    /// Those that are to be visited.
    private var pending: [Track]
    /// Kept before a change, not yet handed out.
    private var kept: [View] = []

    package init(_ keyspace: Keyspace) {
        self.keyspace = keyspace
        libraryCodes = keyspace.libraryCodes
        let all = keyspace.databases.map { Track(index: $0.index) }
        tracks = all
        pending = all.reversed()
    }

    // MARK: Reading

    /// Hands out keys, each once, by visits to so many places of the tables at the most.
    ///
    /// - Returns: nil when there are no more.
    package func next(visits: Int) -> [View]? {
        var views = kept
        kept = []
        var visitsLeft = visits
        while let track = pending.last, visitsLeft > 0 {
            visitsLeft -= 1
            visit(track, &views)
            if track.cursor == 0 { end(track) }
        }
        return pending.isEmpty && views.isEmpty ? nil : views
    }

    private func visit(_ track: Track, _ views: inout [View]) {
        let body: (KeyTable<KeyObject>.Entry) -> Void = { found in
            let key = Array(found.key)
            if track.passedOver.isEmpty || !track.passedOver.contains(key) {
                views.append(Self.view(key, found.value, database: track.index))
            }
        }
        if let removed = track.removed {
            track.cursor = removed.table.scan(from: track.cursor, body)
        } else if let place = tracks.firstIndex(where: { $0 === track }) {
            track.cursor = keyspace.databases[place].table.scan(from: track.cursor, body)
        }
    }

    private func end(_ track: Track) {
        pending.removeLast()
        for index in tracks.indices where tracks[index] === track { tracks[index] = nil }
    }

    private static func view(_ key: [UInt8], _ object: KeyObject, database: Int) -> View {
        View(key: key, database: database, value: object.value.copy, expiry: object.expiry)
    }

    // MARK: Changes

    func willChange(_ entry: KeyEntry, in database: Database) {
        guard let track = tracks[database.index],
            !KeyTable<KeyObject>.hasPassed(entry.key, at: track.cursor)
        else { return }
        let key = Array(entry.key)
        guard track.passedOver.insert(key).inserted else { return }
        kept.append(Self.view(key, entry.entry.value, database: track.index))
    }

    func willInsert(_ key: KeyName, in database: Database) {
        guard let track = tracks[database.index],
            !KeyTable<KeyObject>.hasPassed(key.bytes, at: track.cursor)
        else { return }
        track.passedOver.insert(Array(key.bytes))
    }

    func willRemoveAll(of database: Database, into removed: RemovedKeys) {
        guard let track = tracks[database.index] else { return }
        track.removed = removed
        tracks[database.index] = nil
    }

    func willExchange(_ first: Database, _ second: Database) {
        tracks.swapAt(first.index, second.index)
    }
}
