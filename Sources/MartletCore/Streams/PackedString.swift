// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Numbers and strings as they lie in an `EntryBlock`.
//
// A number is a varint: seven bits a byte, the lowest first, the high bit set in all but the last.
//
// A string is a tag and what it says:
//
//     0x00 … 0xEF        so many bytes
//     0xF0               a varint and so many bytes
//     0xF1 … 0xF8        an integer of 1 to 8 bytes, little-endian, that stands for its decimal text

/// A string as it is kept: its bytes, or the integer whose decimal text it is.
package enum PackedString {
    case bytes(UnsafeRawBufferPointer)
    case integer(Int)
}

extension UnsafeMutableRawPointer {
    /// The most bytes that a varint takes.
    static var varintByteCountMax: Int { 10 }

    mutating func storeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            rest >>= 7
            self += 1
        }
        storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        self += 1
    }

    mutating func storeBytes(of bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        copyMemory(from: source, byteCount: bytes.count)
        self += bytes.count
    }

    /// What a string takes beyond its own bytes, at the most.
    static var packedStringOverheadMax: Int { 1 + varintByteCountMax }

    mutating func storePacked(_ string: UnsafeRawBufferPointer) {
        if let integer = string.canonicalInteger {
            let significant = 65 - Int((integer ^ (integer >> 63)).leadingZeroBitCount)
            let byteCount = (significant + 7) / 8
            storeBytes(of: 0xF0 + UInt8(byteCount), as: UInt8.self)
            withUnsafeBytes(of: integer.littleEndian) {
                (self + 1).copyMemory(from: $0.baseAddress!, byteCount: byteCount)
            }
            self += 1 + byteCount
            return
        }
        if string.count < 0xF0 {
            storeBytes(of: UInt8(string.count), as: UInt8.self)
            self += 1
        } else {
            storeBytes(of: 0xF0, as: UInt8.self)
            self += 1
            storeVarint(UInt64(string.count))
        }
        storeBytes(of: string)
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    mutating func loadVarint() -> UInt64 {
        var byte = load(as: UInt8.self)
        self += 1
        if byte < 0x80 { return UInt64(byte) }
        var value = UInt64(byte & 0x7F)
        var shift: UInt64 = 7
        repeat {
            byte = load(as: UInt8.self)
            self += 1
            value |= UInt64(byte & 0x7F) << shift
            shift += 7
        } while byte >= 0x80
        return value
    }

    mutating func loadPacked() -> PackedString {
        let tag = load(as: UInt8.self)
        self += 1
        if tag > 0xF0 {
            let byteCount = Int(tag - 0xF0)
            var value = 0
            withUnsafeMutableBytes(of: &value) {
                $0.baseAddress!.copyMemory(from: self, byteCount: byteCount)
            }
            self += byteCount
            let unused = 64 - 8 * byteCount
            return .integer((Int(littleEndian: value) << unused) >> unused)
        }
        let count = tag < 0xF0 ? Int(tag) : Int(loadVarint())
        defer { self += count }
        return .bytes(UnsafeRawBufferPointer(start: self, count: count))
    }

    /// A string of a block's master fields: its length as a varint, and its bytes.
    mutating func loadPlain() -> UnsafeRawBufferPointer {
        let count = Int(loadVarint())
        defer { self += count }
        return UnsafeRawBufferPointer(start: self, count: count)
    }
}

extension UnsafeRawBufferPointer {
    /// The integer whose decimal text this is, if it takes less room than the text.
    fileprivate var canonicalInteger: Int? {
        guard count >= 3, count <= 20 else { return nil }
        let isNegative = self[0] == UInt8(ascii: "-")
        let first = isNegative ? self[1] : self[0]
        guard first >= UInt8(ascii: "1"), first <= UInt8(ascii: "9") else { return nil }
        var value = 0
        for byte in self[(isNegative ? 1 : 0)...] {
            let digit = Int(byte) - Int(UInt8(ascii: "0"))
            guard digit >= 0, digit <= 9 else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? shifted.subtractingReportingOverflow(digit)
                : shifted.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }
}
