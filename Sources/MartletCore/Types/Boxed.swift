// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A value in memory of its own, so that who mostly has none does not carry its size: a small hash,
/// set or sorted set has no table. Copies share the memory until one of them changes.
struct Boxed<Value: Sendable>: @unchecked Sendable {
    private final class Storage {
        @exclusivity(unchecked) var value: Value

        init(_ value: Value) { self.value = value }
    }

    private var storage: Storage

    init(_ value: Value) {
        storage = Storage(value)
    }

    var value: Value {
        @inline(__always)
        _read { yield storage.value }
        @inline(__always)
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
            yield &storage.value
        }
    }
}
