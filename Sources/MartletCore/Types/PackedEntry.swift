// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// How a value lies in a listpack: Redis's encoding, so that what fits into a block is the same.
///
///     ┌────────┬───────┬────────────┐
///     │ header │ bytes │ back count │
///     └────────┴───────┴────────────┘
///
///     0xxxxxxx                      a number, 0 to 127
///     10xxxxxx bytes                a string of up to 63 bytes
///     110xxxxx xxxxxxxx             a number of 13 bits with sign
///     1110xxxx xxxxxxxx bytes       a string of up to 4,095 bytes
///     11110000 (4 bytes) bytes      a string of up to 4 GiB
///     11110001 … 11110100           a number of 2, 3, 4 or 8 bytes follows
///
/// The back count is the length of header and bytes in groups of 7 bits, written so that it is
/// read from its last byte on: that byte has the lowest group, and a set top bit says that there
/// is another group in front.
enum PackedEntry {
    private static let string32: UInt8 = 0xF0
    private static let integer16: UInt8 = 0xF1
    private static let integer24: UInt8 = 0xF2
    private static let integer32: UInt8 = 0xF3
    private static let integer64: UInt8 = 0xF4

    // MARK: Sizes

    /// What the value takes in a block, in bytes.
    static func byteCount(_ value: PackedValue) -> Int {
        let body = bodyByteCount(value)
        return body + backCountByteCount(body)
    }

    private static func bodyByteCount(_ value: PackedValue) -> Int {
        switch value {
        case .bytes(let bytes):
            if bytes.count < 64 { return 1 + bytes.count }
            return (bytes.count < 4096 ? 2 : 5) + bytes.count
        case .integer(let integer):
            switch integer {
            case 0...127: return 1
            case -4096...4095: return 2
            case -0x8000...0x7FFF: return 3
            case -0x80_0000...0x7F_FFFF: return 4
            case -0x8000_0000...0x7FFF_FFFF: return 5
            default: return 9
            }
        }
    }

    @inline(__always)
    private static func backCountByteCount(_ body: Int) -> Int {
        if body < 1 << 7 { return 1 }
        if body < 1 << 14 { return 2 }
        if body < 1 << 21 { return 3 }
        return body < 1 << 28 ? 4 : 5
    }

    /// The length of the entry that begins here.
    @inline(__always)
    static func byteCount(at position: UnsafeRawPointer) -> Int {
        let body = bodyByteCount(at: position)
        return body + backCountByteCount(body)
    }

    @inline(__always)
    private static func bodyByteCount(at position: UnsafeRawPointer) -> Int {
        let header = position.load(as: UInt8.self)
        if header < 0x80 { return 1 }
        if header < 0xC0 { return 1 + Int(header & 0x3F) }
        if header < 0xE0 { return 2 }
        if header < 0xF0 { return 2 + shortCount(header, position) }
        switch header {
        case string32: return 5 + longCount(position)
        case integer16: return 3
        case integer24: return 4
        case integer32: return 5
        default: return 9
        }
    }

    @inline(__always)
    private static func shortCount(_ header: UInt8, _ position: UnsafeRawPointer) -> Int {
        Int(header & 0x0F) << 8 | Int(position.load(fromByteOffset: 1, as: UInt8.self))
    }

    @inline(__always)
    private static func longCount(_ position: UnsafeRawPointer) -> Int {
        Int(UInt32(littleEndian: (position + 1).loadUnaligned(as: UInt32.self)))
    }

    /// The length of the entry that ends here.
    @inline(__always)
    static func byteCount(before position: UnsafeRawPointer) -> Int {
        var body = 0
        var shift = 0
        var cursor = position - 1
        while true {
            let group = cursor.load(as: UInt8.self)
            body |= Int(group & 0x7F) << shift
            if group < 0x80 { break }
            shift += 7
            cursor -= 1
        }
        return body + (position - cursor)
    }

    // MARK: Reading

    @inline(__always)
    static func value(at position: UnsafeRawPointer) -> PackedValue {
        let header = position.load(as: UInt8.self)
        if header < 0x80 { return .integer(Int(header)) }
        if header < 0xC0 {
            return .bytes(
                UnsafeRawBufferPointer(start: position + 1, count: Int(header & 0x3F)))
        }
        return longValue(header, position)
    }

    private static func longValue(_ header: UInt8, _ position: UnsafeRawPointer) -> PackedValue {
        if header < 0xE0 {
            let low = position.load(fromByteOffset: 1, as: UInt8.self)
            let bits = UInt16(header & 0x1F) << 8 | UInt16(low)
            return .integer(Int(Int16(bitPattern: bits << 3) >> 3))
        }
        if header < 0xF0 {
            return .bytes(
                UnsafeRawBufferPointer(start: position + 2, count: shortCount(header, position)))
        }
        let number = position + 1
        switch header {
        case string32:
            return .bytes(
                UnsafeRawBufferPointer(start: position + 5, count: longCount(position)))
        case integer16:
            return .integer(Int(Int16(littleEndian: number.loadUnaligned(as: Int16.self))))
        case integer24:
            let low = UInt32(UInt16(littleEndian: number.loadUnaligned(as: UInt16.self)))
            let high = UInt32(number.load(fromByteOffset: 2, as: UInt8.self))
            return .integer(Int(Int32(bitPattern: (high << 16 | low) << 8) >> 8))
        case integer32:
            return .integer(Int(Int32(littleEndian: number.loadUnaligned(as: Int32.self))))
        default:
            return .integer(Int(Int64(littleEndian: number.loadUnaligned(as: Int64.self))))
        }
    }

    // MARK: Writing

    /// Writes the entry, for which there is room of `byteCount(value)`.
    static func write(_ value: PackedValue, to position: UnsafeMutableRawPointer) {
        let body: Int
        switch value {
        case .integer(let integer):
            body = write(integer, to: position)
        case .bytes(let bytes):
            let header = writeHeader(stringByteCount: bytes.count, to: position)
            if let base = bytes.baseAddress {
                (position + header).copyMemory(from: base, byteCount: bytes.count)
            }
            body = header + bytes.count
        }
        writeBackCount(body, to: position + body)
    }

    private static func writeHeader(
        stringByteCount count: Int, to position: UnsafeMutableRawPointer
    ) -> Int {
        if count < 64 {
            position.storeBytes(of: 0x80 | UInt8(count), as: UInt8.self)
            return 1
        }
        if count < 4096 {
            position.storeBytes(of: 0xE0 | UInt8(count >> 8), as: UInt8.self)
            position.storeBytes(of: UInt8(count & 0xFF), toByteOffset: 1, as: UInt8.self)
            return 2
        }
        position.storeBytes(of: string32, as: UInt8.self)
        (position + 1).storeBytes(of: UInt32(count).littleEndian, as: UInt32.self)
        return 5
    }

    private static func write(_ integer: Int, to position: UnsafeMutableRawPointer) -> Int {
        let number = position + 1
        switch integer {
        case 0...127:
            position.storeBytes(of: UInt8(integer), as: UInt8.self)
            return 1
        case -4096...4095:
            let bits = UInt16(truncatingIfNeeded: integer) & 0x1FFF
            position.storeBytes(of: 0xC0 | UInt8(bits >> 8), as: UInt8.self)
            number.storeBytes(of: UInt8(bits & 0xFF), as: UInt8.self)
            return 2
        case -0x8000...0x7FFF:
            position.storeBytes(of: integer16, as: UInt8.self)
            number.storeBytes(of: Int16(integer).littleEndian, as: Int16.self)
            return 3
        case -0x80_0000...0x7F_FFFF:
            position.storeBytes(of: integer24, as: UInt8.self)
            let bits = UInt32(truncatingIfNeeded: integer)
            number.storeBytes(of: UInt16(bits & 0xFFFF).littleEndian, as: UInt16.self)
            number.storeBytes(of: UInt8(bits >> 16 & 0xFF), toByteOffset: 2, as: UInt8.self)
            return 4
        case -0x8000_0000...0x7FFF_FFFF:
            position.storeBytes(of: integer32, as: UInt8.self)
            number.storeBytes(of: Int32(integer).littleEndian, as: Int32.self)
            return 5
        default:
            position.storeBytes(of: integer64, as: UInt8.self)
            number.storeBytes(of: Int64(integer).littleEndian, as: Int64.self)
            return 9
        }
    }

    private static func writeBackCount(_ body: Int, to position: UnsafeMutableRawPointer) {
        var rest = body
        var index = backCountByteCount(body) - 1
        while index > 0 {
            position.storeBytes(of: UInt8(rest & 0x7F) | 0x80, toByteOffset: index, as: UInt8.self)
            rest >>= 7
            index -= 1
        }
        position.storeBytes(of: UInt8(rest), as: UInt8.self)
    }
}
