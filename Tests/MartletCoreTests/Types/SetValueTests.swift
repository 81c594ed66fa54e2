// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Sets")
struct SetValueTests {
    @Test(
        "A set agrees with a set, and views stay as they were",
        arguments: 1...6 as ClosedRange<UInt64>)
    func twin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var set = SetValue()
        var twin: Set<[UInt8]> = []
        var views: [(SetValue, Set<[UInt8]>)] = []
        let memberCount = [60, 400, 4000][Int(seed % 3)]
        func member() -> [UInt8] {
            let number = Int.random(in: 0..<memberCount, using: &random)
            let isWord = seed > 3 && number % 7 == 0 && views.count > 1
            return Array("\(isWord ? "w" : "")\(number - memberCount / 2)".utf8)
        }
        for step in 0..<30_000 {
            let grows = step / 6000 % 2 == 0
            let bytes = member()
            if Int.random(in: 0..<4, using: &random) == 0 ? !grows : grows {
                let inserted = bytes.withUnsafeBytes { set.insert($0, SetLimits()) }
                #expect(inserted == twin.insert(bytes).inserted, "seed \(seed)")
            } else {
                let removed = bytes.withUnsafeBytes { set.remove($0) }
                #expect(removed == (twin.remove(bytes) != nil), "seed \(seed)")
            }
            let probe = member()
            #expect(probe.withUnsafeBytes { set.contains($0) } == twin.contains(probe))
            #expect(set.count == twin.count, "seed \(seed)")
            if step % 2000 == 0 {
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

    private func check(_ set: SetValue, _ twin: Set<[UInt8]>, _ seed: UInt64) {
        var found: Set<[UInt8]> = []
        set.visit {
            #expect(found.insert($0.copy).inserted)
            return true
        }
        #expect(found == twin, "seed \(seed)")
        found = []
        var cursor: UInt64 = 0
        repeat {
            cursor = set.scan(from: cursor) { found.insert($0.copy) }
        } while cursor != 0
        #expect(found == twin, "seed \(seed)")
        var random = SplitMix64(state: seed)
        for _ in 0..<(twin.isEmpty ? 0 : 20) {
            set.withRandomMember(using: &random) { #expect(twin.contains($0.copy)) }
        }
    }

    @Test(
        "The encoding follows Redis's limits",
        arguments: [
            (Array(0..<512).map(String.init), .intset),
            (Array(0..<513).map(String.init), .hashtable),
            (["a"] + Array(0..<127).map(String.init), .listpack),
            (["a"] + Array(0..<128).map(String.init), .hashtable),
            (Array(0..<127).map(String.init) + ["a"], .listpack),
            (Array(0..<128).map(String.init) + ["a"], .hashtable),
            ([String(repeating: "x", count: 64)], .listpack),
            ([String(repeating: "x", count: 65)], .hashtable),
            (["1", String(repeating: "x", count: 65)], .hashtable),
        ] as [([String], SetValue.Encoding)])
    func encoding(members: [String], encoding: SetValue.Encoding) {
        var set = SetValue()
        for member in members {
            Array(member.utf8).withUnsafeBytes { _ = set.insert($0, SetLimits()) }
        }
        #expect(set.encoding == encoding && set.count == members.count)
    }
}
