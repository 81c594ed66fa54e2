// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

@testable import RESP

/// Bytes that look like requests, some of them broken.
struct RequestGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let alphabet = Array("*$0123456789-+\r\n\r\n\0\"'\\x af\t".utf8)

    mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

    private mutating func byte() -> UInt8 {
        number(0...9) == 0
            ? .random(in: 0...255, using: &random) : Self.alphabet.randomElement(using: &random)!
    }

    private mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<number(count)).map { _ in byte() }
    }

    mutating func arguments() -> [[UInt8]] {
        (0..<number(1...6)).map { _ in bytes(0...20) }
    }

    static func encoded(_ arguments: [[UInt8]]) -> [UInt8] {
        arguments.reduce(into: Array("*\(arguments.count)\r\n".utf8)) {
            $0 += Array("$\($1.count)\r\n".utf8) + $1 + [0x0D, 0x0A]
        }
    }

    private mutating func inlineRequest() -> [UInt8] {
        Array(#"ECHO "a\x41\n" 'b c' d"#.utf8) + bytes(0...3).filter { $0 != 0 } + [0x0A]
    }

    /// Rarely: a line of about the length at which it becomes too long.
    private mutating func longLine() -> [UInt8] {
        let begin = [[], Array("*".utf8), Array("*1\r\n$".utf8), Array("*1\r\nx".utf8)]
            .randomElement(using: &random)!
        let count = ParserLimits.lineByteCountMax + number(-8...8)
        return begin + [UInt8](repeating: UInt8(ascii: "1"), count: count) + bytes(0...4)
    }

    mutating func input() -> [UInt8] {
        switch number(0...199) {
        case 0: return longLine()
        case 1...20: return bytes(0...80)
        default: break
        }
        var input: [UInt8] = []
        for _ in 0..<number(1...5) {
            input += number(0...3) == 0 ? inlineRequest() : Self.encoded(arguments())
        }
        for _ in 0..<number(0...3) { mutate(&input) }
        return input
    }

    private mutating func mutate(_ input: inout [UInt8]) {
        guard !input.isEmpty else { return }
        let index = number(0...(input.count - 1))
        switch number(0...4) {
        case 0: input[index] = byte()
        case 1: input.insert(byte(), at: index)
        case 2: input.remove(at: index)
        case 3: input.removeSubrange(index...)
        default: input.insert(contentsOf: input[index..<min(index + 9, input.count)], at: index)
        }
    }

    mutating func pieces(of input: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = input[...]
        let longest = number(1...30)
        if input.count > 1000 {
            // Cut where it matters: near the end of the long line.
            pieces.append(rest.prefix(input.count - number(0...20)))
            rest = rest.dropFirst(pieces[0].count)
        }
        while !rest.isEmpty {
            let piece = rest.prefix(number(1...longest))
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}

@Suite("RequestParser: random bytes")
struct RequestFuzzTests {
    /// Set `MARTLET_FUZZ_SECONDS` to go on for longer.
    private static let duration = Duration.seconds(
        ProcessInfo.processInfo.environment["MARTLET_FUZZ_SECONDS"].flatMap(Int.init) ?? 0)

    @Test("what is parsed does not depend on the pieces in which it comes")
    func pieces() {
        let end = ContinuousClock.now + Self.duration
        var seed: UInt64 = 1
        var requestCount = 0
        var errorCount = 0
        while seed <= 3000 || ContinuousClock.now < end {
            var generator = RequestGenerator(seed: seed)
            let input = generator.input()
            let limits = ParserLimits(
                bulkByteCountMax: seed % 3 == 0 ? 12 : 1 << 20,
                isAuthenticationRequired: seed % 5 == 0)
            let verifier = ParserVerifier(limits: limits)
            let whole = verifier.parse([input[...]])
            for _ in 0..<3 {
                let inPieces = verifier.parse(generator.pieces(of: input))
                if inPieces != whole {
                    Issue.record("seed \(seed): \(inPieces) in pieces, as a whole \(whole)")
                    return
                }
            }
            requestCount += whole.requests.count
            errorCount += whole.error == nil ? 0 : 1
            seed += 1
        }
        print("seeds 1...\(seed - 1): \(requestCount) requests, \(errorCount) errors")
        #expect(requestCount > 1000 && errorCount > 100)
    }

    @Test("what was encoded is what is parsed")
    func roundTrip() {
        for seed in 1...500 as ClosedRange<UInt64> {
            var generator = RequestGenerator(seed: seed)
            let requests = (0..<generator.number(1...10)).map { _ in generator.arguments() }
            let input = requests.flatMap(RequestGenerator.encoded)
            let parsed = ParserVerifier().parse(generator.pieces(of: input))
            #expect(parsed == Parsed(requests: requests), "seed \(seed)")
        }
    }
}
