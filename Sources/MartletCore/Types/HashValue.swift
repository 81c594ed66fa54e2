// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A hash: fields and their values, packed one after the other while it is small, a table when
/// it has grown. It does not become small again, as in Redis.
///
/// It is a value: a copy costs nothing and stays as it was.
package struct HashValue: Sendable {
    /// Fields and values by turns. Empty if there is a table.
    private var packed = Listpack()
    private var table: Boxed<MemberTable>?

    package init() {}

    package var count: Int { table?.value.count ?? packed.count / 2 }

    /// Whether OBJECT ENCODING says listpack, not hashtable.
    package var isPacked: Bool { table == nil }

    // MARK: One field

    /// Calls the body with the value of a field, if the field is there.
    package func withValue<Result>(
        of field: UnsafeRawBufferPointer, _ body: (PackedValue) -> Result
    ) -> Result? {
        if let table {
            guard let entry = table.value.find(field) else { return nil }
            return withExtendedLifetime(entry) { body(.bytes(entry.value)) }
        }
        guard let position = packed.position(of: PackedValue(field), stride: 2) else { return nil }
        return body(packed.value(at: packed.position(after: position)))
    }

    package func contains(_ field: UnsafeRawBufferPointer) -> Bool {
        withValue(of: field) { _ in } != nil
    }

    /// Sets a field. Neither may lie in this hash.
    ///
    /// - Returns: Whether the field is new.
    @discardableResult
    package mutating func set(
        _ field: UnsafeRawBufferPointer, to value: UnsafeRawBufferPointer, _ limits: HashLimits
    ) -> Bool {
        prepare(forAdding: 0, byteCountMax: max(field.count, value.count), limits)
        if table == nil, !packed.hasRoom(for: field.count + value.count) { convert() }
        guard table == nil else { return setInTable(field, value) }
        let packedField = PackedValue(field)
        let position = packed.position(of: packedField, stride: 2)
        if let position {
            packed.replace(at: packed.position(after: position), with: PackedValue(value))
        } else {
            packed.append(packedField)
            packed.append(PackedValue(value))
        }
        if packed.count / 2 > limits.packedCountMax { convert() }
        return position == nil
    }

    private mutating func setInTable(
        _ field: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Bool {
        let hash = MemberTable.hash(of: field)
        let entry = MemberEntry.make(field, value)
        let isNew = table!.value.find(field, hash: hash) == nil
        if isNew {
            table!.value.insert(entry, hash: hash)
        } else {
            table!.value.replace(with: entry, hash: hash)
        }
        return isNew
    }

    /// - Returns: Whether the field was there.
    package mutating func remove(_ field: UnsafeRawBufferPointer) -> Bool {
        guard table == nil else {
            return table!.value.remove(field, hash: MemberTable.hash(of: field)) != nil
        }
        guard let position = packed.position(of: PackedValue(field), stride: 2) else {
            return false
        }
        packed.remove(at: position, count: 2)
        return true
    }

    /// Becomes a table if so many fields, or a field or value of such a length, are too much for
    /// a packed one.
    package mutating func prepare(
        forAdding fieldCount: Int, byteCountMax: Int, _ limits: HashLimits
    ) {
        guard table == nil else { return }
        if fieldCount > limits.packedCountMax || byteCountMax > limits.packedByteCountMax {
            convert()
        }
    }

    private mutating func convert() {
        var table = MemberTable()
        visit { field, value in
            field.withBytes { field in
                value.withBytes { value in
                    table.insert(.make(field, value), hash: MemberTable.hash(of: field))
                }
            }
            return true
        }
        packed = Listpack()
        self.table = Boxed(table)
    }

    // MARK: Many fields

    /// Visits all fields until the body returns false.
    package func visit(_ body: (_ field: PackedValue, _ value: PackedValue) -> Bool) {
        if let table {
            return table.value.visit { body(.bytes($0.name), .bytes($0.value)) }
        }
        var position = packed.start
        while position < packed.end {
            let value = packed.position(after: position)
            guard body(packed.value(at: position), packed.value(at: value)) else { return }
            position = packed.position(after: value)
        }
    }

    /// HSCAN: visits some fields. A packed hash is visited at once.
    ///
    /// - Returns: The cursor to go on from; 0 at the end.
    package func scan(
        from cursor: UInt64, _ body: (_ field: PackedValue, _ value: PackedValue) -> Void
    ) -> UInt64 {
        if let table {
            return table.value.scan(from: cursor) { body(.bytes($0.name), .bytes($0.value)) }
        }
        visit {
            body($0, $1)
            return true
        }
        return 0
    }

    /// Calls the body with a field, each as likely as any other. The hash must not be empty.
    package func withRandomField<Result>(
        using random: inout some RandomNumberGenerator,
        _ body: (_ field: PackedValue, _ value: PackedValue) -> Result
    ) -> Result {
        if let table {
            let entry = table.value.randomEntry(using: &random)
            return withExtendedLifetime(entry) { body(.bytes(entry.name), .bytes(entry.value)) }
        }
        let field = packed.position(
            ofEntry: Int.random(in: 0..<packed.count / 2, using: &random) * 2)
        return body(packed.value(at: field), packed.value(at: packed.position(after: field)))
    }
}
