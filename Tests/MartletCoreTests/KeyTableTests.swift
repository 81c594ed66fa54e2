// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("The table of keys")
struct KeyTableTests {
    @Test(
        "It agrees with a dictionary while it grows and shrinks", arguments: [1, 2, 3] as [UInt64])
    func twin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var table = KeyTable<Tracked>()
        var twin: [[UInt8]: Int] = [:]
        let live = Tracked.Counter()
        for step in 0..<60_000 {
            // From nothing to more than a segment holds, and back.
            let grows = step / 15_000 % 2 == 0
            let key = Self.key(Int.random(in: 0..<12_000, using: &random))
            let found = key.withUnsafeBytes { table.find($0) }
            #expect(found?.value.number == twin[key], "seed \(seed)")
            if let found {
                #expect(Array(found.key) == key)
                if grows ? Int.random(in: 0..<8, using: &random) == 0 : true {
                    let removed = key.withUnsafeBytes { table.remove($0) }
                    #expect(removed?.number == twin.removeValue(forKey: key))
                } else {
                    found.value = Tracked(step, live)
                    twin[key] = step
                }
            } else if grows || Int.random(in: 0..<8, using: &random) == 0 {
                key.withUnsafeBytes { _ = table.insert($0, Tracked(step, live)) }
                twin[key] = step
            } else {
                #expect(key.withUnsafeBytes { table.remove($0) } == nil)
            }
            #expect(table.count == twin.count && live.count == twin.count)
            guard step % 1000 == 999 else { continue }
            #expect(Self.contents(table) == twin, "seed \(seed)")
            #expect(table.bucketsByteCount <= 8 * max(2 * twin.count, 4))
        }
        for key in twin.keys { _ = key.withUnsafeBytes { table.remove($0) } }
        #expect(table.isEmpty && live.count == 0)
    }

    @Test("A table that ends releases its values")
    func end() {
        let live = Tracked.Counter()
        do {
            var table = KeyTable<Tracked>()
            for number in 0..<10_000 {
                Self.key(number).withUnsafeBytes { _ = table.insert($0, Tracked(number, live)) }
            }
            #expect(live.count == 10_000)
        }
        #expect(live.count == 0)
    }

    @Test(
        "A scan visits each key that stays exactly once, whatever comes and goes meanwhile",
        arguments: [1, 2, 3, 4] as [UInt64])
    func scan(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for round in 0..<40 {
            var table = KeyTable<Int>()
            let stays = Int.random(in: 1...300, using: &random)
            for number in 0..<stays { Self.insert(number, into: &table) }
            var others = stays..<stays
            // Odd rounds start with many others and lose them, even ones gain them.
            if round % 2 == 1 {
                others = stays..<(stays + 3000)
                for number in others { Self.insert(number, into: &table) }
            }
            var visits = [Int](repeating: 0, count: stays + 3000)
            var cursor: UInt64 = 0
            repeat {
                cursor = table.scan(from: cursor) { visits[$0.value] += 1 }
                if cursor != 0 {
                    for number in 0..<stays {
                        let hasPassed = Self.key(number).withUnsafeBytes {
                            KeyTable<Int>.hasPassed($0, at: cursor)
                        }
                        #expect(visits[number] == (hasPassed ? 1 : 0), "seed \(seed)")
                    }
                }
                for _ in 0..<Int.random(in: 0...60, using: &random) {
                    if round % 2 == 0, others.upperBound < stays + 3000 {
                        Self.insert(others.upperBound, into: &table)
                        others = others.lowerBound..<(others.upperBound + 1)
                    } else if round % 2 == 1, let number = others.first {
                        Self.key(number).withUnsafeBytes { _ = table.remove($0) }
                        others = others.dropFirst()
                    }
                }
            } while cursor != 0
            #expect(visits.prefix(stays).allSatisfy { $0 == 1 }, "seed \(seed), round \(round)")
            #expect(visits.allSatisfy { $0 <= 1 }, "seed \(seed), round \(round)")
        }
    }

    @Test("A scan of an empty table, and one from a cursor that nobody gave out, come to an end")
    func scanEnds() {
        var table = KeyTable<Int>()
        #expect(table.scan(from: 0) { _ in } == 0)
        #expect(table.scan(from: 77) { _ in } == 0)
        for number in 0..<100 { Self.insert(number, into: &table) }
        for start in [1, 77, 1 << 20, 1 << 40, UInt64.max] {
            var cursor = start
            var callCount = 0
            repeat {
                cursor = table.scan(from: cursor) { _ in }
                callCount += 1
            } while cursor != 0 && callCount <= 200
            #expect(callCount <= 200)
        }
    }

    @Test("Every key can be drawn, and none of many is drawn much more often than the others")
    func random() {
        var random = SplitMix64(state: 7)
        var table = KeyTable<Int>()
        #expect(table.randomEntry(using: &random) == nil)
        for number in 0..<100 { Self.insert(number, into: &table) }
        var draws = [Int](repeating: 0, count: 100)
        for _ in 0..<100_000 { draws[table.randomEntry(using: &random)!.value] += 1 }
        #expect(draws.allSatisfy { $0 > 50 && $0 < 6000 }, "\(draws)")
        for number in 1..<100 { Self.key(number).withUnsafeBytes { _ = table.remove($0) } }
        #expect(table.randomEntry(using: &random)?.value == 0)
    }

    @Test("Keys may be empty, hold any bytes, and be long")
    func keys() {
        var table = KeyTable<Int>()
        let keys: [[UInt8]] = [
            [], [0], [0, 0], [255, 0, 13, 10], Array(repeating: 7, count: 100_000),
        ]
        for (number, key) in keys.enumerated() {
            key.withUnsafeBytes { _ = table.insert($0, number) }
        }
        for (number, key) in keys.enumerated() {
            #expect(key.withUnsafeBytes { table.find($0) }?.value == number)
            #expect(key.withUnsafeBytes { table.remove($0) } == number)
            #expect(key.withUnsafeBytes { table.find($0) } == nil)
        }
    }

    /// A value that counts its living.
    private final class Tracked {
        final class Counter {
            var count = 0
        }

        let number: Int
        private let counter: Counter

        init(_ number: Int, _ counter: Counter) {
            self.number = number
            self.counter = counter
            counter.count += 1
        }

        deinit { counter.count -= 1 }
    }

    private static func key(_ number: Int) -> [UInt8] { Array("key:\(number)".utf8) }

    private static func insert(_ number: Int, into table: inout KeyTable<Int>) {
        key(number).withUnsafeBytes { _ = table.insert($0, number) }
    }

    private static func contents(_ table: borrowing KeyTable<Tracked>) -> [[UInt8]: Int] {
        var contents: [[UInt8]: Int] = [:]
        var cursor: UInt64 = 0
        repeat {
            cursor = table.scan(from: cursor) { entry in
                #expect(contents.updateValue(entry.value.number, forKey: Array(entry.key)) == nil)
            }
        } while cursor != 0
        return contents
    }
}
