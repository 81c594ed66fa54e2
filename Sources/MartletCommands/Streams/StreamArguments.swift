// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension StreamID {
    /// An ID as requests write it: `ms-seq`, or `ms` alone.
    ///
    /// Numbers may have zeros in front, or a plus, and what follows a NUL does not count: so they
    /// are read by Redis.
    ///
    /// - Parameter missingSequence: what the sequence is if it is not given.
    init(_ text: UnsafeRawBufferPointer, missingSequence: UInt64 = 0) throws(ReplyError) {
        guard let id = Self.parsed(text, missingSequence: missingSequence) else {
            throw .invalidStreamID
        }
        self = id
    }

    static func parsed(
        _ text: UnsafeRawBufferPointer, missingSequence: UInt64 = 0
    ) -> StreamID? {
        guard text.count <= textLengthMax else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: text.prefix { $0 != 0 })
        guard let separator = text.firstIndex(of: UInt8(ascii: "-")) else {
            return number(text).map { StreamID($0, missingSequence) }
        }
        guard let milliseconds = number(UnsafeRawBufferPointer(rebasing: text[..<separator])),
            let sequence = number(UnsafeRawBufferPointer(rebasing: text[(separator + 1)...]))
        else { return nil }
        return StreamID(milliseconds, sequence)
    }

    /// An ID, or `-` and `+` for the first and the last one there can be.
    init(
        rangeEnd text: UnsafeRawBufferPointer, missingSequence: UInt64
    ) throws(ReplyError) {
        if text.isCharacter("-") {
            self = .zero
        } else if text.isCharacter("+") {
            self = .max
        } else {
            try self.init(text, missingSequence: missingSequence)
        }
    }

    /// What Redis copies before it reads it, in bytes.
    private static let textLengthMax = 127

    fileprivate static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        var digits = text[...]
        if digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }
}

/// The ends of a range of IDs, both of them in it.
struct StreamIDRange {
    let first: StreamID
    let last: StreamID

    /// - Parameters:
    ///   - first, last: IDs, with `(` in front if they are not in the range themselves.
    init(
        _ first: UnsafeRawBufferPointer, _ last: UnsafeRawBufferPointer
    ) throws(ReplyError) {
        self.first = try Self.first(first)
        let (isOpen, text) = Self.opened(last)
        if isOpen {
            let limit = try StreamID(text, missingSequence: .max)
            guard let id = limit.predecessor else {
                throw ReplyError("ERR invalid end ID for the interval")
            }
            self.last = id
        } else {
            self.last = try StreamID(rangeEnd: text, missingSequence: .max)
        }
    }

    static func first(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> StreamID {
        let (isOpen, text) = opened(argument)
        guard isOpen else { return try StreamID(rangeEnd: text, missingSequence: 0) }
        guard let id = try StreamID(text).successor else {
            throw ReplyError("ERR invalid start ID for the interval")
        }
        return id
    }

    private static func opened(
        _ argument: UnsafeRawBufferPointer
    ) -> (isOpen: Bool, text: UnsafeRawBufferPointer) {
        guard argument.count > 1, argument[0] == UInt8(ascii: "(") else {
            return (false, argument)
        }
        return (true, UnsafeRawBufferPointer(rebasing: argument.dropFirst()))
    }
}

/// The IDs that a command names, all of them read before anything is done.
struct StreamIDList {
    private(set) var ids: [StreamID] = []

    init(_ arguments: Arguments, _ range: Range<Int>) throws(ReplyError) {
        ids.reserveCapacity(range.count)
        for index in range { ids.append(try StreamID(arguments[index])) }
    }
}

extension Stream.IDChoice {
    /// The ID that XADD is given.
    init(_ argument: UnsafeRawBufferPointer) throws(ReplyError) {
        if argument.isCharacter("*") {
            self = .generated
            return
        }
        let text = UnsafeRawBufferPointer(rebasing: argument.prefix { $0 != 0 })
        if text.count > 2, text[text.count - 1] == UInt8(ascii: "*"),
            text.firstIndex(of: UInt8(ascii: "-")) == text.count - 2,
            let milliseconds = StreamID.number(UnsafeRawBufferPointer(rebasing: text.dropLast(2)))
        {
            self = .milliseconds(milliseconds)
        } else {
            self = .exact(try StreamID(argument))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the text is this character alone, as a C string.
    @inline(__always)
    func isCharacter(_ character: Unicode.Scalar) -> Bool {
        guard count > 0, self[0] == UInt8(ascii: character) else { return false }
        return count == 1 || self[1] == 0
    }
}

extension Arguments {
    /// COUNT and what is like it: a number, of which a negative one counts as zero.
    func count(at index: Int) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: self[index]) else { throw .notAnInteger }
        return Swift.max(number, 0)
    }

    /// A number, or the error that is thrown if it is none.
    func number(at index: Int, orThrow message: StaticString) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: self[index]) else {
            throw ReplyError("ERR \(message)")
        }
        return number
    }
}

extension ReplyError {
    static let invalidStreamID = ReplyError(
        "ERR Invalid stream ID specified as stream command argument")

    /// XPENDING, XCLAIM, XAUTOCLAIM: there is no such key, or no such group.
    static func noGroup(_ arguments: Arguments) -> ReplyError {
        ReplyError(
            parts: "NOGROUP No such key '", arguments[1], "' or consumer group '", arguments[2], "'"
        )
    }

    /// XGROUP, XINFO: the key is there, the group is not.
    static func noGroup(
        _ group: UnsafeRawBufferPointer, ofKey key: UnsafeRawBufferPointer
    ) -> ReplyError {
        ReplyError(
            parts: "NOGROUP No such consumer group '", group, "' for key name '", key, "'")
    }

    /// Texts, with arguments in between as C's `%s` shows them.
    init(
        parts first: StaticString, _ one: UnsafeRawBufferPointer, _ second: StaticString,
        _ two: UnsafeRawBufferPointer, _ third: StaticString
    ) {
        self.init(
            bytes: Array("\(first)".utf8) + one.cString(upTo: .max) + Array("\(second)".utf8)
                + two.cString(upTo: .max) + Array("\(third)".utf8))
    }
}
