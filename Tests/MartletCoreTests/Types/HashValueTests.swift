// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Hashes")
struct HashValueTests {
    @Test(
        "A hash agrees with a dictionary, and views stay as they were",
        arguments: 1...6 as ClosedRange<UInt64>)
    func twin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var hash = HashValue()
        var twin: [[UInt8]: [UInt8]] = [:]
        var views: [(HashValue, [[UInt8]: [UInt8]])] = []
        let entries = Entries(byteCountMax: seed % 3 == 0 ? 80 : 12)
        // Some stay packed, some grow to thousands and shrink to nothing.
        let fieldCount = seed.isMultiple(of: 2) ? 300 : 5000
        for step in 0..<40_000 {
            let field = Array("f\(Int.random(in: 0..<fieldCount, using: &random))".utf8)
            let grows = step / 10_000 % 2 == 0
            if Int.random(in: 0..<4, using: &random) == 0 ? !grows : grows {
                let value = entries.random(&random)
                let isNew = field.withUnsafeBytes { field in
                    value.withUnsafeBytes { hash.set(field, to: $0, HashLimits()) }
                }
                #expect(isNew == (twin.updateValue(value, forKey: field) == nil))
            } else {
                let removed = field.withUnsafeBytes { hash.remove($0) }
                #expect(removed == (twin.removeValue(forKey: field) != nil), "seed \(seed)")
            }
            let probe = Array("f\(Int.random(in: 0..<fieldCount, using: &random))".utf8)
            let found = probe.withUnsafeBytes { hash.withValue(of: $0) { $0.copy } }
            #expect(found == twin[probe] && hash.count == twin.count, "seed \(seed)")
            if step % 2000 == 0 {
                check(hash, twin, seed)
                views.append((hash, twin))
                if views.count > 3 {
                    let (view, state) = views.removeFirst()
                    check(view, state, seed)
                }
            }
        }
        for (view, state) in views { check(view, state, seed) }
    }

    private func check(_ hash: HashValue, _ twin: [[UInt8]: [UInt8]], _ seed: UInt64) {
        var found: [[UInt8]: [UInt8]] = [:]
        hash.visit { field, value in
            #expect(found.updateValue(value.copy, forKey: field.copy) == nil)
            return true
        }
        #expect(found == twin, "seed \(seed)")
        var random = SplitMix64(state: seed)
        guard !twin.isEmpty else { return }
        for _ in 0..<20 {
            hash.withRandomField(using: &random) { #expect(twin[$0.copy] == $1.copy) }
        }
    }

    @Test(
        "A scan finds every field that stays, while others come and go",
        arguments: 1...4 as ClosedRange<UInt64>)
    func scan(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var hash = HashValue()
        for number in 0..<3000 {
            Array("s\(number)".utf8).withUnsafeBytes { _ = hash.set($0, to: $0, HashLimits()) }
        }
        var seen: Set<[UInt8]> = []
        var cursor: UInt64 = 0
        var comers = 0
        repeat {
            cursor = hash.scan(from: cursor) { field, _ in seen.insert(field.copy) }
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                let field = Array("c\(comers)".utf8)
                let isGrowing = cursor & 256 == 0
                field.withUnsafeBytes {
                    if isGrowing { hash.set($0, to: $0, HashLimits()) } else { _ = hash.remove($0) }
                }
                comers = max(0, comers + (isGrowing ? 1 : -1))
            }
        } while cursor != 0
        for number in 0..<3000 { #expect(seen.contains(Array("s\(number)".utf8)), "seed \(seed)") }
    }

    @Test("A field is drawn as often as any other")
    func randomness() {
        var random = SplitMix64(state: 1)
        var hash = HashValue()
        for number in 0..<1000 {
            Array("\(number)".utf8).withUnsafeBytes { _ = hash.set($0, to: $0, HashLimits()) }
        }
        #expect(!hash.isPacked)
        var counts: [[UInt8]: Int] = [:]
        for _ in 0..<200_000 {
            hash.withRandomField(using: &random) { field, _ in counts[field.copy, default: 0] += 1 }
        }
        // 200 expected; beyond 7 standard deviations is no chance.
        #expect(counts.count == 1000 && counts.values.allSatisfy { 100 < $0 && $0 < 300 })
    }

    @Test("A hash becomes a table beyond 512 fields or 64 bytes, and stays one")
    func encoding() {
        var hash = HashValue()
        for number in 0..<512 {
            Array("\(number)".utf8).withUnsafeBytes { _ = hash.set($0, to: $0, HashLimits()) }
        }
        #expect(hash.isPacked)
        Array("512".utf8).withUnsafeBytes { _ = hash.set($0, to: $0, HashLimits()) }
        #expect(!hash.isPacked && hash.count == 513)
        var other = HashValue()
        [UInt8](repeating: 1, count: 64).withUnsafeBytes { _ = other.set($0, to: $0, HashLimits()) }
        #expect(other.isPacked)
        [UInt8](repeating: 1, count: 65).withUnsafeBytes { _ = other.set($0, to: $0, HashLimits()) }
        #expect(!other.isPacked && other.count == 2)
    }
}
