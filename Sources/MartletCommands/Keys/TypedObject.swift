// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// What a key of a type refers to: a list, a hash, a set or a sorted set.
protocol TypedObject: AnyObject {
    init()
    /// Nil if the value is of another type.
    static func of(_ value: Value) -> Self?
    var asValue: Value { get }
    /// Entries, fields or members.
    var memberCount: Int { get }
}

extension TypedObject {
    var isEmpty: Bool { memberCount == 0 }
}

/// A key that exists, and its object.
struct TypedEntry<Object: TypedObject> {
    let key: KeyName
    let entry: KeyEntry
    let object: Object
}

extension KeyContext {
    /// Looks a key up to read it. It must have the type, if it exists.
    @inline(__always)
    func read<Object: TypedObject>(_ key: UnsafeRawBufferPointer) throws(ReplyError) -> Object? {
        guard let entry = find(KeyName(key)) else { return nil }
        guard let object = Object.of(entry.value) else { throw .wrongType }
        return object
    }

    /// Looks a key up to change it. It must have the type, if it exists.
    @inline(__always)
    func write<Object: TypedObject>(
        _ key: UnsafeRawBufferPointer
    ) throws(ReplyError) -> TypedEntry<Object>? {
        let key = KeyName(key)
        guard let entry = findForWriting(key) else { return nil }
        guard let object = Object.of(entry.value) else { throw .wrongType }
        return TypedEntry(key: key, entry: entry, object: object)
    }

    /// Looks a key up to add to it; if it does not exist it becomes an empty one of the type.
    @inline(__always)
    func create<Object: TypedObject>(
        _ key: UnsafeRawBufferPointer
    ) throws(ReplyError) -> TypedEntry<Object> {
        if let found: TypedEntry<Object> = try write(key) { return found }
        let key = KeyName(key)
        let object = Object()
        return TypedEntry(key: key, entry: insert(key, object.asValue), object: object)
    }

    /// Removes a key that has become empty.
    @inline(__always)
    func removeIfEmpty<Object>(_ found: TypedEntry<Object>) {
        guard found.object.isEmpty else { return }
        remove(found.entry)
        changed(found.key, .deleted)
    }

    /// Puts what a command has computed in the place of whatever the key held. If it is empty, the
    /// key is removed. The reply is the number of members.
    func store(
        _ object: some TypedObject, at key: UnsafeRawBufferPointer, _ event: KeyspaceEvent
    ) {
        let key = KeyName(key)
        let entry = findForWriting(key)
        if !object.isEmpty {
            set(key, entry, to: object.asValue)
            changed(key, event)
        } else if let entry {
            remove(entry)
            changed(key, .deleted)
        }
        reply.integer(object.memberCount)
    }
}

extension ListObject: TypedObject {
    convenience init() { self.init(ListValue()) }

    static func of(_ value: Value) -> ListObject? {
        guard case .list(let object) = value else { return nil }
        return object
    }

    var asValue: Value { .list(self) }
    var memberCount: Int { list.count }
}

extension HashObject: TypedObject {
    convenience init() { self.init(HashValue()) }

    static func of(_ value: Value) -> HashObject? {
        guard case .hash(let object) = value else { return nil }
        return object
    }

    var asValue: Value { .hash(self) }
    var memberCount: Int { hash.count }
}

extension SetObject: TypedObject {
    convenience init() { self.init(SetValue()) }

    static func of(_ value: Value) -> SetObject? {
        guard case .set(let object) = value else { return nil }
        return object
    }

    var asValue: Value { .set(self) }
    var memberCount: Int { self.set.count }
}

extension SortedSetObject: TypedObject {
    convenience init() { self.init(SortedSetValue()) }

    static func of(_ value: Value) -> SortedSetObject? {
        guard case .sortedSet(let object) = value else { return nil }
        return object
    }

    var asValue: Value { .sortedSet(self) }
    var memberCount: Int { sortedSet.count }
}

extension ReplyWriter {
    func bulk(_ value: PackedValue) {
        value.withBytes { bulk($0) }
    }
}
