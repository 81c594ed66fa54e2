// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What a key refers to: a class around a structure, so that the structure is changed in place and
// not copied by accident. Confined to the keyspace; a copy of the structure is not.

package final class ListObject {
    @exclusivity(unchecked) package var list: ListValue

    package init(_ list: ListValue) { self.list = list }

    // What queues do all the time is done in place; through `list` it would be done to a copy of
    // the references to all blocks, wherever the compiler does not see that it need not.

    package var count: Int { list.count }

    package func prepare(forAdding added: Int, byteCount: Int, _ limits: ListLimits) {
        list.prepare(forAdding: added, byteCount: byteCount, limits)
    }

    package func push(
        _ bytes: UnsafeRawBufferPointer, at end: ListValue.End, _ limits: ListLimits
    ) {
        list.push(bytes, at: end, limits)
    }

    package func remove(_ count: Int, at end: ListValue.End, _ limits: ListLimits) {
        list.remove(count, at: end, limits)
    }

    /// Calls the body with the entry at an end of a list that is not empty.
    package func withEntry(at end: ListValue.End, _ body: (PackedValue) -> Void) {
        list.withEntry(at: end == .head ? 0 : list.count - 1, body)
    }
}

package final class HashObject {
    @exclusivity(unchecked) package var hash: HashValue

    package init(_ hash: HashValue) { self.hash = hash }
}

package final class SetObject {
    @exclusivity(unchecked) package var set: SetValue

    package init(_ set: SetValue) { self.set = set }
}

package final class SortedSetObject {
    @exclusivity(unchecked) package var sortedSet: SortedSetValue

    package init(_ sortedSet: SortedSetValue) { self.sortedSet = sortedSet }
}
