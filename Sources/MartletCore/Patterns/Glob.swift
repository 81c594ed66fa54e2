// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A pattern of PSUBSCRIBE, KEYS or CONFIG GET, compiled once and matched often.
///
/// It matches what Redis 7.2 matches, byte for byte:
///
/// | In a pattern | matches |
/// |---|---|
/// | `*` | any bytes, also none |
/// | `?` | one byte |
/// | `[abc]`, `[a-c]`, `[^x]` | one byte of the class, or one outside it |
/// | `\x` | the byte `x`; a backslash at the very end stands for itself |
///
/// and it has the same corners, each asked of redis-server (see the tests):
/// - An empty subject is matched by the empty pattern only; `*` does not match it.
/// - A class that is not closed reaches to the end of the pattern. `[` alone matches nothing,
///   `[^` any byte.
/// - `]` always closes: `[]` matches nothing, `[^]` any byte. `!` is no negation.
/// - A range takes its third byte whatever it is: `[a-]` is the open class from `]` to `a`, and in
///   `[a-\c]` the range ends at the backslash. Ranges may stand the wrong way round.
/// - Ranges compare signed bytes, as `char` is on x86: `[\x80-a]` holds `\x00`.
/// - Ignoring case, a byte escaped inside a class is still taken exactly, and the ends of a range
///   are exchanged before they are folded, so `[a-Z]` holds nothing, nor does `[\x80-a]`.
/// - More than 1,000 groups of `*`, one at the end aside, match nothing.
///
/// The compiled form is the literal bytes at both ends, compared first, and between them tokens:
///
///     news:*:[ab]?x:item17      →   "news:"   * ":" [ab] ? "x" "…"   ":item17"
///                                   prefix         middle             suffix
///
/// A `*` is matched by going back to the last one only. A later `*` never needs an earlier one
/// to take more, so the outcome is that of trying everything, in O(pattern × subject).
package struct Glob: Sendable {
    /// The pattern as it was given.
    package let pattern: [UInt8]
    /// The literal bytes before the first token that is not a literal. A pattern without such a
    /// token is all prefix.
    let prefix: [UInt8]
    /// The literal bytes after the last token that is not a literal.
    let suffix: [UInt8]
    /// What stands between prefix and suffix; empty, or it starts and ends with a non-literal.
    let middle: [GlobToken]
    /// The members of the classes in `middle`, four words of 64 bits each.
    let classWords: [UInt64]
    /// The bytes that a subject has at least; `Int.max` if nothing can match.
    let minimumCount: Int
    /// Whether a `*` occurs. Without one a subject has exactly `minimumCount` bytes.
    let hasStar: Bool

    package init(_ pattern: some Sequence<UInt8>) {
        self.init(Array(pattern), ignoringCase: false)
    }

    package init(_ pattern: [UInt8], ignoringCase: Bool = false) {
        var compiler = GlobCompiler(pattern, ignoringCase: ignoringCase)
        compiler.run()
        let tokens = compiler.tokens
        self.pattern = pattern
        classWords = compiler.classWords
        hasStar = compiler.starCount > 0
        minimumCount = compiler.minimumCount
        let start = tokens.firstIndex { !$0.isLiteral } ?? tokens.count
        let end = tokens.lastIndex { !$0.isLiteral }.map { $0 + 1 } ?? tokens.count
        prefix = tokens[..<start].map(\.literal)
        middle = Array(tokens[start..<end])
        suffix = tokens[end...].map(\.literal)
    }

    /// Whether the pattern matches itself and nothing else.
    package var isLiteral: Bool { middle.isEmpty && minimumCount == prefix.count }

    package static func matches(
        pattern: UnsafeRawBufferPointer, subject: UnsafeRawBufferPointer, ignoringCase: Bool
    ) -> Bool {
        Glob(Array(pattern), ignoringCase: ignoringCase).matches(subject)
    }

    package func matches(_ subject: [UInt8]) -> Bool {
        subject.withUnsafeBytes { matches($0) }
    }

    package func matches(_ subject: UnsafeRawBufferPointer) -> Bool {
        let count = subject.count
        guard hasStar ? count >= minimumCount : count == minimumCount,
            hasBytes(of: prefix, in: subject, at: 0),
            hasBytes(of: suffix, in: subject, at: count &- suffix.count)
        else { return false }
        if middle.isEmpty || (hasStar && middle.count == 1) { return true }
        return middleMatches(
            UnsafeRawBufferPointer(rebasing: subject[prefix.count..<(count - suffix.count)]))
    }

    @inline(__always)
    private func hasBytes(
        of literal: [UInt8], in subject: UnsafeRawBufferPointer, at offset: Int
    ) -> Bool {
        literal.withUnsafeBufferPointer { literal in
            for index in 0..<literal.count where literal[index] != subject[offset &+ index] {
                return false
            }
            return true
        }
    }

    private func middleMatches(_ subject: UnsafeRawBufferPointer) -> Bool {
        middle.withUnsafeBufferPointer { tokens in
            classWords.withUnsafeBufferPointer { words in
                var token = 0
                var position = 0
                // The token after the last star seen, and where its match was tried last.
                var resumeToken = -1
                var resumePosition = 0
                while position < subject.count {
                    if token < tokens.count {
                        if tokens[token].isStar {
                            token += 1
                            if token == tokens.count { return true }
                            resumeToken = token
                            resumePosition = position
                            continue
                        }
                        if tokens[token].accepts(subject[position], classWords: words) {
                            token += 1
                            position += 1
                            continue
                        }
                    }
                    if resumeToken < 0 { return false }
                    resumePosition += 1
                    if tokens[resumeToken].isLiteral {
                        let first = tokens[resumeToken].literal
                        while resumePosition < subject.count, subject[resumePosition] != first {
                            resumePosition += 1
                        }
                    }
                    position = resumePosition
                    token = resumeToken
                }
                while token < tokens.count, tokens[token].isStar { token += 1 }
                return token == tokens.count
            }
        }
    }
}

/// One step of a compiled pattern: a literal byte, any byte, any bytes, or a class.
struct GlobToken: Sendable, Equatable {
    /// 0…255 is the literal byte, 256 any byte, 257 a star, and what follows numbers the classes.
    private let code: UInt32

    static let anyByte = GlobToken(code: 256)
    static let star = GlobToken(code: 257)

    private init(code: UInt32) { self.code = code }

    init(literal: UInt8) { code = UInt32(literal) }

    init(classIndex: Int) { code = 258 + UInt32(classIndex) }

    var isLiteral: Bool { code < 256 }
    var isStar: Bool { code == 257 }
    var literal: UInt8 { UInt8(code) }

    @inline(__always)
    func accepts(_ byte: UInt8, classWords: UnsafeBufferPointer<UInt64>) -> Bool {
        if code < 256 { return code == UInt32(byte) }
        if code == 256 { return true }
        let word = classWords[Int(code &- 258) &* 4 &+ Int(byte >> 6)]
        return word >> UInt64(byte & 63) & 1 == 1
    }
}
