// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What a pattern means in Redis, said as plainly as possible: every star tries everything.
///
/// The pattern is read anew on each way through it, without a compiled form, so that it shares
/// nothing with `Glob`. It knows no limit of stars.
struct NaiveGlob {
    let pattern: [UInt8]
    let ignoringCase: Bool

    func matches(_ subject: [UInt8]) -> Bool {
        if subject.isEmpty { return pattern.isEmpty }
        return matches(from: 0, subject[...])
    }

    private func matches(from start: Int, _ subject: ArraySlice<UInt8>) -> Bool {
        guard start < pattern.count else { return subject.isEmpty }
        if pattern[start] == UInt8(ascii: "*") {
            return matches(from: start + 1, subject)
                || (!subject.isEmpty && matches(from: start, subject.dropFirst()))
        }
        guard let byte = subject.first else { return false }
        let (accepts, end) = step(at: start, byte)
        return accepts && matches(from: end, subject.dropFirst())
    }

    /// Whether the element at `start` accepts `byte`, and where the next element starts.
    private func step(at start: Int, _ byte: UInt8) -> (accepts: Bool, end: Int) {
        switch pattern[start] {
        case UInt8(ascii: "?"):
            return (true, start + 1)
        case UInt8(ascii: "["):
            return classStep(at: start + 1, byte)
        case UInt8(ascii: "\\") where start + 1 < pattern.count:
            return (folded(pattern[start + 1]) == folded(byte), start + 2)
        default:
            return (folded(pattern[start]) == folded(byte), start + 1)
        }
    }

    private func classStep(at start: Int, _ byte: UInt8) -> (accepts: Bool, end: Int) {
        let isNegated = pattern[start...].first == UInt8(ascii: "^")
        var rest = pattern[(isNegated ? start + 1 : start)...]
        var isMember = false
        while let first = rest.first, first != UInt8(ascii: "]") {
            let items = Array(rest.prefix(3))
            if first == UInt8(ascii: "\\"), items.count > 1 {
                if items[1] == byte { isMember = true }
                rest = rest.dropFirst(2)
            } else if items.count == 3, items[1] == UInt8(ascii: "-") {
                if range(items[0], items[2], contains: byte) { isMember = true }
                rest = rest.dropFirst(3)
            } else {
                if folded(first) == folded(byte) { isMember = true }
                rest = rest.dropFirst()
            }
        }
        // What is left starts with the closing bracket, if there is one.
        return (isMember != isNegated, rest.dropFirst().startIndex)
    }

    private func range(_ first: UInt8, _ last: UInt8, contains byte: UInt8) -> Bool {
        let ends = [first, last].sorted { Int8(bitPattern: $0) < Int8(bitPattern: $1) }
        let (low, high) = (folded(ends[0]), folded(ends[1]))
        return low <= folded(byte) && folded(byte) <= high
    }

    /// What `tolower` makes of a signed `char`, or the `char` itself.
    private func folded(_ byte: UInt8) -> Int {
        guard ignoringCase, byte != 0xFF else { return Int(Int8(bitPattern: byte)) }
        let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        return Int(isUpper ? byte + 32 : byte)
    }
}

extension [UInt8] {
    init(repeating part: some Collection<UInt8>, times: Int) {
        self = Array(repeatElement(part, count: times).joined())
    }
}

/// A random number generator whose numbers are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(of alphabet: [UInt8], countUpTo limit: Int) -> [UInt8] {
        let count = Int.random(in: 0...limit, using: &self)
        return (0..<count).map { _ in alphabet.randomElement(using: &self)! }
    }
}
