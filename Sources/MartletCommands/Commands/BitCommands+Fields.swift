// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// BITFIELD and BITFIELD_RO: numbers of any width in a string.
extension BitCommands {
    static func bitfield(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let operations = try operations(context, arguments)
        if operations.contains(where: \.writes) {
            try write(operations, context, arguments)
        } else {
            try read(operations, context, arguments)
        }
    }

    static func bitfieldRo(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let operations = try operations(context, arguments)
        guard !operations.contains(where: \.writes) else {
            throw ReplyError("ERR BITFIELD_RO only supports the GET subcommand")
        }
        try read(operations, context, arguments)
    }

    private struct FieldOperation {
        enum Kind {
            case get
            case set(Int)
            case increment(Int)
        }

        let field: BitField
        /// Of the first bit.
        let offset: Int
        let kind: Kind
        let overflow: BitField.Overflow

        var writes: Bool { if case .get = kind { false } else { true } }
        /// How long the string is if it has the field.
        var byteCount: Int { (offset + field.bitCount - 1) >> 3 + 1 }
    }

    private static func operations(
        _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) -> [FieldOperation] {
        var operations: [FieldOperation] = []
        var overflow = BitField.Overflow.wrap
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            let left = arguments.count - index - 1
            if word.isWord("overflow"), left >= 1 {
                overflow = try BitCommands.overflow(arguments[index + 1])
                index += 2
                continue
            }
            let isGet = word.isWord("get")
            let isSet = word.isWord("set")
            guard isGet || isSet || word.isWord("incrby"), left >= (isGet ? 2 : 3) else {
                throw .syntax
            }
            let field = try BitField(arguments[index + 1])
            let offset = try bitOffset(arguments[index + 2], context, unit: field.bitCount)
            var kind = FieldOperation.Kind.get
            if !isGet {
                let number = try context.integer(arguments[index + 3])
                kind = isSet ? .set(number) : .increment(number)
            }
            operations.append(
                FieldOperation(field: field, offset: offset, kind: kind, overflow: overflow))
            index += isGet ? 3 : 4
        }
        return operations
    }

    private static func overflow(
        _ word: UnsafeRawBufferPointer
    ) throws(ReplyError) -> BitField.Overflow {
        if word.isWord("wrap") { return .wrap }
        if word.isWord("sat") { return .saturate }
        if word.isWord("fail") { return .fail }
        throw ReplyError("ERR Invalid OVERFLOW type specified")
    }

    private static func read(
        _ operations: [FieldOperation], _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        let string = try context.find(KeyName(arguments[1])).map { (entry) throws(ReplyError) in
            try StringCommands.string(of: entry)
        }
        (string ?? .raw([])).withBytes { bytes in
            context.reply.arrayHeader(operations.count)
            for operation in operations {
                let value = operation.field.read(bytes, at: operation.offset)
                context.reply.integer(Int(truncatingIfNeeded: value))
            }
        }
    }

    private static func write(
        _ operations: [FieldOperation], _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        let byteCount = operations.filter(\.writes).reduce(0) { max($0, $1.byteCount) }
        let key = KeyName(arguments[1])
        let found = context.findForWriting(key)
        let oldByteCount = try found.map { (entry) throws(ReplyError) in
            try StringCommands.string(of: entry).byteCount
        }
        let entry = found ?? context.insert(key, .string(.raw([])))
        let grows = oldByteCount ?? 0 < byteCount
        var isChanged = false
        context.reply.arrayHeader(operations.count)
        entry.changeString { bytes in
            bytes.extend(toCount: byteCount)
            bytes.withUnsafeMutableBytes { bytes in
                for operation in operations where perform(operation, bytes, context.reply) {
                    isChanged = true
                }
            }
        }
        if isChanged {
            context.changed(key, .bitSet)
        } else if grows {
            // Zeros, which nobody is told of but the log.
            context.keyspace.countChanges()
        }
    }

    /// - Returns: Whether the field has another value than before.
    private static func perform(
        _ operation: FieldOperation, _ bytes: UnsafeMutableRawBufferPointer, _ reply: ReplyWriter
    ) -> Bool {
        let field = operation.field
        let old = field.read(UnsafeRawBufferPointer(bytes), at: operation.offset)
        let new: UInt64?
        switch operation.kind {
        case .get:
            new = old
        case .set(let number):
            new = field.sum(UInt64(bitPattern: Int64(number)), 0, operation.overflow)
        case .increment(let number):
            new = field.sum(old, number, operation.overflow)
        }
        guard let new else {
            reply.null()
            return false
        }
        if case .increment = operation.kind {
            reply.integer(Int(truncatingIfNeeded: new))
        } else {
            reply.integer(Int(truncatingIfNeeded: old))
        }
        guard new != old else { return false }
        field.write(new, to: bytes, at: operation.offset)
        return true
    }
}

extension KeyspaceEvent {
    static let bitSet = KeyspaceEvent("setbit", .string)
}
