// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// What a key holds.
///
/// A string is a few bytes or a Swift array. Every other type is a class around its structure,
/// which is changed in place; the structure itself is a Swift value made of reference-counted
/// blocks, so that a copy of it is a view that stays as it was while the key changes.
package enum Value {
    case string(StringValue)
    case list(ListObject)
    case hash(HashObject)
    case set(SetObject)
    case sortedSet(SortedSetObject)
    case stream(StreamObject)

    /// A copy that changes apart from this (COPY).
    package var copy: Value {
        switch self {
        case .list(let object): .list(ListObject(object.list))
        case .hash(let object): .hash(HashObject(object.hash))
        case .set(let object): .set(SetObject(object.set))
        case .sortedSet(let object): .sortedSet(SortedSetObject(object.sortedSet))
        case .string: self
        case .stream(let object): .stream(StreamObject(object.stream))
        }
    }

    /// Whether its release takes so long that nobody should wait for it. A string is one piece.
    var isReleasedSlowly: Bool {
        switch self {
        case .string: false
        case .list(let object): object.list.count > Self.quickElementCountMax
        case .hash(let object): object.hash.count > Self.quickElementCountMax
        case .set(let object): object.set.count > Self.quickElementCountMax
        case .sortedSet(let object): object.sortedSet.count > Self.quickElementCountMax
        case .stream(let object):
            object.stream.count > Self.quickElementCountMax
                || object.stream.groups.contains { $0.pendingCount > Self.quickElementCountMax }
        }
    }

    /// So many elements are released in less than a tenth of a millisecond.
    private static let quickElementCountMax = 1000

    /// Takes the bytes of a string out, which is to be set again.
    mutating func takeString() -> [UInt8] {
        let taken = self
        self = .string(.integer(0))
        switch consume taken {
        case .string(.embedded(let bytes)), .string(.raw(let bytes)): return bytes
        case .string(.short(let string)): return string.withBytes { Array($0) }
        case .string(.integer(let number)): return Array(String(number).utf8)
        default: preconditionFailure("not a string")
        }
    }

    /// The name that TYPE replies.
    package var typeName: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .hash: "hash"
        case .set: "set"
        case .sortedSet: "zset"
        case .stream: "stream"
        }
    }

    /// The name that OBJECT ENCODING replies.
    package var encodingName: StaticString {
        switch self {
        case .string(.integer): "int"
        case .string(.short), .string(.embedded): "embstr"
        case .string(.raw): "raw"
        case .list(let object): object.list.isQuicklist ? "quicklist" : "listpack"
        case .hash(let object): object.hash.isPacked ? "listpack" : "hashtable"
        case .set(let object): object.set.encoding.name
        case .sortedSet(let object): object.sortedSet.isPacked ? "listpack" : "skiplist"
        case .stream: "stream"
        }
    }
}

/// A string, by Redis's encodings.
package enum StringValue {
    /// What the decimal digits of a 64-bit number were given for.
    case integer(Int)
    /// So few bytes that they take no memory of their own, as they were set.
    case short(ShortString)
    /// At most `embeddedByteCountMax` bytes, as they were set.
    case embedded([UInt8])
    /// Longer ones, and those that were changed in their middle or at their end.
    case raw([UInt8])

    /// As in Redis (object.c): what OBJECT ENCODING calls `embstr`, in bytes.
    private static let embeddedByteCountMax = 44

    package func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        switch self {
        case .integer(let number):
            withUnsafeTemporaryAllocation(byteCount: Decimal.byteCountMax, alignment: 1) { digits in
                let count = Decimal.write(number, to: digits.baseAddress!)
                body(UnsafeRawBufferPointer(rebasing: digits[..<count]))
            }
        case .short(let string):
            string.withBytes(body)
        case .embedded(let bytes), .raw(let bytes):
            bytes.withUnsafeBytes(body)
        }
    }

    package var byteCount: Int {
        switch self {
        case .integer(let number): Decimal.byteCount(number)
        case .short(let string): string.byteCount
        case .embedded(let bytes), .raw(let bytes): bytes.count
        }
    }

    /// The number that the bytes are the digits of, or nil.
    package var number: Int? {
        switch self {
        case .integer(let number): number
        case .short(let string): string.withBytes { Int(strictDecimal: $0) }
        case .embedded(let bytes), .raw(let bytes):
            bytes.withUnsafeBytes { Int(strictDecimal: $0) }
        }
    }

    /// As SET and its kin encode a value.
    package init(_ bytes: UnsafeRawBufferPointer) {
        if let number = Int(strictDecimal: bytes) {
            self = .integer(number)
        } else {
            self.init(unparsed: bytes)
        }
    }

    /// As what is computed is encoded: never as a number.
    package init(unparsed bytes: UnsafeRawBufferPointer) {
        if bytes.count <= ShortString.byteCountMax {
            self = .short(ShortString(bytes))
        } else if bytes.count <= Self.embeddedByteCountMax {
            self = .embedded(Array(bytes))
        } else {
            self = .raw(Array(bytes))
        }
    }
}

/// Up to 14 bytes, in the room that a value has anyway.
package struct ShortString {
    // One after the other in memory, with the count behind them: 15 bytes, so that the cases of a
    // value are told apart in the sixteenth.
    private var first: UInt64 = 0
    private var second: UInt32 = 0
    private var third: UInt16 = 0
    private var count: UInt8

    static let byteCountMax = 14

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        assert(bytes.count <= Self.byteCountMax)
        count = UInt8(bytes.count)
        withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes) }
    }

    var byteCount: Int { Int(count) }

    /// Calls the body with the bytes, which are valid during the call.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: self) { body(UnsafeRawBufferPointer(rebasing: $0[..<byteCount])) }
    }
}
