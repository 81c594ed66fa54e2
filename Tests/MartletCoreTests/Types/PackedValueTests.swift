// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Packed values")
struct PackedValueTests {
    @Test(
        "Only the shortest form of a number is one",
        arguments: [
            ("0", 0), ("-1", -1), ("127", 127), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min), ("", nil), ("-", nil), ("-0", nil), ("00", nil),
            ("01", nil), ("+1", nil), (" 1", nil), ("1 ", nil), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("99999999999999999999", nil), ("1a", nil), ("a", nil),
            ("18446744073709551617", nil),
        ] as [(String, Int?)])
    func numbers(text: String, number: Int?) {
        #expect(Array(text.utf8).withUnsafeBytes { PackedValue.integer($0) } == number)
    }

    @Test("Every length of string and number is read back, from both sides")
    func lengths() {
        var block = Listpack()
        var twin: [[UInt8]] = []
        let lengths = [
            0, 1, 62, 63, 64, 124, 125, 126, 4095, 4096, 16_376, 16_384, 70_000, 2_100_000,
        ]
        for length in lengths { twin.append([UInt8](repeating: UInt8(ascii: "x"), count: length)) }
        for bit in 0..<63 {
            for number in [1 << bit - 1, 1 << bit, -1 << bit, -1 << bit - 1] {
                twin.append(Array("\(number)".utf8))
            }
        }
        for entry in twin { entry.withUnsafeBytes { block.append(PackedValue($0)) } }
        var position = block.start
        for entry in twin {
            #expect(block.value(at: position).copy == entry)
            #expect(block.value(at: position).byteCount == entry.count)
            position = block.position(after: position)
        }
        #expect(position == block.end)
        for entry in twin.reversed() {
            position = block.position(before: position)
            #expect(block.value(at: position).copy == entry)
        }
        #expect(position == block.start)
    }
}
