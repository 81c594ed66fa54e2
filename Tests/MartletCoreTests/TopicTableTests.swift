// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Topics and their subscribers")
struct TopicTableTests {
    @Test("A table of topics agrees with a dictionary", arguments: [1, 2, 3] as [UInt64])
    func twin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var table = TopicTable()
        defer { table.deallocate() }
        var twin: [[UInt8]: Topic] = [:]
        for step in 0..<30_000 {
            // It grows to thousands and shrinks to nothing, more than once.
            let grows = step / 5000 % 2 == 0
            let name = Array("\(Int.random(in: 0..<4000, using: &random))".utf8)
            let topic = name.withUnsafeBytes { table.find($0, hash: TopicHash.of($0)) }
            #expect(topic === twin[name], "seed \(seed)")
            if let topic {
                if !grows || Int.random(in: 0..<4, using: &random) == 0 {
                    table.remove(topic)
                    twin[name] = nil
                }
            } else if grows || Int.random(in: 0..<8, using: &random) == 0 {
                let topic = Self.topic(name)
                table.insert(topic)
                twin[name] = topic
            }
            guard step % 500 == 499 else { continue }
            var names: Set<[UInt8]> = []
            table.forEach { #expect(names.insert(Array($0.name)).inserted) }
            #expect(names == Set(twin.keys) && table.count == twin.count, "seed \(seed)")
        }
        for topic in twin.values { table.remove(topic) }
        #expect(table.isEmpty)
    }

    @Test("The topics of one stripe spread over all slots of a table")
    func spread() {
        let hashes = (0..<1024 as Range<UInt32>).map { $0 << TopicHash.stripeBitCount | 5 }
        #expect(Set(hashes.map(TopicHash.stripe)) == [5])
        #expect(Set(hashes.map { TopicHash.slot(of: $0, in: 1024) }).count == 1024)
    }

    @Test("A set of outlets agrees with a set", arguments: [1, 2, 3] as [UInt64])
    func outletSetTwin(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let shard = Shard(index: 0) {}
        let outlets = (0..<600).map { _ in Outlet(shard: shard) }
        let set = OutletSet()
        var twin: Set<ObjectIdentifier> = []
        for step in 0..<20_000 {
            let outlet = outlets.randomElement(using: &random)!
            let isMember = twin.contains(ObjectIdentifier(outlet))
            if isMember, step / 4000 % 2 == 1 || Bool.random(using: &random) {
                set.remove(outlet)
                twin.remove(ObjectIdentifier(outlet))
            } else if !isMember, step / 4000 % 2 == 0 || Int.random(in: 0..<9, using: &random) == 0
            {
                set.insert(outlet)
                twin.insert(ObjectIdentifier(outlet))
            }
            #expect(set.count == twin.count)
            if !twin.isEmpty { #expect(twin.contains(ObjectIdentifier(set.anyOutlet))) }
            guard step % 200 == 199 else { continue }
            #expect(Self.members(set) == twin, "seed \(seed)")
        }
    }

    @Test("The subscribers of a topic agree with a set for each shard", arguments: [1, 2, 3, 4])
    func subscribersTwin(shardCount: Int) {
        var random = SplitMix64(state: UInt64(shardCount))
        let shards = (0..<shardCount).map { Shard(index: $0) {} }
        let outlets = (0..<24).map { Outlet(shard: shards[$0 % shardCount]) }
        var subscribers = TopicSubscribers()
        var twin = [Set<ObjectIdentifier>](repeating: [], count: shardCount)
        func toggle(_ outlet: Outlet) {
            let shardIndex = outlet.shard.index
            if twin[shardIndex].insert(ObjectIdentifier(outlet)).inserted {
                subscribers.insert(outlet, shardIndex: shardIndex)
            } else {
                twin[shardIndex].remove(ObjectIdentifier(outlet))
                subscribers.remove(outlet, shardIndex: shardIndex)
            }
            var found = [Set<ObjectIdentifier>](repeating: [], count: shardCount)
            subscribers.forEachTarget { index, target in
                #expect(found[index].isEmpty)
                switch target.content {
                case .none, .held: Issue.record("a shard without subscribers is visited")
                case .outlet(let outlet):
                    found[index] = [ObjectIdentifier(outlet.takeUnretainedValue())]
                case .set(let set): found[index] = Self.members(set.takeUnretainedValue())
                }
            }
            #expect(found == twin)
            #expect(Int(subscribers.count) == twin.reduce(0) { $0 + $1.count })
        }
        for step in 0..<5000 {
            // Few at one time, so that all forms are gone through; many at another.
            toggle(outlets[Int.random(in: 0..<(step % 1000 < 500 ? 4 : 24), using: &random)])
        }
        for outlet in outlets
        where twin[outlet.shard.index].contains(ObjectIdentifier(outlet)) {
            toggle(outlet)
        }
        #expect(subscribers.isEmpty)
    }

    private static func topic(_ name: [UInt8]) -> Topic {
        name.withUnsafeBytes {
            Topic.create(name: $0, hash: TopicHash.of($0), kind: .channel)
        }
    }

    private static func members(_ set: OutletSet) -> Set<ObjectIdentifier> {
        var members: Set<ObjectIdentifier> = []
        set.forEach { #expect(members.insert(ObjectIdentifier($0)).inserted) }
        return members
    }
}
