// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// The cursor and the options of SCAN, and of the scans of a value's members.
struct ScanOptions {
    let cursor: UInt64
    private(set) var count = 10
    private(set) var filter = KeyFilter()

    /// - Parameter takesType: whether TYPE is an option.
    init(_ arguments: Arguments, cursorIndex: Int, takesType: Bool) throws(ReplyError) {
        cursor = try Self.cursor(arguments[cursorIndex])
        var index = cursorIndex + 1
        while index < arguments.count {
            let option = arguments[index]
            guard index + 1 < arguments.count else { throw .syntax }
            let value = arguments[index + 1]
            if option.isWord("count") {
                guard let number = Int(strictDecimal: value) else { throw .notAnInteger }
                guard number >= 1 else { throw .syntax }
                count = number
            } else if option.isWord("match") {
                filter.setPattern(Array(value))
            } else if takesType, option.isWord("type") {
                filter.setType(Array(value))
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    static func cursor(_ text: UnsafeRawBufferPointer) throws(ReplyError) -> UInt64 {
        guard let cursor = number(text) else { throw ReplyError("ERR invalid cursor") }
        return cursor
    }

    /// As C's `strtoul` takes it, without spaces and within 64 bits: nothing at all counts as 0,
    /// and a number may have a sign.
    private static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard let first = text.first else { return 0 }
        let isNegative = first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative || first == UInt8(ascii: "+") ? 1 : 0)
        guard !digits.isEmpty else { return nil }
        var cursor: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (product, isTooLarge) = cursor.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(UInt64(digit - 0x30))
            guard !isTooLarge, !overflows else { return nil }
            cursor = sum
        }
        return isNegative ? 0 &- cursor : cursor
    }
}

/// Which keys a client asks for.
struct KeyFilter {
    /// Nil if all match.
    private var pattern: [UInt8]?
    /// In lower case.
    private var type: [UInt8]?

    init() {}

    init(pattern: [UInt8]) {
        setPattern(pattern)
    }

    mutating func setPattern(_ pattern: [UInt8]) {
        self.pattern = pattern == [UInt8(ascii: "*")] ? nil : pattern
    }

    mutating func setType(_ name: [UInt8]) {
        type = Array(String(decoding: name, as: UTF8.self).lowercased().utf8)
    }

    func passes(_ entry: KeyEntry) -> Bool {
        if let type {
            let isOfType = entry.value.typeName.withUTF8Buffer { $0.elementsEqual(type) }
            guard isOfType else { return false }
        }
        return matches(entry.key)
    }

    /// Whether the pattern matches.
    func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let pattern else { return true }
        return pattern.withUnsafeBytes {
            Glob.matches(pattern: $0, subject: bytes, ignoringCase: false)
        }
    }
}

extension ReplyWriter {
    /// An unsigned number as a bulk string.
    func bulk(unsigned number: UInt64) {
        bulk(String(number))
    }
}
