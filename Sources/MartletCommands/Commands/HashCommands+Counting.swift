// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import MartletCore
import RESP

/// HINCRBY and HINCRBYFLOAT.
extension HashCommands {
    static func hincrby(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let increment = try context.integer(arguments[3])
        let existing: TypedEntry<HashObject>? = try context.write(arguments[1])
        let old = existing?.object.hash.withValue(of: arguments[2]) { $0.integerInHash }
        guard let current = old ?? 0 else {
            throw ReplyError("ERR hash value is not an integer")
        }
        let (sum, overflows) = current.addingReportingOverflow(increment)
        guard !overflows else { throw ReplyError("ERR increment or decrement would overflow") }
        let found: TypedEntry<HashObject> = try context.create(arguments[1])
        PackedValue.integer(sum).withBytes {
            _ = found.object.hash.set(arguments[2], to: $0, context.keyspace.hashLimits)
        }
        context.changed(found.key, .hashIncremented)
        context.reply.integer(sum)
    }

    static func hincrbyfloat(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let increment = try LongDouble(increment: arguments[3])
        let existing: TypedEntry<HashObject>? = try context.write(arguments[1])
        let old = existing?.object.hash.withValue(of: arguments[2]) {
            $0.withBytes { LongDouble($0) }
        }
        guard let current = old ?? LongDouble() else {
            throw ReplyError("ERR hash value is not a float")
        }
        let sum = try current.adding(increment)
        let found: TypedEntry<HashObject> = try context.create(arguments[1])
        sum.withUnsafeBytes { sum in
            found.object.hash.set(arguments[2], to: sum, context.keyspace.hashLimits)
            context.changed(found.key, .hashIncrementedByFloat)
            context.effect(
                [.word("HSET"), .bytes(found.key.bytes), .bytes(arguments[2]), .bytes(sum)])
            context.reply.bulk(sum)
        }
    }
}

extension PackedValue {
    /// The number that a field's value is, by the rule of Redis's `string2ll`.
    fileprivate var integerInHash: Int? {
        switch self {
        case .integer(let integer): integer
        case .bytes(let bytes): PackedValue.integer(bytes)
        }
    }
}
