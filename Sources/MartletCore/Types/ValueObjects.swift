// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What a key refers to: a class around a structure, so that the structure is changed in place and
// not copied by accident. Confined to the keyspace; a copy of the structure is not.

package final class ListObject {
    @exclusivity(unchecked) package var list: ListValue

    package init(_ list: ListValue) { self.list = list }
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
