// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Turns the bytes of a pattern into the tokens of a `Glob`.
///
/// A class of one byte becomes a literal and a class of all bytes `?`, so that `[u]ser:*` is
/// compared and indexed as `user:*` is.
struct GlobCompiler {
    /// Redis gives up at this depth of recursion, one level for each `*` that is not the last.
    static let starLimit = 1000

    private let pattern: [UInt8]
    private let ignoringCase: Bool
    private var position = 0
    private var isImpossible = false

    private(set) var tokens: [GlobToken] = []
    private(set) var classWords: [UInt64] = []
    private(set) var starCount = 0

    init(_ pattern: [UInt8], ignoringCase: Bool) {
        self.pattern = pattern
        self.ignoringCase = ignoringCase
    }

    /// The bytes that a subject has at least. No pattern but the empty one matches an empty
    /// subject.
    var minimumCount: Int {
        let inner = tokens.last == .star ? starCount - 1 : starCount
        if isImpossible || inner > Self.starLimit { return .max }
        return max(tokens.count - starCount, pattern.isEmpty ? 0 : 1)
    }

    mutating func run() {
        tokens.reserveCapacity(pattern.count)
        while position < pattern.count {
            let byte = pattern[position]
            position += 1
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last != .star {
                    tokens.append(.star)
                    starCount += 1
                }
            case UInt8(ascii: "?"):
                tokens.append(.anyByte)
            case UInt8(ascii: "["):
                append(readClass())
            case UInt8(ascii: "\\") where position < pattern.count:
                appendLiteral(pattern[position])
                position += 1
            default:
                appendLiteral(byte)
            }
        }
    }

    private mutating func appendLiteral(_ byte: UInt8) {
        guard ignoringCase, byte.isASCIILetter else {
            tokens.append(GlobToken(literal: byte))
            return
        }
        var both = ByteSet()
        both.insertBothCases(of: byte)
        append(both)
    }

    private mutating func append(_ set: ByteSet) {
        switch set.count {
        case 0:
            isImpossible = true
            tokens.append(.anyByte)
        case 1:
            tokens.append(GlobToken(literal: set.first))
        case 256:
            tokens.append(.anyByte)
        default:
            tokens.append(GlobToken(classIndex: classWords.count / 4))
            classWords += [set.words.0, set.words.1, set.words.2, set.words.3]
        }
    }

    /// Reads a class whose `[` has been read, up to and with its `]` or the end of the pattern.
    private mutating func readClass() -> ByteSet {
        var set = ByteSet()
        let isNegated = position < pattern.count && pattern[position] == UInt8(ascii: "^")
        if isNegated { position += 1 }
        while position < pattern.count {
            let byte = pattern[position]
            let left = pattern.count - position
            if byte == UInt8(ascii: "\\"), left >= 2 {
                // Exactly this byte, even where case is ignored.
                set.insert(pattern[position + 1])
                position += 2
            } else if byte == UInt8(ascii: "]") {
                position += 1
                break
            } else if left >= 3, pattern[position + 1] == UInt8(ascii: "-") {
                insertRange(byte, pattern[position + 2], into: &set)
                position += 3
            } else {
                if ignoringCase { set.insertBothCases(of: byte) } else { set.insert(byte) }
                position += 1
            }
        }
        if isNegated { set.invert() }
        return set
    }

    /// The ends are exchanged if they stand the wrong way round as signed bytes, and then folded.
    private func insertRange(_ first: UInt8, _ last: UInt8, into set: inout ByteSet) {
        var ends = (first, last)
        if Int8(bitPattern: first) > Int8(bitPattern: last) { ends = (last, first) }
        let low = rank(of: ends.0)
        let high = rank(of: ends.1)
        for byte in UInt8.min...UInt8.max {
            let rank = rank(of: byte)
            if rank >= low && rank <= high { set.insert(byte) }
        }
    }

    /// Where a byte stands in the order of ranges: that of a signed `char`, or what `tolower` of
    /// glibc's C locale makes of one, which is the unsigned byte but for 0xFF, its EOF.
    private func rank(of byte: UInt8) -> Int {
        if ignoringCase && byte != 0xFF { return Int(byte.lowercasedASCII) }
        return Int(Int8(bitPattern: byte))
    }
}

/// A set of bytes: bit `n` of the 256 says whether byte `n` is in it.
private struct ByteSet {
    private(set) var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    var count: Int {
        words.0.nonzeroBitCount + words.1.nonzeroBitCount + words.2.nonzeroBitCount
            + words.3.nonzeroBitCount
    }

    /// The smallest byte of a set that is not empty.
    var first: UInt8 {
        if words.0 != 0 { return UInt8(words.0.trailingZeroBitCount) }
        if words.1 != 0 { return 64 + UInt8(words.1.trailingZeroBitCount) }
        if words.2 != 0 { return 128 + UInt8(words.2.trailingZeroBitCount) }
        return 192 + UInt8(words.3.trailingZeroBitCount)
    }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    mutating func insertBothCases(of byte: UInt8) {
        insert(byte)
        if byte.isASCIILetter { insert(byte ^ 0x20) }
    }

    mutating func invert() {
        words = (~words.0, ~words.1, ~words.2, ~words.3)
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    fileprivate var lowercasedASCII: UInt8 { isASCIILetter ? self | 0x20 : self }
}
