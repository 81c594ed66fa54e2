// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("PatternIndex")
struct PatternIndexTests {
    private func matches(_ index: PatternIndex, _ channel: [UInt8]) -> [Int] {
        var result: [Int] = []
        channel.withUnsafeBytes { index.appendMatches(of: $0, to: &result) }
        return result
    }

    private func matches(_ index: PatternIndex, _ channel: String) -> [Int] {
        matches(index, Array(channel.utf8))
    }

    private func candidateCount(_ index: PatternIndex, _ channel: String) -> Int {
        Array(channel.utf8).withUnsafeBytes { index.candidateCount(of: $0) }
    }

    /// The index of `patterns`, each under its position as id.
    private func index(of patterns: some Sequence<String>) -> PatternIndex {
        var index = PatternIndex()
        for (id, pattern) in patterns.enumerated() { index.insert(Glob(pattern.utf8), id: id) }
        return index
    }

    @Test("an empty index matches nothing, not even the empty channel")
    func empty() {
        let index = PatternIndex()
        #expect(index.count == 0)
        #expect(matches(index, "") == [])
        #expect(matches(index, "news") == [])
    }

    @Test("finds patterns by prefix, by suffix, by both and by neither")
    func kinds() {
        let index = index(of: ["news.*", "*.eu", "news.*.eu", "*", "news.tech.eu", "n?ws.*"])
        #expect(matches(index, "news.tech.eu") == [0, 1, 2, 3, 4, 5])
        #expect(matches(index, "news.tech") == [0, 3, 5])
        #expect(matches(index, "old.eu") == [1, 3])
        #expect(matches(index, "news.eu") == [0, 1, 3, 5])
        #expect(matches(index, "nows.x") == [3, 5])
    }

    @Test("ids are appended in ascending order, whatever the order of insertion")
    func order() {
        var index = PatternIndex()
        for (pattern, id) in [("a*", 9), ("*", 2), ("*c", 7), ("abc", -1), ("a?c", 5)] {
            index.insert(Glob(pattern.utf8), id: id)
        }
        var result = [100, 50]
        Array("abc".utf8).withUnsafeBytes { index.appendMatches(of: $0, to: &result) }
        #expect(result == [100, 50, -1, 2, 5, 7, 9])
    }

    @Test("the empty pattern matches the empty channel only, and * all others")
    func emptyPattern() {
        let index = index(of: ["", "*"])
        #expect(matches(index, "") == [0])
        #expect(matches(index, "a") == [1])
    }

    @Test("patterns that mean the same are different patterns")
    func synonyms() {
        var index = index(of: ["*", "**", "***", "a", #"\a"#, "[a]"])
        #expect(index.count == 6)
        #expect(matches(index, "a") == [0, 1, 2, 3, 4, 5])
        index.remove(Glob("**".utf8), id: 1)
        index.remove(Glob("a".utf8), id: 3)
        #expect(matches(index, "a") == [0, 2, 4, 5])
    }

    @Test("an index that was emptied holds nothing any more")
    func emptied() {
        let patterns = (0..<1_000).map { "p\($0 % 7):*:\($0)" } + (0..<1_000).map { "*x\($0)y*" }
        var index = index(of: patterns)
        #expect(index.nodeCount > 1_000)
        for (id, pattern) in patterns.enumerated() { index.remove(Glob(pattern.utf8), id: id) }
        #expect(index.count == 0)
        #expect(index.nodeCount == 2)
        #expect(matches(index, "p1:x1y:1") == [])
    }

    @Test("the tries shrink with every pattern that goes")
    func shrinks() {
        var index = index(of: ["stay*"])
        let before = index.nodeCount
        let patterns = (0..<500).map { "s\($0)*\($0)" }
        for (id, pattern) in patterns.enumerated() {
            index.insert(Glob(pattern.utf8), id: id + 1)
        }
        for (id, pattern) in patterns.enumerated() {
            index.remove(Glob(pattern.utf8), id: id + 1)
        }
        #expect(index.nodeCount == before)
        #expect(matches(index, "stay1") == [0])
    }

    @Test("a trie keeps no node for a literal that went while a longer one stays")
    func mergesNodes() {
        var index = index(of: ["new*", "news*", "newspaper*"])
        #expect(index.nodeCount == 5)
        index.remove(Glob("news*".utf8), id: 1)
        #expect(index.nodeCount == 4)
        index.remove(Glob("new*".utf8), id: 0)
        #expect(index.nodeCount == 3)
        #expect(matches(index, "newspapers") == [2])
        #expect(matches(index, "newsp") == [])
    }

    /// 10,000 patterns that have much in common, a channel that matches one of them (42), and
    /// another that matches none.
    struct Crowd: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let channel: String
        let miss: String
        let pattern: @Sendable (Int) -> String
    }

    static let crowds = [
        Crowd(testDescription: "p:*:<n>", channel: "p:x:42", miss: "p:x:y") { "p:*:\($0)" },
        Crowd(testDescription: "*:item<n>", channel: "x:item42", miss: "x:itemy") {
            "*:item\($0)"
        },
        Crowd(testDescription: "item<n>:*", channel: "item42:x", miss: "itemx:42") {
            "item\($0):*"
        },
        Crowd(testDescription: "user:*:<n>:*", channel: "user:x:42:y", miss: "user:x:y:z") {
            "user:*:\($0):*"
        },
        Crowd(testDescription: "*:<n>:*:end", channel: "x:42:y:end", miss: "x:y:z:end") {
            "*:\($0):*:end"
        },
        Crowd(
            testDescription: "*:shared-by-all-<n>:*", channel: "x:shared-by-all-42:y",
            miss: "x:shared-by-all-x:y"
        ) { "*:shared-by-all-\($0):*" },
        Crowd(testDescription: "[ab]:item<n>:*", channel: "a:item42:x", miss: "a:itemx:x") {
            "[ab]:item\($0):*"
        },
        Crowd(testDescription: "c<n / 100>:*:s<n % 100>", channel: "c0:x:s42", miss: "c0:x:s") {
            "c\($0 / 100):*:s\($0 % 100)"
        },
        Crowd(testDescription: "chan:<n>", channel: "chan:42", miss: "chan:x") { "chan:\($0)" },
        Crowd(testDescription: "?<n>?", channel: "x42y", miss: "xzy") { "?\($0)?" },
    ]

    @Test("of 10,000 patterns with much in common, a query verifies few", arguments: crowds)
    func crowd(_ crowd: Crowd) {
        let index = index(of: (0..<10_000).lazy.map(crowd.pattern))
        #expect(index.count == 10_000)
        #expect(matches(index, crowd.channel) == [42])
        #expect(matches(index, crowd.miss) == [])
        #expect(candidateCount(index, crowd.channel) <= 50)
        #expect(candidateCount(index, crowd.miss) <= 50)
    }

    @Test("of 10,000 unrelated patterns a query verifies none that starts differently")
    func unrelated() {
        let index = index(of: (0..<10_000).lazy.map { "\($0).news.*" })
        #expect(candidateCount(index, "weather.eu") == 0)
        #expect(candidateCount(index, "42.news.x") == 1)
        #expect(matches(index, "42.news.x") == [42])
    }

    @Test("nested prefixes and suffixes cost no more than a visit to every pattern")
    func nested() {
        var patterns: [String] = []
        for length in 1...200 {
            let run = String(repeating: "a", count: length)
            patterns += ["\(run)*", "*\(run)", "\(run)*z"]
        }
        let index = index(of: patterns)
        let channel = String(repeating: "a", count: 200)
        #expect(matches(index, channel).count == 400)
        #expect(candidateCount(index, channel) <= patterns.count)
    }

    @Test("a literal that occurs often in a channel is looked at once")
    func repeatedGram() {
        let index = index(of: (0..<1_000).lazy.map { "*[ab]aaaa[ab]*\($0)*" })
        let channel = String(repeating: "a", count: 300)
        #expect(candidateCount(index, channel) <= 1_000)
    }

    @Test("agrees with a visit to every pattern while patterns come and go", arguments: [1, 2, 3])
    func agreesWithTwin(run: UInt64) {
        let seed = 0x5EED_1000 + run
        print("seed \(seed)")
        var random = SplitMix64(state: seed)
        // Few letters and short patterns, so that prefixes, suffixes and grams are shared.
        let patternAlphabet = Array(["**?ab:", "*[]^-ab", #"**a\?b[ab]"#][Int(run) - 1].utf8)
        let channelAlphabet = Array("aab:?".utf8)
        var index = PatternIndex()
        var twin: [[UInt8]: (glob: Glob, id: Int)] = [:]
        var found = 0
        for step in 0..<6_000 {
            let pattern = random.bytes(of: patternAlphabet, countUpTo: 9)
            // The index grows in one half of the time and shrinks in the other.
            let isGrowing = step / 1_000 % 2 == 0
            if isGrowing, twin[pattern] == nil {
                twin[pattern] = (Glob(pattern), step)
                index.insert(Glob(pattern), id: step)
            } else if let (glob, id) = twin.values.min(by: { left, right in
                left.id &* 0x9E37_79B1 & 0xFFFF < right.id &* 0x9E37_79B1 & 0xFFFF
            }) {
                twin[glob.pattern] = nil
                index.remove(Glob(glob.pattern), id: id)
            }
            guard step % 10 == 0 else { continue }
            let channel = random.bytes(of: channelAlphabet, countUpTo: 12)
            let expected = twin.values.filter { $0.glob.matches(channel) }.map(\.id).sorted()
            found += expected.count
            if matches(index, channel) != expected || index.count != twin.count {
                Issue.record("step \(step), channel \(channel), seed \(seed)")
                return
            }
        }
        #expect(found > 1_000)
        for (glob, id) in twin.values { index.remove(glob, id: id) }
        #expect(index.nodeCount == 2)
    }

    @Test("a copy does not change with the original")
    func copies() {
        var index = index(of: ["a*", "b*"])
        let copy = index
        index.remove(Glob("a*".utf8), id: 0)
        #expect(matches(copy, "ab") == [0])
        #expect(matches(index, "ab") == [])
    }
}
