// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("SeededHash")
struct SeededHashTests {
    /// From CPython 3.11, whose `hash(bytes)` is SipHash-1-3 with a key of zeros under
    /// PYTHONHASHSEED=0.
    private static let vectors: [(String, UInt64)] = [
        ("a", 0x4074_48d2_b89b_1813),
        ("martlet", 0xae57_d0a3_57c6_28ea),
        ("martlets", 0x4edc_aeaa_e192_e364),
        ("channel:00000001", 0x1803_b0cd_b30f_0559),
        ("a name of more than two words", 0x1ada_0cf3_fee4_f525),
    ]

    @Test("is SipHash-1-3", arguments: vectors)
    func reference(_ text: String, _ expected: UInt64) {
        let hash = Array(text.utf8).withUnsafeBytes { SeededHash.of($0, key: (0, 0)) }
        #expect(hash == expected)
    }

    @Test("is the same for the same bytes in one process, and has a key")
    func seeded() {
        let bytes = Array("a channel".utf8)
        let hash = bytes.withUnsafeBytes { SeededHash.of($0) }
        #expect(hash == bytes.withUnsafeBytes { SeededHash.of($0) })
        #expect(hash != bytes.withUnsafeBytes { SeededHash.of($0, key: (0, 0)) })
    }
}
