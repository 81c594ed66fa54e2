// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Lists")
struct ListValueTests {
    @Test(
        "A list agrees with an array, and views stay as they were",
        arguments: 1...6 as ClosedRange<UInt64>)
    func twin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var list = ListValue()
        let limits = ListLimits([-2, 5, -1, -5][Int(seed % 4)])
        var twin: [[UInt8]] = []
        var views: [(ListValue, [[UInt8]])] = []
        // Small alphabets make pivots hit; large entries split blocks.
        let entries = Entries(byteCountMax: [8, 40, 3000][Int(seed % 3)])
        for step in 0..<6000 {
            let grows = step / 1500 % 2 == 0
            switch Int.random(in: 0..<(grows ? 14 : 20), using: &random) {
            case 0..<5:
                let bytes = entries.random(&random)
                list.add(bytes, at: .tail, limits)
                twin.append(bytes)
            case 5..<10:
                let bytes = entries.random(&random)
                list.add(bytes, at: .head, limits)
                twin.insert(bytes, at: 0)
            case 10 where !twin.isEmpty:
                let index = Int.random(in: 0..<twin.count, using: &random)
                let bytes = entries.random(&random)
                bytes.withUnsafeBytes { list.replace(at: index, with: $0, limits) }
                twin[index] = bytes
            case 11, 12:
                let bytes = entries.random(&random)
                let pivot = twin.randomElement(using: &random) ?? entries.random(&random)
                let before = Bool.random(using: &random)
                let inserted = bytes.withUnsafeBytes { bytes in
                    pivot.withUnsafeBytes { list.insert(bytes, before: before, pivot: $0, limits) }
                }
                let index = twin.firstIndex(of: pivot)
                #expect(inserted == (index != nil))
                if let index { twin.insert(bytes, at: before ? index : index + 1) }
            case 13, 14:
                let bytes = twin.randomElement(using: &random) ?? entries.random(&random)
                let limit = Int.random(in: 1...3, using: &random)
                let end: ListValue.End = Bool.random(using: &random) ? .head : .tail
                let removed = bytes.withUnsafeBytes {
                    list.remove(equalTo: $0, limit: limit, from: end, limits)
                }
                #expect(removed == twin.remove(bytes, limit: limit, from: end), "seed \(seed)")
            default:
                let end: ListValue.End = Bool.random(using: &random) ? .head : .tail
                let most = Int.random(in: 0..<30, using: &random) == 0 ? 200 : 3
                let count = min(twin.count, Int.random(in: 0...most, using: &random))
                list.remove(count, at: end, limits)
                if end == .head { twin.removeFirst(count) } else { twin.removeLast(count) }
            }
            #expect(list.count == twin.count)
            if step % 250 == 0 {
                check(list, twin, limits, seed)
                views.append((list, twin))
                if views.count > 3 {
                    let (view, state) = views.removeFirst()
                    check(view, state, limits, seed)
                }
            }
            if !twin.isEmpty {
                let index = Int.random(in: 0..<twin.count, using: &random)
                #expect(list.withEntry(at: index) { $0.copy } == twin[index], "seed \(seed)")
            }
        }
        for (view, state) in views { check(view, state, limits, seed) }
    }

    private func check(_ list: ListValue, _ twin: [[UInt8]], _ limits: ListLimits, _ seed: UInt64) {
        var forward: [[UInt8]] = []
        list.visit(from: 0) {
            forward.append($0.copy)
            return true
        }
        #expect(forward == twin, "seed \(seed)")
        var backward: [[UInt8]] = []
        list.visit(from: list.count - 1, reversed: true) {
            backward.append($0.copy)
            return true
        }
        #expect(backward == twin.reversed(), "seed \(seed)")
        #expect(list.nodes.allSatisfy { $0.count > 0 && $0.count == $0.block.count })
        #expect(
            list.nodes.allSatisfy {
                $0.count == 1
                    || $0.count <= limits.blockEntryCountMax
                        && $0.block.byteCount <= limits.blockByteCountMax
            })
        let middle = list.count / 3
        var some: [[UInt8]] = []
        list.visit(from: middle) {
            some.append($0.copy)
            return some.count < 5
        }
        #expect(some == Array(twin.dropFirst(middle).prefix(5)), "seed \(seed)")
    }

    @Test("A list becomes a quicklist beyond a block, and a listpack at half of one")
    func encoding() {
        var list = ListValue()
        let entry = [UInt8](repeating: UInt8(ascii: "x"), count: 98)  // 101 with its bookkeeping.
        for _ in 0..<81 { list.add(entry, at: .tail) }
        #expect(!list.isQuicklist)
        list.add(entry, at: .tail)
        #expect(list.isQuicklist)
        list.remove(41, at: .head, ListLimits())
        #expect(list.count == 41 && list.isQuicklist)
        list.remove(1, at: .head, ListLimits())
        // The last entry has a block of its own.
        #expect(list.count == 40 && list.isQuicklist)
        list.remove(1, at: .tail, ListLimits())
        #expect(!list.isQuicklist)
    }

    @Test(
        "A block has as many bytes or entries as the setting says",
        arguments: [(0, 100), (1, 100), (7, 15), (-1, 3), (-2, 2), (-4, 1), (-9, 1)])
    func blocks(setting: Int, nodeCount: Int) {
        var list = ListValue()
        let entry = [UInt8](repeating: UInt8(ascii: "x"), count: 98)
        for _ in 0..<100 { list.add(entry, at: .tail, ListLimits(setting)) }
        #expect(list.nodes.count == nodeCount)
        #expect(list.isQuicklist == (nodeCount > 1))
    }

    @Test("A million small entries take less than 1.2 of what Redis takes for them")
    func memory() {
        var list = ListValue()
        for number in 0..<1_000_000 {
            let text = Array("value:\(number)".utf8)
            list.add(text, at: number % 2 == 0 ? .tail : .head)
        }
        // Header, text of 12 bytes, back count; MEMORY USAGE of Redis 7.0 says 14,001,132.
        #expect(list.allocatedByteCount < 14_001_132 * 12 / 10)
        var numbers = ListValue()
        for number in 0..<1_000_000 {
            numbers.add(Array("\(number)".utf8), at: .tail)
        }
        #expect(numbers.allocatedByteCount < 5_500_000)
    }

    @Test("A queue that has been drained gives its memory back")
    func drained() {
        var list = ListValue()
        let entry = [UInt8](repeating: 7, count: 1000)
        for _ in 0..<100_000 { list.add(entry, at: .tail) }
        list.remove(99_990, at: .head, ListLimits())
        #expect(list.allocatedByteCount < 40_000)
    }
}

extension ListValue {
    fileprivate mutating func add(
        _ bytes: [UInt8], at end: End, _ limits: ListLimits = ListLimits()
    ) {
        prepare(forAdding: 1, byteCount: bytes.count, limits)
        bytes.withUnsafeBytes { push($0, at: end, limits) }
    }
}

/// Byte strings of all the kinds that blocks distinguish.
struct Entries {
    let byteCountMax: Int

    func random(_ random: inout SplitMix64) -> [UInt8] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return Array("\(Int.random(in: 0..<20, using: &random))".utf8)
        case 1: return Array("\(Int.random(in: -5000...5000, using: &random))".utf8)
        case 2:
            let bits = Int.random(in: 0..<64, using: &random)
            return Array("\(Int(truncatingIfNeeded: random.next()) >> bits)".utf8)
        case 3:
            return ["", "-", "-0", "01", "+1", "9223372036854775808", "1 ", "-9223372036854775808"]
                .randomElement(using: &random).map { Array($0.utf8) }!
        default:
            let count = Int.random(in: 0...byteCountMax, using: &random)
            return (0..<count).map { _ in UInt8(ascii: "a") + UInt8(random.next() % 2) }
        }
    }
}

extension [[UInt8]] {
    fileprivate mutating func remove(
        _ entry: [UInt8], limit: Int, from end: ListValue.End
    ) -> Int {
        var removed = 0
        while removed < limit {
            let found = end == .head ? firstIndex(of: entry) : lastIndex(of: entry)
            guard let found else { break }
            remove(at: found)
            removed += 1
        }
        return removed
    }
}
