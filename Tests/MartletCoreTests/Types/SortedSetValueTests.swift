// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Sorted sets")
struct SortedSetValueTests {
    fileprivate struct Pair: Equatable {
        var score: Double
        var member: [UInt8]

        func isBelow(_ other: Pair) -> Bool {
            score == other.score
                ? member.lexicographicallyPrecedes(other.member) : score < other.score
        }
    }

    @Test(
        "A sorted set agrees with a sorted array, and views stay as they were",
        arguments: 1...8 as ClosedRange<UInt64>)
    func twin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var set = SortedSetValue()
        var twin: [Pair] = []
        var views: [(SortedSetValue, [Pair])] = []
        let memberCount = [100, 700, 3000, 3000][Int(seed % 4)]
        let scores: [Double] = [0, -0.0, 1.5, -3, 1e300, .infinity, -.infinity, 0.1, 0x1p60]
        for step in 0..<20_000 {
            let grows = step / 5000 % 2 == 0
            let member = Array("\(Int.random(in: 0..<memberCount, using: &random))".utf8)
            let index = twin.firstIndex { $0.member == member }
            if Int.random(in: 0..<5, using: &random) == 0 ? !grows : grows {
                // Ascending at first, then of few scores, then of many.
                let score =
                    switch seed % 3 {
                    case 0: Double(step)
                    case 1: scores.randomElement(using: &random)!
                    default: Double.random(in: -10...10, using: &random)
                    }
                let pair = Pair(score: score, member: member)
                if let index { twin.remove(at: index) }
                twin.insert(pair, at: twin.lowerBound(pair))
                member.withUnsafeBytes { set.set($0, score: score, SortedSetLimits()) }
            } else if step % 50 == 0, !twin.isEmpty {
                let low = Int.random(in: 0..<twin.count, using: &random)
                let high = min(twin.count, low + Int.random(in: 0...20, using: &random))
                set.remove(ranks: low..<high)
                twin.removeSubrange(low..<high)
            } else {
                #expect(member.withUnsafeBytes { set.remove($0) } == (index != nil))
                if let index { twin.remove(at: index) }
            }
            #expect(set.count == twin.count, "seed \(seed)")
            checkOne(set, twin, &random)
            if step % 1000 == 0 {
                check(set, twin, seed)
                views.append((set, twin))
                if views.count > 3 {
                    let (view, state) = views.removeFirst()
                    check(view, state, seed)
                }
            }
        }
        for (view, state) in views { check(view, state, seed) }
    }

    private func checkOne(_ set: SortedSetValue, _ twin: [Pair], _ random: inout SplitMix64) {
        guard let pair = twin.randomElement(using: &random) else { return }
        pair.member.withUnsafeBytes {
            #expect(set.score(of: $0) == pair.score)
            #expect(set.rank(of: $0) == twin.lowerBound(pair))
        }
        let below = set.countBelow(score: pair.score, orEqual: false)
        #expect(below == twin.firstIndex { $0.score >= pair.score } ?? twin.count)
        let upTo = set.countBelow(score: pair.score, orEqual: true)
        #expect(upTo == twin.firstIndex { $0.score > pair.score } ?? twin.count)
        Array("nobody".utf8).withUnsafeBytes {
            #expect(set.rank(of: $0) == nil && set.score(of: $0) == nil)
        }
    }

    private func check(_ set: SortedSetValue, _ twin: [Pair], _ seed: UInt64) {
        #expect(set.pairs(from: 0, reversed: false) == twin, "seed \(seed)")
        #expect(set.pairs(from: set.count - 1, reversed: true) == twin.reversed(), "seed \(seed)")
        let middle = set.count / 3
        #expect(set.pairs(from: middle, reversed: false) == Array(twin.dropFirst(middle)))
        #expect(
            set.pairs(from: middle, reversed: true) == twin.prefix(middle + 1).reversed())
        var found = 0
        var cursor: UInt64 = 0
        repeat {
            cursor = set.scan(from: cursor) { _, _ in found += 1 }
        } while cursor != 0
        #expect(found == twin.count, "seed \(seed)")
    }

    @Test("Members of one score are ranked by name", arguments: [50, 1000])
    func names(count: Int) {
        var set = SortedSetValue()
        let names = (0..<count).map { Array("m\($0)".utf8) }
        for name in names { name.withUnsafeBytes { set.set($0, score: 1, SortedSetLimits()) } }
        let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
        for (rank, name) in sorted.enumerated() {
            name.withUnsafeBytes {
                #expect(set.countBelow(name: $0, orEqual: false) == rank)
                #expect(set.countBelow(name: $0, orEqual: true) == rank + 1)
            }
        }
    }

    @Test("Scores in ascending order fill the leaves")
    func ascending() {
        var order = ScoreOrder()
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        let entry = MemberEntry.make(nothing, nothing)
        for number in 0..<64_000 { order.insert(ScoredMember(score: Double(number), entry: entry)) }
        #expect(order.count == 64_000 && order.leafCount == 1000)
    }

    @Test("A sorted set becomes a tree beyond 128 members or 64 bytes")
    func encoding() {
        var set = SortedSetValue()
        for number in 0..<128 {
            Array("\(number)".utf8).withUnsafeBytes {
                set.set($0, score: Double(number), SortedSetLimits())
            }
        }
        Array("5".utf8).withUnsafeBytes { set.set($0, score: 1, SortedSetLimits()) }
        #expect(set.isPacked)
        Array("128".utf8).withUnsafeBytes { set.set($0, score: 1, SortedSetLimits()) }
        #expect(!set.isPacked && set.count == 129)
        var other = SortedSetValue()
        [UInt8](repeating: 1, count: 64).withUnsafeBytes {
            other.set($0, score: 1, SortedSetLimits())
        }
        #expect(other.isPacked)
        [UInt8](repeating: 1, count: 65).withUnsafeBytes {
            other.set($0, score: 1, SortedSetLimits())
        }
        #expect(!other.isPacked)
    }
}

extension [SortedSetValueTests.Pair] {
    fileprivate func lowerBound(_ pair: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].isBelow(pair) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedSetValue {
    fileprivate func pairs(from rank: Int, reversed: Bool) -> [SortedSetValueTests.Pair] {
        var pairs: [SortedSetValueTests.Pair] = []
        visit(from: rank, reversed: reversed) {
            pairs.append(.init(score: $1, member: $0.copy))
            return true
        }
        return pairs
    }
}
