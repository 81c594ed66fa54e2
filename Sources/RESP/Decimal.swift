// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Decimal numbers as bytes, without a String in between.
package enum Decimal {
    /// The longest 64-bit number with its sign.
    package static let byteCountMax = 20

    /// Writes `value` and returns how many bytes that took, `byteCountMax` at the most.
    package static func write(_ value: Int, to destination: UnsafeMutableRawPointer) -> Int {
        if value >= 0, value < 10 {
            destination.storeBytes(of: UInt8(ascii: "0") + UInt8(value), as: UInt8.self)
            return 1
        }
        let isNegative = value < 0
        let count = byteCount(value)
        var magnitude = value.magnitude
        var index = count - 1
        let first = isNegative ? 1 : 0
        while index >= first {
            let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            destination.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit), toByteOffset: index,
                as: UInt8.self)
            magnitude = quotient
            index -= 1
        }
        if isNegative { destination.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self) }
        return count
    }

    /// How many bytes `write` takes for `value`.
    package static func byteCount(_ value: Int) -> Int {
        var magnitude = value.magnitude
        var count = value < 0 ? 2 : 1
        while magnitude >= 10 {
            magnitude /= 10
            count += 1
        }
        return count
    }
}
