// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@Suite("Numbers with a fraction")
struct DecimalDoubleTests {
    /// What ZSCORE of Valkey 9.1 replied, whose format is Redis 7.2's.
    @Test(
        "A double is written as Redis 7.2 writes it",
        arguments: [
            (0, "0"), (-0.0, "-0"), (3, "3"), (-3, "-3"), (0.1, "0.1"), (-1.5, "-1.5"),
            (0.2 + 0.1, "0.30000000000000004"), (1e-6, "0.000001"), (1e-7, "1e-7"),
            (5e-324, "5e-324"), (1e17, "100000000000000000"), (1e19, "1e+19"), (1e21, "1e+21"),
            (123_456_789_012_345_678, "123456789012345680"), (12_345_678.9, "12345678.9"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.infinity, "inf"),
            (-.infinity, "-inf"), (.nan, "nan"), (1.25e-5, "1.25e-5"),
            (12345e15, "1.2345e+19"),
        ] as [(Double, String)])
    func layout(value: Double, text: String) {
        let written = withUnsafeTemporaryAllocation(
            byteCount: Decimal.doubleByteCountMax, alignment: 1
        ) { room in
            let count = Decimal.write(value, to: room.baseAddress!)
            return String(decoding: room[..<count], as: UTF8.self)
        }
        #expect(written == text)
    }
}
