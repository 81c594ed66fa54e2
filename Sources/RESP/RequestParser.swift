// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How requests are parsed
//
// A request is an array of bulk strings (`*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n`) or an inline line
// (`ECHO hi\r\n`). Bytes come in pieces. The parser is given everything that has arrived since
// the start of the request, and remembers how far it got:
//
//     *2\r\n$4\r\nECHO\r\n$2\r\nh
//     └──────────────────┘      │
//       position: understood    └ end of what has arrived
//
// It neither copies nor looks at a byte twice: an argument is a span within the caller's bytes,
// a long bulk string is skipped by its length, and an unfinished line is searched from where the
// last search ended (`searched`).
//
// The rules, the limits and the error texts are those of Redis 7.2 (networking.c,
// `processMultibulkBuffer` and `processInlineBuffer`). Like Redis it trusts the line ends behind
// bulk strings and lengths without looking at them.

#if canImport(Glibc)
    import Glibc
#endif

/// The bounds that a parser keeps; the names are Redis's.
package struct ParserLimits: Sendable {
    /// `proto-max-bulk-len`: the longest argument, in bytes.
    package var bulkByteCountMax: Int
    /// Whether the client still has to authenticate: until then requests are held to 10 arguments
    /// of 16,384 bytes.
    package var isAuthenticationRequired: Bool

    /// `PROTO_INLINE_MAX_SIZE`: the longest line, in bytes.
    package static let lineByteCountMax = 64 * 1024
    package static let unauthenticatedArgumentCountMax = 10
    package static let unauthenticatedBulkByteCountMax = 16_384

    package init(
        bulkByteCountMax: Int = 512 * 1024 * 1024, isAuthenticationRequired: Bool = false
    ) {
        self.bulkByteCountMax = bulkByteCountMax
        self.isAuthenticationRequired = isAuthenticationRequired
    }
}

package struct RequestParser {
    package enum Outcome: Equatable {
        /// A request is complete and took so many bytes; its arguments are in the scratch.
        case request(byteCount: Int, inline: Bool)
        /// So many bytes held nothing to execute: an empty line, or an array without elements.
        case nothing(byteCount: Int)
        /// More bytes are needed.
        case incomplete
        /// The framing is broken; nothing more can be parsed on this connection.
        case failed(ProtocolError)
    }

    /// The first byte that is not yet understood, counted from the start of the request.
    private var position = 0
    /// Bytes from the start of the request in which no line end was found.
    private var searched = 0
    /// Arguments still to come in a multibulk request; 0 before its header is read.
    private var argumentsLeft = 0
    /// The length of the bulk string under way, or -1 where its header is still to come.
    private var bulkByteCount = -1
    /// The arguments that earlier calls completed; those of the call under way are in the scratch.
    /// The two meet when the request is complete, so that many small pieces cost no more than one.
    private var savedSpans: [ArgumentSpan] = []

    package init() {}

    /// Whether a request has been begun and waits for more bytes.
    package var isMidRequest: Bool { position > 0 || searched > 0 }

    /// How many bytes the request has at the least, from its start, as far as that is known: what
    /// a buffer needs room for. Never more than one bulk string beyond what has arrived.
    package var knownByteCount: Int {
        guard bulkByteCount >= 0 else { return position }
        // `proto-max-bulk-len` may be as large as Int.
        let (byteCount, overflows) = (position + 2).addingReportingOverflow(bulkByteCount)
        return overflows ? .max : byteCount
    }

    /// Continues with the request that starts at the first of `bytes`.
    package mutating func parse(
        _ bytes: UnsafeRawBufferPointer, into scratch: RequestScratch, limits: ParserLimits
    ) -> Outcome {
        guard !bytes.isEmpty else { return .incomplete }
        if position == 0 {
            if let byteCount = Self.parseWhole(bytes, into: scratch, limits: limits) {
                searched = 0
                return .request(byteCount: byteCount, inline: false)
            }
            guard bytes[0] == UInt8(ascii: "*") else {
                return parseInline(bytes, into: scratch)
            }
            scratch.removeAll()
            switch parseLength(bytes, tooLong: .multibulkCountTooLong) {
            case .incomplete: return .incomplete
            case .failed(let error): return .failed(error)
            case .length(let count):
                if count > Int(Int32.max) { return .failed(.invalidMultibulkLength) }
                if count > ParserLimits.unauthenticatedArgumentCountMax,
                    limits.isAuthenticationRequired
                {
                    return .failed(.unauthenticatedMultibulkLength)
                }
                if count <= 0 { return finish(.nothing(byteCount: position)) }
                argumentsLeft = count
            case .notANumber: return .failed(.invalidMultibulkLength)
            }
        } else {
            scratch.removeAll()
        }
        return parseBulks(bytes, into: scratch, limits: limits)
    }

    /// Reads a request as it usually is: well formed, all there, and of few arguments.
    ///
    /// - Returns: its length in bytes; nil for any other, on which the careful way decides.
    @inline(__always)
    private static func parseWhole(
        _ bytes: UnsafeRawBufferPointer, into scratch: RequestScratch, limits: ParserLimits
    ) -> Int? {
        guard !limits.isAuthenticationRequired else { return nil }
        var position = 0
        guard let count = shortLength(bytes, UInt8(ascii: "*"), &position), count > 0,
            count <= RequestScratch.spanCapacityMin
        else { return nil }
        let spans = scratch.room
        for index in 0..<count {
            guard let length = shortLength(bytes, UInt8(ascii: "$"), &position),
                length <= limits.bulkByteCountMax, length &+ 2 <= bytes.count &- position
            else { return nil }
            spans[index] = ArgumentSpan(offset: position, count: length)
            position &+= length &+ 2
        }
        scratch.setCount(count)
        return position
    }

    /// Reads a line of `type` and a number of up to seven digits, and steps behind it.
    @inline(__always)
    private static func shortLength(
        _ bytes: UnsafeRawBufferPointer, _ type: UInt8, _ position: inout Int
    ) -> Int? {
        // The shortest line has four bytes.
        guard bytes.count &- position >= 4 else { return nil }
        let start = bytes.baseAddress.unsafelyUnwrapped + position
        guard start.load(as: UInt8.self) == type else { return nil }
        var length = Int(start.load(fromByteOffset: 1, as: UInt8.self) &- UInt8(ascii: "0"))
        guard length <= 9 else { return nil }
        var index = 2
        let indexMax = min(bytes.count &- position &- 2, 8)
        while true {
            let byte = start.load(fromByteOffset: index, as: UInt8.self)
            if byte == UInt8(ascii: "\r") { break }
            let digit = byte &- UInt8(ascii: "0")
            // No leading zero, as in `Int(strictDecimal:)`.
            guard digit <= 9, length > 0, index < indexMax else { return nil }
            length = length &* 10 &+ Int(digit)
            index &+= 1
        }
        position &+= index &+ 2
        return length
    }

    private mutating func parseBulks(
        _ bytes: UnsafeRawBufferPointer, into scratch: RequestScratch, limits: ParserLimits
    ) -> Outcome {
        while argumentsLeft > 0 {
            if bulkByteCount < 0 {
                guard position < bytes.count else { return suspend(scratch) }
                switch parseLength(bytes, tooLong: .bulkCountTooLong) {
                case .incomplete: return suspend(scratch)
                case .failed(let error): return .failed(error)
                case .notANumber: return .failed(.invalidBulkLength)
                case .length(let length):
                    if length < 0 || length > limits.bulkByteCountMax {
                        return .failed(.invalidBulkLength)
                    }
                    if length > ParserLimits.unauthenticatedBulkByteCountMax,
                        limits.isAuthenticationRequired
                    {
                        return .failed(.unauthenticatedBulkLength)
                    }
                    bulkByteCount = length
                }
            }
            guard bytes.count - position - 2 >= bulkByteCount else { return suspend(scratch) }
            scratch.append(ArgumentSpan(offset: position, count: bulkByteCount))
            position += bulkByteCount + 2
            searched = position
            bulkByteCount = -1
            argumentsLeft -= 1
        }
        if !savedSpans.isEmpty { scratch.prepend(savedSpans) }
        return finish(.request(byteCount: position, inline: false))
    }

    private enum Length {
        case length(Int)
        case notANumber
        case incomplete
        case failed(ProtocolError)
    }

    /// Reads the line at `position`, a type byte and a number, and steps behind it.
    private mutating func parseLength(
        _ bytes: UnsafeRawBufferPointer, tooLong: ProtocolError
    ) -> Length {
        // The usual line is a handful of digits that are all there.
        var index = max(searched, position)
        while index < bytes.count, bytes[index] != UInt8(ascii: "\r") { index += 1 }
        guard index + 1 < bytes.count else {
            searched = index
            return isTooLong(index) ? .failed(tooLong) : .incomplete
        }
        if position > 0, bytes[position] != UInt8(ascii: "$") {
            return .failed(isTooLong(index) ? tooLong : .expectedDollar(got: bytes[position]))
        }
        let digits = UnsafeRawBufferPointer(rebasing: bytes[(position + 1)..<index])
        guard let number = Int(strictDecimal: digits) else {
            return isTooLong(index) ? .failed(tooLong) : .notANumber
        }
        position = index + 2
        searched = position
        return .length(number)
    }

    /// Whether the line at `position` that ends at `end` is too long. No number is, so that only
    /// what is wrong anyway needs to ask.
    private func isTooLong(_ end: Int) -> Bool { end - position > ParserLimits.lineByteCountMax }

    private mutating func parseInline(
        _ bytes: UnsafeRawBufferPointer, into scratch: RequestScratch
    ) -> Outcome {
        let lineEnd = lineFeedOrNul(bytes)
        // By the line's length, not by how much has come, so that it does not matter in which
        // pieces a line comes.
        guard lineEnd <= ParserLimits.lineByteCountMax else { return .failed(.inlineTooLong) }
        guard lineEnd < bytes.count, bytes[lineEnd] != 0 else {
            searched = lineEnd
            // Redis searches a C string: behind a NUL it finds no line end, however much comes.
            if bytes.count > ParserLimits.lineByteCountMax { return .failed(.inlineTooLong) }
            return .incomplete
        }
        let hasReturn = lineEnd > 0 && bytes[lineEnd - 1] == UInt8(ascii: "\r")
        let line = UnsafeRawBufferPointer(rebasing: bytes[..<(hasReturn ? lineEnd - 1 : lineEnd)])
        scratch.removeAll()
        guard InlineArguments.split(line, into: scratch) else {
            return .failed(.unbalancedQuotes)
        }
        let byteCount = lineEnd + 1
        return finish(
            scratch.spanCount == 0
                ? .nothing(byteCount: byteCount) : .request(byteCount: byteCount, inline: true))
    }

    /// The first line feed or NUL that was not searched yet, or the end.
    private func lineFeedOrNul(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard searched < bytes.count, bytes[searched] != 0 else { return searched }
        let start = bytes.baseAddress! + searched
        let lineFeed = memchr(start, 0x0A, bytes.count - searched)
        let count = lineFeed.map { UnsafeRawPointer($0) - start } ?? (bytes.count - searched)
        let nul = memchr(start, 0, count)
        return searched + (nul.map { UnsafeRawPointer($0) - start } ?? count)
    }

    private mutating func suspend(_ scratch: RequestScratch) -> Outcome {
        if scratch.spanCount > 0 { savedSpans.append(contentsOf: scratch.completed) }
        return .incomplete
    }

    private mutating func finish(_ outcome: Outcome) -> Outcome {
        position = 0
        searched = 0
        argumentsLeft = 0
        bulkByteCount = -1
        if !savedSpans.isEmpty { savedSpans = [] }
        return outcome
    }
}

extension Int {
    /// A decimal number exactly as Redis's `string2ll` takes it: an optional minus, no plus, no
    /// leading zero, no space, within 64 bits. Nil otherwise.
    package init?(strictDecimal digits: UnsafeRawBufferPointer) {
        guard let first = digits.first else { return nil }
        let zero = UInt8(ascii: "0")
        if digits.count == 1 {
            guard first >= zero, first <= UInt8(ascii: "9") else { return nil }
            self = Int(first - zero)
            return
        }
        let isNegative = first == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        guard digits[start] > zero, digits[start] <= UInt8(ascii: "9") else { return nil }
        var magnitude = 0
        for index in start..<digits.count {
            let digit = digits[index] &- zero
            guard digit <= 9 else { return nil }
            // Accumulated below zero, where the range reaches one further.
            let (product, productOverflows) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.subtractingReportingOverflow(Int(digit))
            guard !productOverflows, !sumOverflows else { return nil }
            magnitude = sum
        }
        if isNegative {
            self = magnitude
        } else {
            guard magnitude != .min else { return nil }
            self = -magnitude
        }
    }
}
