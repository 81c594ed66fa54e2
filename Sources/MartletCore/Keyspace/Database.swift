// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// One of the numbered key spaces that SELECT chooses from. Confined to the keyspace.
///
/// SWAPDB exchanges the keys of two of them; who waits for a key or watches one stays.
package final class Database {
    package let index: Int
    @exclusivity(unchecked) var table = KeyTable<KeyObject>()
    /// When which of its keys expire.
    @exclusivity(unchecked) var deadlines = DeadlineHeap<KeyEntry>()
    /// Who waits for a key.
    @exclusivity(unchecked) var waiters = KeyTable<KeyWaiterQueue>()
    /// Who watches a key.
    @exclusivity(unchecked) var watches = KeyTable<[KeyWatch]>()

    init(index: Int) {
        self.index = index
    }

    package var count: Int { table.count }

    /// How many of its keys expire.
    package var expiringCount: Int { deadlines.count }
}
