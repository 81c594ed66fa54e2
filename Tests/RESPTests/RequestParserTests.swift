// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

/// The expectations were taken from redis-server 7.0.15.
@Suite("RequestParser: arrays of bulk strings")
struct RequestParserTests {
    @Test(
        "parses requests, in whatever pieces they come",
        arguments: [
            ParserCase("*1\r\n$4\r\nPING\r\n", ["PING"]),
            ParserCase("*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n", ["ECHO", "hi"]),
            ParserCase("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", ["ECHO", ""]),
            ParserCase("*1\r\n$0\r\n\r\n", [""]),
            ParserCase(
                "*2\r\n$4\r\nECHO\r\n$15\r\n\r\n\0*1\r\n$4\r\n\"'\\\u{FF}\r\n",
                ["ECHO", "\r\n\0*1\r\n$4\r\n\"'\\\u{FF}"]),
            ParserCase(
                "*12\r\n" + String(repeating: "$1\r\na\r\n", count: 12),
                Array(repeating: "a", count: 12)),
            ParserCase("*1\r\n$1\r\na\r\nb\n*1\r\n$1\r\nc\r\n", ["a"], ["b"], ["c"]),
            // What is behind a line's CR and a bulk string is trusted, not looked at.
            ParserCase("*1\rx$4\rxPINGxx*1\r\n$1\r\na\r\n", ["PING"], ["a"]),
            ParserCase("*1\r\n$4\r\nPING\n\r", ["PING"]),
        ])
    func requests(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test(
        "steps over arrays without elements",
        arguments: [
            ParserCase("*0\r\n"), ParserCase("*-1\r\n"),
            ParserCase("*-1\r\n*0\r\nPING\n", ["PING"]),
            ParserCase("*-9223372036854775808\r\n"),
        ])
    func nothing(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test(
        "waits for the rest of a request",
        arguments: [
            ParserCase("*", waiting: 1), ParserCase("*1", waiting: 2),
            ParserCase("*1\r", waiting: 3), ParserCase("*x\r", waiting: 3),
            ParserCase("*1\r\n", waiting: 4), ParserCase("*1\r\n$", waiting: 5),
            ParserCase("*1\r\nx\r", waiting: 6), ParserCase("*1\r\n$4\r\nPING", waiting: 12),
            ParserCase("*1\r\n$4\r\nPING\r", waiting: 13),
            ParserCase("*2147483647\r\n", waiting: 13),
            ParserCase("*1048577\r\n", waiting: 10),
            ParserCase("*1\r\n$536870912\r\n", waiting: 16),
            ParserCase("PING\n*2\r\n$1\r\na\r\n", ["PING"], waiting: 11),
        ])
    func incomplete(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test(
        "refuses what is not a number of arguments by Redis's strict rules",
        arguments: [
            "", "-", "-0", "00", "01", "-01", "+1", " 1", "1 ", "1x", "x", "0x1", "1\n", "\n",
            "1\0",
            "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
            "18446744073709551617", "100000000000000000000",
        ].map { ParserCase("*\($0)\r\n", .invalidMultibulkLength) })
    func multibulkLength(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test(
        "refuses what is not a length of an argument",
        arguments: [
            "", "-", "-0", "-1", "00", "04", "+4", " 4", "4 ", "x", "4\0", "536870913",
            "9223372036854775807", "9223372036854775808", "-9223372036854775809",
        ].flatMap { number in
            ["*1\r\n", "*2\r\n$4\r\nECHO\r\n"].map {
                ParserCase("\($0)$\(number)\r\n", .invalidBulkLength)
            }
        })
    func bulkLength(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test("keeps proto-max-bulk-len exactly")
    func bulkByteCountMax() {
        let verifier = ParserVerifier(limits: ParserLimits(bulkByteCountMax: 5))
        let fits = ParserCase("*1\r\n$5\r\nhello\r\n", ["hello"])
        verifier.expect(fits.expected, of: fits.bytes)
        let exceeds = ParserCase("*1\r\n$6\r\n", .invalidBulkLength)
        verifier.expect(exceeds.expected, of: exceeds.bytes)
    }

    @Test(
        "expects a dollar sign, and finds its absence at the line's end",
        arguments: [
            (":4\r\n", UInt8(ascii: ":")), ("PING\r\n", UInt8(ascii: "P")),
            ("*1\r\n", UInt8(ascii: "*")), ("\r\n", 0x0D), ("\n\r\n", 0x0A), ("\u{FF}\r\n", 0xFF),
            ("\0\r\n", 0), (" $4\r\n", 0x20), ("x4\0\r\n", UInt8(ascii: "x")),
        ].flatMap { line, byte in
            ["*1\r\n", "*2\r\n$4\r\nECHO\r\n"].map {
                ParserCase($0 + line, .expectedDollar(got: byte))
            }
        })
    func expectedDollar(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test("holds a client that has to authenticate to 10 arguments of 16,384 bytes")
    func unauthenticated() {
        let verifier = ParserVerifier(limits: ParserLimits(isAuthenticationRequired: true))
        let long = String(repeating: "x", count: 16_384)
        let ten = String(repeating: "$1\r\na\r\n", count: 10)
        let cases = [
            ParserCase("*10\r\n\(ten)", Array(repeating: "a", count: 10)),
            ParserCase("*1\r\n$16384\r\n\(long)\r\n", [long]),
            ParserCase("*-1\r\n"),
            ParserCase("*11\r\n", .unauthenticatedMultibulkLength),
            ParserCase("*2147483647\r\n", .unauthenticatedMultibulkLength),
            ParserCase("*2147483648\r\n", .invalidMultibulkLength),
            ParserCase("*1\r\n$16385\r\n", .unauthenticatedBulkLength),
            ParserCase("*1\r\n$536870912\r\n", .unauthenticatedBulkLength),
            ParserCase("*1\r\n$536870913\r\n", .invalidBulkLength),
            // Not counted in an inline request.
            ParserCase("a a a a a a a a a a a a\n", Array(repeating: "a", count: 12)),
        ]
        for test in cases { verifier.expect(test.expected, of: test.bytes) }
    }

    @Test(
        "errors have Redis's texts",
        arguments: [
            (.invalidMultibulkLength, "invalid multibulk length"),
            (.unauthenticatedMultibulkLength, "unauthenticated multibulk length"),
            (.multibulkCountTooLong, "too big mbulk count string"),
            (.bulkCountTooLong, "too big bulk count string"),
            (.invalidBulkLength, "invalid bulk length"),
            (.unauthenticatedBulkLength, "unauthenticated bulk length"),
            (.inlineTooLong, "too big inline request"),
            (.unbalancedQuotes, "unbalanced quotes in request"),
            (.expectedDollar(got: UInt8(ascii: "P")), "expected '$', got 'P'"),
            (.expectedDollar(got: 0x0D), "expected '$', got ' '"),
            (.expectedDollar(got: 0x0A), "expected '$', got ' '"),
            (.expectedDollar(got: 0xFF), "expected '$', got '\u{FF}'"),
        ] as [(ProtocolError, String)])
    func texts(_ error: ProtocolError, _ text: String) {
        #expect(error.messageBytes == latin1("Protocol error: " + text))
    }
}

@Suite("Arguments")
struct ArgumentsTests {
    @Test("a copy outlives the bytes it was made of", arguments: [["SET", "", "a\0b"], [""]])
    func copy(_ texts: [String]) {
        let bytes = Array(texts.joined(separator: "--").utf8)
        var spans: [ArgumentSpan] = []
        for text in texts {
            let offset = spans.last.map { $0.offset + $0.count + 2 } ?? 0
            spans.append(ArgumentSpan(offset: offset, count: text.utf8.count))
        }
        let owned = withUnsafeBytes(of: 0) { nothing in
            bytes.withUnsafeBytes { bytes in
                spans.withUnsafeBufferPointer { spans in
                    let base = bytes.baseAddress ?? nothing.baseAddress!
                    return OwnedArguments(Arguments(base: base, spans: spans))
                }
            }
        }
        let copied = owned.withArguments { arguments in
            (0..<arguments.count).map { String(decoding: arguments[$0], as: UTF8.self) }
        }
        #expect(copied == texts)
    }
}
