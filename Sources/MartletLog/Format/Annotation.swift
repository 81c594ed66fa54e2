// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The format of the log's files
//
// The log is a directory in Redis 7's multi-part append-only format: a manifest (Manifest.swift),
// at most one base file with the state at one moment, and increments with what changed after it.
// The files hold commands as arrays of bulk strings, those of a transaction between MULTI and
// EXEC. Redis skips lines that start with `#`, between commands and within MULTI. Martlet says in
// such lines what it needs to tell a torn tail from damage:
//
//     #CRC-FILE:00000000 0 0 0 9f…c1 5a…        who wrote this file; it is on disk before the
//                                               manifest names the file
//     #CRC-HEAD:7c… 23 4096 4096 9f…c1 e2…      precedes the increment's SELECT: its commands add
//     *2 $6 SELECT $1 3                         nothing to positions
//     #CRC:1b… 312 4096 4096 9f…c1 08…          precedes one group commit, a batch
//     (312 bytes of commands)
//     #CRC:aa… 77 4408 4096 9f…c1 6d…
//     (77 bytes of commands)
//     #CRC-END:00000000 0 88214 4096 9f…c1 44…  the last line of a base
//
// A line is `#CRC`, `-FILE`, `-HEAD`, `-END` or nothing, a colon, and six fields between single
// spaces, ended by CR LF; at most 108 bytes:
//
//   1 the CRC-32C of the batch that follows, 8 hexadecimal digits; 0 where nothing follows
//   2 the length of the batch in bytes, decimal
//   3 the position at which the batch starts, decimal: how many bytes of batches the log has had
//     before it, in all of its increments. In a base the count starts at 0.
//   4 the position up to which everything was known to be on disk when the line was written,
//     decimal. A base is on disk as a whole before the manifest names it; its lines have 0
//     here, and the last the position of the log whose state it holds.
//   5 a random number of the file, 16 hexadecimal digits, so that bytes which a client puts into
//     a value are never taken for a line of the log
//   6 the CRC-32C of the line up to this field, 8 hexadecimal digits
//
// Batches end where commands end, and never within a transaction. The batches of an increment
// follow one another without a gap in their positions, and so do the increments. An increment
// that starts before the end of the one before it replaces what that has from there on: it was
// begun because the earlier file could not be synced.
//
// Bytes that no line covers were written by Redis and are read by Redis's rules.

import CSystem

/// Counts the bytes of the batches that a log ever had; 0 is before the first.
package typealias LogPosition = UInt64

/// A `#CRC` line.
struct Annotation: Equatable {
    enum Kind: CaseIterable {
        case file, head, batch, end

        var prefix: StaticString {
            switch self {
            case .file: "#CRC-FILE:"
            case .head: "#CRC-HEAD:"
            case .batch: "#CRC:"
            case .end: "#CRC-END:"
            }
        }
    }

    var kind: Kind
    /// The CRC-32C of the batch that follows.
    var checksum: UInt32 = 0
    /// The length of the batch that follows, in bytes.
    var byteCount = 0
    var position: LogPosition = 0
    var durablePosition: LogPosition = 0
    var file: UInt64

    /// The longest line, in bytes.
    static let lineByteCountMax = 10 + 8 + 1 + 19 + 2 * (1 + 20) + 1 + 16 + 1 + 8 + 2
    /// Redis reads lines of less than this, in bytes (`AOF_ANNOTATION_LINE_MAX_LEN`).
    static let redisLineByteCountMax = 1024

    // MARK: Writing

    /// Writes the line and returns its length, `lineByteCountMax` at the most.
    func write(to destination: UnsafeMutableRawPointer) -> Int {
        var writer = FieldWriter(start: destination)
        writer.put(kind.prefix)
        writer.putHexadecimal(UInt64(checksum), digitCount: 8)
        writer.put(" ")
        writer.putDecimal(UInt64(byteCount))
        writer.put(" ")
        writer.putDecimal(position)
        writer.put(" ")
        writer.putDecimal(durablePosition)
        writer.put(" ")
        writer.putHexadecimal(file, digitCount: 16)
        writer.put(" ")
        let check = CRC32C.of(destination, count: writer.count)
        writer.putHexadecimal(UInt64(check), digitCount: 8)
        writer.put("\r\n")
        assert(writer.count <= Self.lineByteCountMax)
        return writer.count
    }

    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.lineByteCountMax) { buffer, count in
            count = write(to: UnsafeMutableRawPointer(buffer.baseAddress!))
        }
    }

    // MARK: Reading

    /// - Parameter line: without its line end.
    /// - Returns: nil if it is not an intact line of this format.
    init?(line: UnsafeRawBufferPointer) {
        // The prefixes end with a colon: none is the start of another.
        guard let kind = Kind.allCases.first(where: { line.starts(with: $0.prefix) }) else {
            return nil
        }
        var reader = FieldReader(bytes: line, position: kind.prefix.utf8CodeUnitCount)
        guard let checksum = reader.hexadecimal(digitCount: 8), reader.space(),
            let byteCount = reader.decimal(), reader.space(),
            let position = reader.decimal(), reader.space(),
            let durablePosition = reader.decimal(), reader.space(),
            let file = reader.hexadecimal(digitCount: 16), reader.space()
        else { return nil }
        let check = CRC32C.of(line.baseAddress!, count: reader.position)
        guard reader.hexadecimal(digitCount: 8) == UInt64(check), reader.isAtEnd,
            let byteCount = Int(exactly: byteCount),
            !position.addingReportingOverflow(UInt64(byteCount)).overflow
        else { return nil }
        self.init(
            kind: kind, checksum: UInt32(checksum), byteCount: byteCount, position: position,
            durablePosition: durablePosition, file: file)
    }

    init(
        kind: Kind, checksum: UInt32 = 0, byteCount: Int = 0, position: LogPosition = 0,
        durablePosition: LogPosition = 0, file: UInt64
    ) {
        self.kind = kind
        self.checksum = checksum
        self.byteCount = byteCount
        self.position = position
        self.durablePosition = durablePosition
        self.file = file
    }
}

enum CRC32C {
    /// - Parameter start: the CRC of the bytes before these.
    static func of(_ bytes: UnsafeRawPointer, count: Int, start: UInt32 = 0) -> UInt32 {
        csystem_crc32c(start, bytes, count)
    }
}

private struct FieldWriter {
    let start: UnsafeMutableRawPointer
    private(set) var count = 0

    init(start: UnsafeMutableRawPointer) {
        self.start = start
    }

    mutating func put(_ text: StaticString) {
        (start + count).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    mutating func putHexadecimal(_ value: UInt64, digitCount: Int) {
        for place in stride(from: (digitCount - 1) * 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(place) & 15)
            start.storeBytes(
                of: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit,
                toByteOffset: count, as: UInt8.self)
            count += 1
        }
    }

    mutating func putDecimal(_ value: UInt64) {
        var digitCount = 1
        var rest = value / 10
        while rest > 0 {
            digitCount += 1
            rest /= 10
        }
        rest = value
        for place in stride(from: digitCount - 1, through: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit),
                toByteOffset: count + place, as: UInt8.self)
            rest = quotient
        }
        count += digitCount
    }
}

private struct FieldReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(bytes: UnsafeRawBufferPointer, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func space() -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: " ") else { return false }
        position += 1
        return true
    }

    mutating func hexadecimal(digitCount: Int) -> UInt64? {
        guard position + digitCount <= bytes.count else { return nil }
        var value: UInt64 = 0
        for index in position..<position + digitCount {
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                digit = bytes[index] - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt64(digit)
        }
        position += digitCount
        return value
    }

    mutating func decimal() -> UInt64? {
        guard let (value, end) = DecimalField.read(bytes, from: position) else { return nil }
        position = end
        return value
    }
}

/// A decimal number without a sign.
enum DecimalField {
    /// - Returns: the number and the index behind its last digit; nil without a digit, or if it
    ///   does not fit.
    static func read(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) -> (value: UInt64, end: Int)? {
        var value: UInt64 = 0
        var index = start
        while index < bytes.count, case let byte = bytes[index],
            byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9")
        {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        return index > start ? (value, index) : nil
    }
}

extension UnsafeRawBufferPointer {
    func starts(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[index] != text.utf8Start[index] {
            return false
        }
        return true
    }
}
