// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What the table holds for a key.
struct KeyObject {
    var value: Value
    /// Milliseconds since the epoch; `KeyEntry.never` if the key does not expire.
    var expiry = KeyEntry.never
    /// Where it stands among its database's deadlines; only while it expires.
    var deadlineIndex: UInt32 = 0
    /// Seconds since the epoch, modulo 2³² (OBJECT IDLETIME).
    var lastAccess: UInt32
}

/// A key and what it holds: a pointer into the table, valid until the key is removed. Confined to
/// the keyspace.
package struct KeyEntry: DeadlineElement {
    let entry: KeyTable<KeyObject>.Entry

    package static let never = Int.max

    /// The bytes of the key.
    package var key: UnsafeRawBufferPointer { entry.key }

    package var name: KeyName { KeyName(bytes: entry.key, hash: entry.hash) }

    /// What the key holds; changed in place, without a copy.
    package var value: Value {
        _read { yield entry.value.value }
        nonmutating _modify { yield &entry.value.value }
    }

    /// Passes the bytes of a string on.
    ///
    /// - Returns: false if the key holds something else.
    package func withString(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard case .string(let string) = entry.value.value else { return false }
        string.withBytes(body)
        return true
    }

    /// Changes the bytes of a string, in place if nobody holds a view of them.
    package func changeString(_ body: (inout [UInt8]) -> Void) {
        // Taken out: what stayed in the entry would be a second reference, and be copied for.
        var bytes = entry.value.value.takeString()
        body(&bytes)
        entry.value.value = .string(.raw(bytes))
    }

    /// Milliseconds since the epoch, or `never`. Set through the keyspace.
    package var expiry: Int { entry.value.expiry }

    var deadlineIndex: UInt32 {
        get { entry.value.deadlineIndex }
        nonmutating set { entry.value.deadlineIndex = newValue }
    }

    package var expires: Bool { expiry != Self.never }

    /// Seconds since the epoch, modulo 2³².
    package var lastAccess: UInt32 {
        get { entry.value.lastAccess }
        nonmutating set { entry.value.lastAccess = newValue }
    }
}
