// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A byte string as a block holds it: as a number, if it is one in its shortest form, so that
/// equal strings are always equal values of the same case.
///
/// The bytes are a view into a block or into a request and are valid as long as those.
package enum PackedValue {
    case integer(Int)
    case bytes(UnsafeRawBufferPointer)

    package init(_ bytes: UnsafeRawBufferPointer) {
        if let integer = Self.integer(bytes) {
            self = .integer(integer)
        } else {
            self = .bytes(bytes)
        }
    }

    /// The number that the bytes are the shortest decimal form of.
    package static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard !bytes.isEmpty, bytes.count <= Decimal.byteCountMax else { return nil }
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        guard index < bytes.count else { return nil }
        var magnitude = UInt(bytes[index] &- UInt8(ascii: "0"))
        guard magnitude <= 9 else { return nil }
        if magnitude == 0 { return bytes.count == 1 ? 0 : nil }
        index += 1
        while index < bytes.count {
            let digit = UInt(bytes[index] &- UInt8(ascii: "0"))
            guard digit <= 9 else { return nil }
            let (tens, tensOverflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tens.addingReportingOverflow(digit)
            if tensOverflow || sumOverflow { return nil }
            magnitude = sum
            index += 1
        }
        if isNegative {
            guard magnitude <= Int.min.magnitude else { return nil }
            return Int(truncatingIfNeeded: 0 &- magnitude)
        }
        return Int(exactly: magnitude)
    }

    /// Calls the body with the string, which is valid during the call.
    @inline(__always)
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .bytes(let bytes):
            return body(bytes)
        case .integer(let integer):
            return withUnsafeTemporaryAllocation(byteCount: Decimal.byteCountMax, alignment: 1) {
                let count = Decimal.write(integer, to: $0.baseAddress!)
                return body(UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
        }
    }

    /// A copy of the string.
    package var copy: [UInt8] { withBytes { Array($0) } }

    package var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .integer(let integer): Decimal.byteCount(integer)
        }
    }

    package func isEqual(to other: PackedValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left.isEqual(to: right)
        default: false
        }
    }
}
