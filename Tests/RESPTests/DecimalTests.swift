// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

@Suite("Decimal numbers")
struct DecimalTests {
    /// The ends of the range, and what lies around each power of ten and of two.
    private static let edges: [Int] = {
        var values: Set<Int> = [0, .max, .min, .max - 1, .min + 1]
        var power = 1
        while true {
            for value in [power - 1, power, power + 1] { values.formUnion([value, -value]) }
            let (next, overflows) = power.multipliedReportingOverflow(by: 10)
            if overflows { break }
            power = next
        }
        for shift in 0..<63 { values.formUnion([1 << shift, -(1 << shift), (1 << shift) - 1]) }
        return values.sorted()
    }()

    /// Of all lengths.
    private static let random: [Int] = {
        var generator = SeededGenerator(seed: 1)
        return (0..<5000).map { _ in
            Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0...63, using: &generator)
        }
    }()

    @Test("writes what String writes, and nothing behind it")
    func write() {
        for value in Self.edges + Self.random {
            var room = [UInt8](repeating: 0xEE, count: Decimal.byteCountMax + 1)
            let count = room.withUnsafeMutableBytes {
                Decimal.write(value, to: $0.baseAddress!)
            }
            let text = Array(String(value).utf8)
            #expect(Array(room.prefix(count)) == text)
            #expect(room.dropFirst(count).allSatisfy { $0 == 0xEE })
            #expect(Decimal.byteCount(value) == text.count)
        }
    }

    @Test("reads what String writes")
    func read() {
        for value in Self.edges + Self.random {
            #expect(parse(String(value)) == value)
        }
    }

    @Test(
        "reads nothing else",
        arguments: [
            "", "-", "--1", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "1a", "a", "0x1", "/",
            ":",
            "-/", "-:", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
            "92233720368547758070", "-92233720368547758080", "1\n",
        ])
    func invalid(_ text: String) {
        #expect(parse(text) == nil)
    }

    private func parse(_ text: String) -> Int? {
        Array(text.utf8).withUnsafeBytes { Int(strictDecimal: $0) }
    }
}
