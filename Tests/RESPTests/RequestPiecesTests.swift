// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

@Suite("RequestParser: requests that come in many pieces")
struct RequestPiecesTests {
    @Test("the arguments of many pieces meet in one request, in order")
    func manyPieces() {
        let arguments = (0..<5000).map { "argument \($0)" }
        let bytes = Array(
            arguments.reduce(into: "*\(arguments.count)\r\n") {
                $0 += "$\($1.utf8.count)\r\n\($1)\r\n"
            }.utf8)
        for size in [1, 7, 100, 4096] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                bytes[$0..<min($0 + size, bytes.count)]
            }
            let expected = Parsed(requests: [arguments.map { Array($0.utf8) }])
            #expect(ParserVerifier().parse(pieces) == expected, "pieces of \(size) bytes")
        }
    }

    @Test("a piece costs what it brings, not what came before it")
    func scratchHoldsOnlyWhatIsNew() {
        let scratch = RequestScratch()
        var parser = RequestParser()
        var bytes = Array("*200000\r\n".utf8)
        for _ in 0..<150_000 { bytes += Array("$1\r\na\r\n".utf8) }
        #expect(parse(bytes, &parser, scratch) == .incomplete)
        bytes += Array("$1\r\na\r\n".utf8)
        #expect(parse(bytes, &parser, scratch) == .incomplete)
        #expect(scratch.spanCount == 1)
    }

    @Test("the room of many arguments is given back with the next request")
    func scratchShrinks() {
        let scratch = RequestScratch()
        var parser = RequestParser()
        let capacity = scratch.spanCapacity
        let many = Array(("*100000\r\n" + String(repeating: "$0\r\n\r\n", count: 100_000)).utf8)
        #expect(parse(many, &parser, scratch) == .request(byteCount: many.count, inline: false))
        #expect(scratch.spanCapacity >= 100_000)
        let ping = Array("*1\r\n$4\r\nPING\r\n".utf8)
        #expect(parse(ping, &parser, scratch) == .request(byteCount: 14, inline: false))
        #expect(scratch.spanCapacity == capacity)
    }

    @Test("a declared count and length take no memory")
    func declared() {
        let scratch = RequestScratch()
        var parser = RequestParser()
        let capacity = scratch.spanCapacity
        #expect(parse(Array("*2147483647\r\n".utf8), &parser, scratch) == .incomplete)
        #expect(scratch.spanCapacity == capacity)
        #expect(parser.knownByteCount == 13)
        let request = Array("*2147483647\r\n$536870912\r\nab".utf8)
        #expect(parse(request, &parser, scratch) == .incomplete)
        #expect(scratch.spanCapacity == capacity)
        #expect(parser.knownByteCount == 25 + 536_870_912 + 2)
        #expect(parser.isMidRequest)
    }

    private func parse(
        _ bytes: [UInt8], _ parser: inout RequestParser, _ scratch: RequestScratch
    ) -> RequestParser.Outcome {
        bytes.withUnsafeBytes { parser.parse($0, into: scratch, limits: ParserLimits()) }
    }
}
