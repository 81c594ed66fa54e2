// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

/// What Redis accepts of a line about as long as its limit depends on the pieces in which the line
/// is read; here the length alone decides, by the limit that Redis has for a line without an end.
@Suite("RequestParser: bounds")
struct RequestBoundsTests {
    private static let limit = ParserLimits.lineByteCountMax

    private func expect(
        _ test: ParserCase, _ verifier: ParserVerifier = ParserVerifier(),
        _ location: SourceLocation = #_sourceLocation
    ) {
        verifier.expect(test.expected, of: test.bytes, location)
    }

    @Test("an inline request may have 65,536 bytes in front of its line feed")
    func inlineLine() {
        let words = String(repeating: "x", count: Self.limit - 5)
        expect(ParserCase("ECHO \(words)", waiting: Self.limit))
        expect(ParserCase("ECHO \(words)\n", ["ECHO", words]))
        expect(ParserCase("ECHO \(words.dropLast())\r\n", ["ECHO", String(words.dropLast())]))
        expect(ParserCase("ECHO \(words)\r\n", .inlineTooLong))
        expect(ParserCase("ECHO x\(words)", .inlineTooLong))
        expect(ParserCase("ECHO x\(words)\n", .inlineTooLong))
    }

    @Test("the line of a count or of a length may have 65,536 bytes in front of its end")
    func lengthLine() {
        let digits = String(repeating: "1", count: Self.limit - 1)
        expect(ParserCase("*\(digits)", waiting: Self.limit))
        expect(ParserCase("*\(digits)\r", waiting: Self.limit + 1))
        expect(ParserCase("*\(digits)\r\n", .invalidMultibulkLength))
        expect(ParserCase("*\(digits)1", .multibulkCountTooLong))
        expect(ParserCase("*\(digits)1\r", .multibulkCountTooLong))
        expect(ParserCase("*\(digits)1\r\n", .multibulkCountTooLong))
        expect(ParserCase("*1\r\n$\(digits)", waiting: Self.limit + 4))
        expect(ParserCase("*1\r\n$\(digits)\r\n", .invalidBulkLength))
        expect(ParserCase("*1\r\n$\(digits)1", .bulkCountTooLong))
        expect(ParserCase("*1\r\n$\(digits)1\r\n", .bulkCountTooLong))
        expect(ParserCase("*1\r\nx\(digits)", waiting: Self.limit + 4))
        expect(ParserCase("*1\r\nx\(digits)\r\n", .expectedDollar(got: UInt8(ascii: "x"))))
        expect(ParserCase("*1\r\nx\(digits)1", .bulkCountTooLong))
        expect(ParserCase("*1\r\nx\(digits)1\r\n", .bulkCountTooLong))
    }

    @Test("an inline request with a NUL never ends, and is not executed in part")
    func nul() {
        for line in ["PING\0", "\0", "ECHO a\0b", "ECHO \"a\0b\"", "\0\0", "a\r\0"] {
            let pings = "\(line)\r\nPING\r\n"
            expect(ParserCase(pings, waiting: pings.unicodeScalars.count))
        }
        let filler = String(repeating: "PING\r\n", count: Self.limit / 6 + 1)
        expect(ParserCase("ECHO a\0b\n\(filler)", .inlineTooLong))
    }

    @Test("proto-max-bulk-len may be the largest Int")
    func largestBulk() {
        let verifier = ParserVerifier(limits: ParserLimits(bulkByteCountMax: .max))
        for length in [Int.max, Int.max - 1, Int.max - 20] {
            let request = "*2\r\n$1\r\na\r\n$\(length)\r\nabc"
            expect(ParserCase(request, waiting: request.utf8.count), verifier)
        }
    }

    @Test("a NUL in place of the dollar sign is shown as it came")
    func nulInPlaceOfDollar() {
        #expect(
            ProtocolError.expectedDollar(got: 0).messageBytes
                == latin1("Protocol error: expected '$', got '\0'"))
    }
}
