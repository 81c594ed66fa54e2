// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

/// What a parser made of some bytes.
struct Parsed: Equatable {
    var requests: [[[UInt8]]] = []
    var error: ProtocolError?
    /// Bytes at the end that wait for the rest of their request.
    var waitingByteCount = 0
}

/// Gives bytes to a parser as a connection does, in pieces, with a scratch that other connections
/// use in between.
struct ParserVerifier {
    var limits = ParserLimits()
    let scratch = RequestScratch()

    func parse(_ pieces: some Sequence<ArraySlice<UInt8>>) -> Parsed {
        var parsed = Parsed()
        var parser = RequestParser()
        var buffer: [UInt8] = []
        var start = 0
        for piece in pieces {
            buffer += piece
            parse(buffer, from: &start, by: &parser, into: &parsed)
            if parsed.error != nil { return parsed }
            useScratchForAnother()
        }
        parsed.waitingByteCount = buffer.count - start
        return parsed
    }

    private func parse(
        _ buffer: [UInt8], from start: inout Int, by parser: inout RequestParser,
        into parsed: inout Parsed
    ) {
        buffer.withUnsafeBytes { buffer in
            while start < buffer.count {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[start...])
                switch parser.parse(bytes, into: scratch, limits: limits) {
                case .request(let byteCount, let inline):
                    #expect(0 < byteCount && byteCount <= bytes.count)
                    #expect(!parser.isMidRequest)
                    let arguments = scratch.arguments(of: bytes, inline: inline)
                    parsed.requests.append((0..<arguments.count).map { Array(arguments[$0]) })
                    start += byteCount
                case .nothing(let byteCount):
                    #expect(0 < byteCount && byteCount <= bytes.count)
                    #expect(!parser.isMidRequest)
                    start += byteCount
                case .incomplete:
                    return
                case .failed(let error):
                    parsed.error = error
                    return
                }
            }
        }
    }

    private func useScratchForAnother() {
        var other = RequestParser()
        let outcome = Self.otherRequest.withUnsafeBytes {
            other.parse($0, into: scratch, limits: limits)
        }
        // Not #expect, which would take most of the time.
        precondition(outcome == .request(byteCount: Self.otherRequest.count, inline: false))
    }

    private static let otherRequest = Array("*3\r\n$1\r\nx\r\n$0\r\n\r\n$2\r\nyz\r\n".utf8)

    /// Expects the same of the bytes as a whole, byte by byte, cut in two at every place, and
    /// behind and between other requests.
    func expect(
        _ expected: Parsed, of bytes: [UInt8], _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(parse([bytes[...]]) == expected, "whole", sourceLocation: location)
        #expect(
            parse(bytes.indices.map { bytes[$0...$0] }) == expected, "byte by byte",
            sourceLocation: location)
        for cut in cuts(of: bytes) {
            #expect(
                parse([bytes[..<cut], bytes[cut...]]) == expected, "cut at \(cut)",
                sourceLocation: location)
        }
        expectCoalesced(expected, of: bytes, location)
    }

    private func expectCoalesced(
        _ expected: Parsed, of bytes: [UInt8], _ location: SourceLocation
    ) {
        let ping = Array("*1\r\n$4\r\nPING\r\n\r\n*0\r\nPING\r\n".utf8)
        let pings = [[Array("PING".utf8)], [Array("PING".utf8)]]
        var behind = expected
        behind.requests = pings + expected.requests
        #expect(parse([(ping + bytes)[...]]) == behind, "behind others", sourceLocation: location)
        guard expected.error == nil, expected.waitingByteCount == 0 else { return }
        let between = Parsed(requests: behind.requests + expected.requests + pings)
        #expect(
            parse([(ping + bytes + bytes + ping)[...]]) == between, "between others",
            sourceLocation: location)
    }

    /// Every place, or in long bytes those at both ends and around the limit of a line.
    private func cuts(of bytes: [UInt8]) -> [Int] {
        guard bytes.count > 300 else { return Array(0...bytes.count) }
        let limit = ParserLimits.lineByteCountMax
        return (0...bytes.count).filter {
            $0 < 12 || $0 > bytes.count - 12 || abs($0 - limit) < 12
        }
    }
}

/// Bytes, what they are parsed to, and how they are shown in the name of a test.
struct ParserCase: CustomTestStringConvertible {
    let bytes: [UInt8]
    let expected: Parsed

    /// - Parameter text: each scalar is a byte.
    init(_ text: String, _ requests: [String]..., waiting: Int = 0) {
        bytes = latin1(text)
        expected = Parsed(
            requests: requests.map { $0.map(latin1) }, waitingByteCount: waiting)
    }

    init(_ text: String, _ error: ProtocolError) {
        bytes = latin1(text)
        expected = Parsed(error: error)
    }

    var testDescription: String {
        String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription
    }
}

func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
