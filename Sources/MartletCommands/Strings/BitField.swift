// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A number in a row of bits, as BITFIELD means it: with or without a sign, so many bits wide, its
/// highest bit first. Its value is kept in 64 bits, those of a negative number included.
struct BitField {
    let isSigned: Bool
    let bitCount: Int

    /// What becomes of a number that the field cannot hold.
    enum Overflow {
        case wrap, saturate, fail
    }

    /// `i8`, `u16` and the like.
    init(_ argument: UnsafeRawBufferPointer) throws(ReplyError) {
        isSigned = argument.first == UInt8(ascii: "i")
        // Redis reads the digits up to a zero byte.
        let digits = argument.dropFirst().prefix { $0 != 0 }
        guard isSigned || argument.first == UInt8(ascii: "u"),
            let bitCount = Int(strictDecimal: UnsafeRawBufferPointer(rebasing: digits)),
            bitCount >= 1, bitCount <= (isSigned ? 64 : 63)
        else {
            throw ReplyError(
                "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not "
                    + "supported but i64 is.")
        }
        self.bitCount = bitCount
    }

    /// The lower `bitCount` bits.
    private var mask: UInt64 { .max >> UInt64(64 - bitCount) }

    private func extended(_ bits: UInt64) -> UInt64 {
        let isNegative = isSigned && bits >> UInt64(bitCount - 1) & 1 == 1
        return isNegative ? bits | ~mask : bits & mask
    }

    // MARK: In a string

    /// What lies behind the bytes is zeros.
    func read(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        var bits: UInt64 = 0
        for index in offset..<offset + bitCount {
            let byte = index >> 3 < bytes.count ? bytes[index >> 3] : 0
            bits = bits << 1 | UInt64(byte >> UInt8(7 - index & 7) & 1)
        }
        return extended(bits)
    }

    func write(_ value: UInt64, to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        for index in 0..<bitCount {
            let bit = UInt8(truncatingIfNeeded: value >> UInt64(bitCount - 1 - index) & 1)
            let position = offset + index
            let shift = UInt8(7 - position & 7)
            bytes[position >> 3] = bytes[position >> 3] & ~(1 << shift) | bit << shift
        }
    }

    // MARK: Overflow

    /// The sum as the field holds it; nil if it does not fit and that is to fail.
    func sum(_ value: UInt64, _ increment: Int, _ overflow: Overflow) -> UInt64? {
        let sum = value &+ UInt64(bitPattern: Int64(increment))
        let limit = isSigned ? signedLimit(value, increment) : unsignedLimit(value, increment)
        guard let limit else { return sum }
        switch overflow {
        case .wrap: return extended(sum)
        case .saturate: return limit
        case .fail: return nil
        }
    }

    /// The bound that the sum is beyond, or nil. The arithmetic wraps as Redis's does: a number
    /// given to SET that is far below the least one counts as beyond the greatest.
    private func signedLimit(_ value: UInt64, _ increment: Int) -> UInt64? {
        let value = Int(bitPattern: UInt(value))
        let greatest = Int(mask >> 1)
        let least = -greatest - 1
        let (up, down) = (greatest &- value, least &- value)
        let isNarrow = bitCount < 64
        if value > greatest || isNarrow && increment > up || value >= 0 && increment > max(up, 0) {
            return UInt64(greatest)
        }
        if value < least || isNarrow && increment < down || value < 0 && increment < min(down, 0) {
            return UInt64(bitPattern: Int64(least))
        }
        return nil
    }

    private func unsignedLimit(_ value: UInt64, _ increment: Int) -> UInt64? {
        if value > mask || increment > 0 && UInt64(increment) > mask - value { return mask }
        return increment < 0 && UInt64(increment.magnitude) > value ? 0 : nil
    }
}
