// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Streams: consumer groups")
struct ConsumerGroupTests {
    @Test("Groups agree with dictionaries", arguments: [1, 2, 3, 4] as [UInt64])
    func twin(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var stream = Stream()
        var twin = NaiveStream()
        let groupNames = ["b", "a", "ab"]
        var views: [(Stream, NaiveStream)] = []
        for step in 0..<4000 {
            let name = groupNames.randomElement(using: &random)!
            let id = StreamID(UInt64.random(in: 1...400, using: &random), 0)
            let action = Int.random(in: 0..<100, using: &random)
            guard let index = stream.group(name), var group = twin.groups[name] else {
                #expect(twin.groups[name] == nil)
                expect(stream.addGroup(name, at: id) && !stream.addGroup(name))
                twin.groups[name] = NaiveStream.Group(lastDeliveredID: id)
                continue
            }
            let consumer = ["x", "y", "zz", ""].randomElement(using: &random)!
            switch action {
            case 0:
                stream.removeGroup(at: index)
                twin.groups[name] = nil
                continue
            case 1..<4:
                guard let number = stream[group: index].number(consumer) else { break }
                stream[group: index].removeConsumer(number)
                group.consumers.remove(consumer)
                group.pending = group.pending.filter { $0.value.consumer != consumer }
            case 4..<60:
                let number =
                    stream[group: index].number(consumer)
                    ?? stream[group: index].addConsumer(consumer)
                let time = Int.random(in: 0...50, using: &random)
                stream[group: index].assign(
                    id, to: number, deliveryTime: time, deliveryCount: step)
                group.consumers.insert(consumer)
                group.pending[id] = .init(consumer: consumer, time: time, count: step)
            case 60..<90:
                let removed = stream[group: index].removePending(id)
                #expect(removed?.deliveryTime == group.pending.removeValue(forKey: id)?.time)
            case 90..<93:
                var removal = Stream.Removal()
                stream.removeReferences(to: id, &removal)
                twin.groups[name] = group
                for name in twin.groups.keys { twin.groups[name]!.pending[id] = nil }
                group = twin.groups[name]!
            case 93: views = views.suffix(2) + [(stream, twin)]
            default:
                var order: [StreamID] = []
                var next = stream[group: index].nextByDelivery(after: nil)
                while let entry = next {
                    order.append(entry.id)
                    next = stream[group: index].nextByDelivery(after: entry)
                }
                let expected = group.pending.sorted {
                    ($0.value.time, $0.key) < ($1.value.time, $1.key)
                }
                #expect(order == expected.map(\.key), "seed \(seed), step \(step)")
            }
            twin.groups[name] = group
            #expect(stream.isReferenced(id) == twin.isReferenced(id))
            guard step % 20 == 0 else { continue }
            check(stream, twin, seed)
            for (view, shows) in views { check(view, shows, seed) }
        }
    }

    private func check(_ stream: Stream, _ twin: NaiveStream, _ seed: UInt64) {
        #expect(
            stream.groups.map { String(decoding: $0.name, as: UTF8.self) }
                == twin.groups.keys.sorted(), "seed \(seed)")
        for (name, expected) in twin.groups {
            let index = stream.group(name)!
            #expect(stream.shownGroup(index) == expected, "seed \(seed)")
            let group = stream[group: index]
            #expect(group.pendingCount == expected.pending.count)
            #expect(group.firstPending?.id == expected.pending.keys.min())
            #expect(group.lastPending?.id == expected.pending.keys.max())
            let names = group.consumerNumbers.map { group[consumer: $0].name }
            #expect(
                names.map { String(decoding: $0, as: UTF8.self) } == expected.consumers.sorted())
            for number in group.consumerNumbers {
                let consumer = group[consumer: number]
                let name = String(decoding: consumer.name, as: UTF8.self)
                let ids = expected.pending.filter { $0.value.consumer == name }.keys.sorted()
                var shown: [StreamID] = []
                var next = group.firstPending(notBelow: .zero, of: number)
                while let entry = next {
                    shown.append(entry.id)
                    next = group.firstPending(notBelow: entry.id.successor!, of: number)
                }
                #expect(shown == ids && consumer.pendingCount == ids.count, "seed \(seed)")
            }
        }
    }

    @Test("Lag and entries read follow Redis's rules")
    func lag() throws {
        var stream = Stream()
        expect(stream.addGroup("g"))
        #expect(stream.lag(ofGroup: 0) == 0)
        for number in 1...5 as ClosedRange<UInt64> {
            _ = try stream.append(.exact(StreamID(number, 0)), [[1], [2]])
        }
        #expect(stream.lag(ofGroup: 0) == 5 && stream[group: 0].entriesRead == nil)
        stream.advance(group: 0, to: StreamID(1, 0))
        #expect(stream[group: 0].entriesRead == 1 && stream.lag(ofGroup: 0) == 4)
        stream.advance(group: 0, to: StreamID(2, 0))
        stream.advance(group: 0, to: StreamID(2, 0))
        #expect(stream[group: 0].entriesRead == 2 && stream.lag(ofGroup: 0) == 3)
        // Something that is deleted ahead leaves it open how many are left.
        expect(stream.remove(StreamID(4, 0)))
        #expect(stream.lag(ofGroup: 0) == nil)
        stream.advance(group: 0, to: StreamID(3, 0))
        #expect(stream[group: 0].entriesRead == nil && stream.lag(ofGroup: 0) == nil)
        // At the end it is known again.
        stream.advance(group: 0, to: StreamID(5, 0))
        #expect(stream[group: 0].entriesRead == 5 && stream.lag(ofGroup: 0) == 0)
        // Trimming is no deletion.
        _ = try stream.append(.exact(StreamID(6, 0)), [[1], [2]])
        expect(stream.trim(.init(.maxLength(1))) == 4)
        #expect(stream.lag(ofGroup: 0) == 1)
        expect(stream.addGroup("h", at: .zero))
        #expect(stream.lag(ofGroup: 1) == 1)
        expect(stream.addGroup("i", at: StreamID(7, 0)))
        #expect(stream.lag(ofGroup: 2) == nil)
    }

    @Test("Trimming heeds the groups' references as it is told to")
    func trimReferences() throws {
        func make() throws -> Stream {
            var stream = Stream()
            let limits = StreamLimits(blockByteCountMax: 0, blockEntryCountMax: 3)
            for number in 1...9 as ClosedRange<UInt64> {
                _ = try stream.append(
                    .exact(StreamID(number, 0)), [[1], [2]], limits: limits)
            }
            expect(stream.addGroup("g", at: StreamID(8, 0)))
            let number = stream[group: 0].addConsumer("c")
            for id in [2, 4, 5] as [UInt64] {
                stream[group: 0].assign(
                    StreamID(id, 0), to: number, deliveryTime: 0, deliveryCount: 1)
            }
            return stream
        }
        func numbers(_ stream: Stream) -> [UInt64] { stream.shown().map(\.id.milliseconds) }

        var stream = try make()
        expect(stream.trim(.init(.maxLength(4)), .keep).ids.count == 5)
        #expect(numbers(stream) == [6, 7, 8, 9] && stream[group: 0].pendingCount == 3)
        stream = try make()
        expect(stream.trim(.init(.maxLength(4)), .delete).ids.count == 5)
        #expect(numbers(stream) == [6, 7, 8, 9] && stream[group: 0].pendingCount == 0)
        stream = try make()
        expect(stream.trim(.init(.maxLength(4)), .acknowledged).ids.count == 5)
        #expect(numbers(stream) == [2, 4, 5, 9])
        stream = try make()
        expect(stream.trim(.init(.minID(StreamID(8, 0))), .acknowledged).ids.count == 4)
        #expect(numbers(stream) == [2, 4, 5, 8, 9])
        // What no group has come to is referenced too.
        stream = try make()
        expect(stream.trim(.init(.maxLength(0)), .acknowledged).ids.count == 5)
        #expect(numbers(stream) == [2, 4, 5, 9])
        stream = try make()
        expect(stream.trim(.init(.maxLength(4), isApproximate: true), .delete).ids.count == 3)
        #expect(numbers(stream) == [4, 5, 6, 7, 8, 9] && stream[group: 0].pendingCount == 2)
        stream = try make()
        expect(
            stream.trim(.init(.maxLength(0), isApproximate: true, limit: 4), .delete).ids.count == 3
        )
    }

    @Test("A list of what is pending stays small")
    func memory() {
        var group = ConsumerGroup(name: [], lastDeliveredID: .zero, entriesRead: nil)
        let number = group.addConsumer("c")
        for id in 1...100_000 as ClosedRange<UInt64> {
            group.assign(StreamID(id, 0), to: number, deliveryTime: 0, deliveryCount: 1)
        }
        #expect(group.byteCount < 55 * 100_000)
        // Every tenth stays.
        for id in 1...100_000 as ClosedRange<UInt64> where id % 10 != 0 {
            expect(group.removePending(StreamID(id, 0)) != nil)
        }
        #expect(group.pendingCount == 10_000 && group.byteCount < 400 * 10_000)
    }
}
