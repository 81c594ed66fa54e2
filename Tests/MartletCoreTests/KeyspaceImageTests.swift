// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("KeyspaceImage")
struct KeyspaceImageTests {
    /// A key with its database, and what it holds.
    private struct Model: Equatable {
        var keys: [String: String] = [:]
        var expiries: [String: Int] = [:]
    }

    private final class World {
        let keyspace = Keyspace(databaseCount: 3)
        var models = [Model](repeating: Model(), count: 3)
        var random: SplitMix64
        private var count = 0

        init(seed: UInt64) {
            random = SplitMix64(state: seed)
        }

        func change(_ keyCount: Int) {
            let index = Int.random(in: 0..<3, using: &random)
            let database = keyspace.databases[index]
            let key = "key \(Int.random(in: 0..<keyCount, using: &random))"
            count += 1
            switch Int.random(in: 0..<100, using: &random) {
            case 0:
                keyspace.removeAll(of: database).keys.release()
                models[index] = Model()
            case 1:
                let other = Int.random(in: 0..<3, using: &random)
                keyspace.exchangeKeys(of: database, and: keyspace.databases[other])
                if other != index { models.swapAt(index, other) }
            case 2..<30: remove(key, database)
            case 30..<50: setExpiry(of: key, database)
            case 50..<70: changeInPlace(key, database)
            default: set(key, database)
            }
        }

        private func withEntry(
            _ key: String, _ database: Database, _ body: (KeyName, KeyEntry?) -> Void
        ) {
            Array(key.utf8).withUnsafeBytes { bytes in
                let name = KeyName(bytes)
                body(name, keyspace.find(name, in: database))
            }
        }

        private func set(_ key: String, _ database: Database) {
            let text = "value \(count)"
            withEntry(key, database) { name, entry in
                let value = Array(text.utf8).withUnsafeBytes { Value.string(StringValue($0)) }
                _ = keyspace.set(name, entry, to: value, keepingExpiry: false, in: database)
            }
            models[database.index].keys[key] = text
            models[database.index].expiries[key] = nil
        }

        private func changeInPlace(_ key: String, _ database: Database) {
            let text = "changed \(count)"
            withEntry(key, database) { _, entry in
                guard let entry else { return }
                keyspace.willChange(entry, in: database)
                entry.value = .string(.raw(Array(text.utf8)))
                models[database.index].keys[key] = text
            }
        }

        private func remove(_ key: String, _ database: Database) {
            withEntry(key, database) { _, entry in
                if let entry { keyspace.remove(entry, from: database) }
            }
            models[database.index].keys[key] = nil
            models[database.index].expiries[key] = nil
        }

        private func setExpiry(of key: String, _ database: Database) {
            withEntry(key, database) { _, entry in
                guard let entry else { return }
                keyspace.setExpiry(1_000_000 + count, of: entry, in: database)
                models[database.index].expiries[key] = 1_000_000 + count
            }
        }
    }

    @Test(
        "is the keyspace as it was, each key once, whatever changes",
        arguments: 0..<60 as Range<UInt64>)
    func naive(seed: UInt64) {
        let world = World(seed: seed)
        let keyCount = [3, 40, 700][Int(seed % 3)]
        for _ in 0..<keyCount * 3 { world.change(keyCount) }
        let expected = world.models
        let image = KeyspaceImage(world.keyspace)
        world.keyspace.image = image
        var found = [Model](repeating: Model(), count: 3)
        while let views = image.next(visits: Int.random(in: 1..<40, using: &world.random)) {
            for view in views {
                let key = String(decoding: view.key, as: UTF8.self)
                #expect(found[view.database].keys[key] == nil, "\(key) came twice, seed \(seed)")
                guard case .string(let string) = view.value else { continue }
                string.withBytes {
                    found[view.database].keys[key] = String(decoding: $0, as: UTF8.self)
                }
                if view.expiry != KeyEntry.never {
                    found[view.database].expiries[key] = view.expiry
                }
            }
            for _ in 0..<Int.random(in: 0..<30, using: &world.random) { world.change(keyCount) }
        }
        #expect(found == expected, "seed \(seed)")
    }
}
