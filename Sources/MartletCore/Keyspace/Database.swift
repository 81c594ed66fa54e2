// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// One of the numbered key spaces that SELECT chooses from. Confined to the keyspace.
package final class Database {
    package let index: Int
    var table = KeyTable<KeyObject>()
    /// How many of its keys expire.
    package internal(set) var expiringCount = 0

    init(index: Int) {
        self.index = index
    }

    package var count: Int { table.count }
}
