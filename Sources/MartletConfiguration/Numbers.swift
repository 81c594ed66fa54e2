// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Numbers as Redis reads them in settings. Each of its three readers is strict in a way of its
// own, and clients see the error texts that follow.

/// A decimal integer without blanks, plus sign or leading zeros (string2ll).
func parseInteger(_ text: [UInt8]) -> Int? {
    let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
    guard digits.first != UInt8(ascii: "0") || text.count == 1 else { return nil }
    return Int(String(decoding: text, as: UTF8.self))
}

/// An octal integer; nothing at all is 0 (strtoll with base 8).
func parseOctal(_ text: [UInt8]) -> Int? {
    text.isEmpty ? 0 : Int(String(decoding: text, as: UTF8.self), radix: 8)
}

/// A number of bytes with a suffix: `k`, `m` and `g` count in thousands, `kb`, `mb` and `gb` in
/// 1024s (memtoull). As in Redis no digits at all are 0. What does not fit is `UInt64.max`, so
/// that it is out of every range.
func parseMemory(_ text: [UInt8]) -> UInt64? {
    let digits = text.prefix(while: \.isASCIIDigit)
    let suffix = String(decoding: text.dropFirst(digits.count), as: UTF8.self).lowercased()
    guard let factor = memoryFactors[suffix] else { return nil }
    guard !digits.isEmpty else { return 0 }
    let count = UInt64(String(decoding: digits, as: UTF8.self)) ?? .max
    let (byteCount, isTooLarge) = count.multipliedReportingOverflow(by: factor)
    return isTooLarge ? .max : byteCount
}

/// The shortest form that ``parseMemory(_:)`` reads back, in the units of 1024.
func formatMemory(_ byteCount: Int) -> String {
    for (suffix, factor) in [("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10)]
    where byteCount != 0 && byteCount.isMultiple(of: factor) {
        return "\(byteCount / factor)\(suffix)"
    }
    return String(byteCount)
}

private let memoryFactors: [String: UInt64] = [
    "": 1, "b": 1,
    "k": 1000, "kb": 1 << 10,
    "m": 1_000_000, "mb": 1 << 20,
    "g": 1_000_000_000, "gb": 1 << 30,
]
