// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Glob")
struct GlobTests {
    @Test("matches what redis-server matches", arguments: GlobRedisTable.exact)
    func agreesWithRedis(row: GlobRedisTable.Row) {
        let glob = Glob(row.pattern)
        for subject in row.matches { #expect(glob.matches(subject), "\(subject)") }
        for subject in row.misses { #expect(!glob.matches(subject), "\(subject)") }
    }

    @Test(
        "ignoring case, matches what redis-server matches", arguments: GlobRedisTable.ignoringCase)
    func agreesWithRedisIgnoringCase(row: GlobRedisTable.Row) {
        func matches(_ subject: [UInt8]) -> Bool {
            row.pattern.withUnsafeBytes { pattern in
                subject.withUnsafeBytes { subject in
                    Glob.matches(pattern: pattern, subject: subject, ignoringCase: true)
                }
            }
        }
        for subject in row.matches { #expect(matches(subject), "\(subject)") }
        for subject in row.misses { #expect(!matches(subject), "\(subject)") }
    }

    @Test("the naive twin, too, matches what redis-server matches")
    func twinAgreesWithRedis() {
        for (table, ignoringCase) in [
            (GlobRedisTable.exact, false), (GlobRedisTable.ignoringCase, true),
        ] {
            for row in table {
                let twin = NaiveGlob(pattern: row.pattern, ignoringCase: ignoringCase)
                for subject in row.matches { #expect(twin.matches(subject), "\(row)") }
                for subject in row.misses { #expect(!twin.matches(subject), "\(row)") }
            }
        }
    }

    #if DEBUG
        static let randomPatternCount = 30_000
    #else
        static let randomPatternCount = 1_000_000
    #endif

    @Test("agrees with its naive twin on random patterns", arguments: [false, true])
    func agreesWithTwin(ignoringCase: Bool) {
        let seed: UInt64 = 0x5EED_0001
        print("seed \(seed)")
        var random = SplitMix64(state: seed)
        let patternAlphabet = Array(#"***??[[]^\--aaBbcC"#.utf8) + [0xE9, 0xFF]
        let subjectAlphabet = Array(#"aaBbcC-]"#.utf8) + [0xE9, 0xFF]
        var matchCount = 0
        for _ in 0..<Self.randomPatternCount {
            let pattern = random.bytes(of: patternAlphabet, countUpTo: 10)
            let glob = Glob(pattern, ignoringCase: ignoringCase)
            let twin = NaiveGlob(pattern: pattern, ignoringCase: ignoringCase)
            for _ in 0..<4 {
                let subject = random.bytes(of: subjectAlphabet, countUpTo: 7)
                let expected = twin.matches(subject)
                if expected { matchCount += 1 }
                if glob.matches(subject) != expected {
                    Issue.record("\(pattern) and \(subject): expected \(expected), seed \(seed)")
                    return
                }
            }
        }
        #expect(matchCount > Self.randomPatternCount / 10)
    }

    @Test("agrees with its naive twin on random stars among few letters")
    func agreesWithTwinOnStars() {
        let seed: UInt64 = 0x5EED_0002
        print("seed \(seed)")
        var random = SplitMix64(state: seed)
        var matchCount = 0
        for _ in 0..<Self.randomPatternCount {
            let pattern = random.bytes(of: Array("**?aab".utf8), countUpTo: 12)
            let subject = random.bytes(of: Array("aab".utf8), countUpTo: 14)
            let expected = NaiveGlob(pattern: pattern, ignoringCase: false).matches(subject)
            if expected { matchCount += 1 }
            if Glob(pattern).matches(subject) != expected {
                Issue.record("\(pattern) and \(subject): expected \(expected), seed \(seed)")
                return
            }
        }
        #expect(matchCount > Self.randomPatternCount / 10)
    }

    @Test("many stars that cannot match end in quadratic time, not exponential")
    func manyStars() {
        let glob = Glob([UInt8](repeating: "a*".utf8, times: 500) + Array("b".utf8))
        #expect(!glob.matches([UInt8](repeating: UInt8(ascii: "a"), count: 2_000)))
    }

    @Test("more than 1,000 stars that are not last match nothing, as in Redis 7.2.6 and later")
    func starLimit() {
        func pattern(_ part: String, _ times: Int, _ end: String = "") -> Glob {
            Glob([UInt8](repeating: part.utf8, times: times) + Array(end.utf8))
        }
        let subject = [UInt8](repeating: UInt8(ascii: "a"), count: 1_001)
        #expect(pattern("*a", 1_000).matches(subject))
        #expect(!pattern("*a", 1_001).matches(subject))
        #expect(pattern("a*", 1_001).matches(subject))
        #expect(pattern("*a", 1_000, "*").matches(subject))
        #expect(!pattern("*a", 1_001, "*").matches(subject))
        #expect(pattern("**a", 1_000).matches(subject))
    }

    @Test("keeps the pattern's own bytes")
    func keepsPattern() {
        for pattern in [#"a\*[b]*"#, "", "***", "[a"] {
            #expect(Glob(pattern.utf8).pattern == Array(pattern.utf8))
        }
    }

    @Test(
        "knows its literal ends",
        arguments: [
            ("news.*", "news.", ""), ("*:item", "", ":item"), ("a*b", "a", "b"),
            (#"a\*?b"#, "a*", "b"), ("[u]ser", "user", ""), ("", "", ""), ("a[bc]d", "a", "d"),
            ("[ab]c*", "", ""), ("a*b*c", "a", "c"), ("a[^", "a", ""),
        ])
    func literalEnds(pattern: String, prefix: String, suffix: String) {
        let glob = Glob(pattern.utf8)
        #expect(glob.prefix == Array(prefix.utf8))
        #expect(glob.suffix == Array(suffix.utf8))
    }

    @Test("is literal if it matches one subject only")
    func isLiteral() {
        for pattern in ["", "abc", #"a\*"#, "a[b]c", "]"] {
            #expect(Glob(pattern.utf8).isLiteral, "\(pattern)")
        }
        for pattern in ["*", "a?", "a[bc]", "[]", "["] {
            #expect(!Glob(pattern.utf8).isLiteral, "\(pattern)")
        }
    }

    @Test("a prefix and a suffix do not overlap in the subject")
    func endsDoNotOverlap() {
        let glob = Glob("aba*ba".utf8)
        #expect(!glob.matches(Array("aba".utf8)))
        #expect(!glob.matches(Array("abba".utf8)))
        #expect(glob.matches(Array("ababa".utf8)))
    }
}
