// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Streams: entries")
struct StreamTests {
    @Test(
        "A stream agrees with an array, whatever the sizes of its blocks",
        arguments: [1, 2, 3, 4] as [UInt64], [1, 3, 10])
    func twin(seed: UInt64, blockEntryCountMax: Int) throws {
        var random = SplitMix64(state: seed)
        let limits = StreamLimits(blockByteCountMax: 0, blockEntryCountMax: blockEntryCountMax)
        var stream = Stream()
        var twin = NaiveStream()
        // Views that were taken on the way, and what they must go on to show.
        var views: [(view: Stream, shows: [NaiveStream.Entry])] = []
        for step in 0..<1500 {
            let isGrowing = step / 300 % 2 == 0
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<(isGrowing ? 12 : 4):
                let id = Self.nextID(after: twin.lastID, using: &random)
                let strings = Self.strings(using: &random)
                try expect(stream.append(.exact(id), strings, limits: limits) == id)
                twin.append(id, strings, blockEntryCountMax: blockEntryCountMax)
            case 12..<15:
                let id = Self.anID(of: twin, using: &random)
                let isThere = twin.removeEntry(id)
                if isThere { twin.maxDeletedID = max(twin.maxDeletedID, id) }
                expect(stream.remove(id) == isThere, "seed \(seed), step \(step)")
            case 15:
                let trim = Self.trim(of: twin, using: &random)
                expect(stream.trim(trim) == twin.trim(trim), "seed \(seed), step \(step)")
            case 16 where views.count < 5: views.append((stream, twin.entries))
            case 17 where !views.isEmpty:
                views.remove(at: Int.random(in: 0..<views.count, using: &random))
            default:
                let first = Self.anID(of: twin, using: &random)
                let last = Self.anID(of: twin, using: &random)
                let expected = twin.range(first, last)
                #expect(stream.shown(first, last) == expected, "seed \(seed), step \(step)")
                #expect(stream.shown(first, last, isReversed: true) == expected.reversed())
                #expect(stream.contains(first) == (twin.range(first, first).count == 1))
            }
            #expect(stream.count == twin.entries.count)
            #expect(stream.firstEntryID == twin.entries.first?.id ?? .zero)
            #expect(stream.lastEntryID == twin.entries.last?.id ?? .zero)
            #expect(stream.blockCount == twin.blocks.count)
            guard step % 50 == 0 else { continue }
            #expect(stream.shown() == twin.entries, "seed \(seed), step \(step)")
            for (view, shows) in views { #expect(view.shown() == shows, "seed \(seed)") }
        }
        #expect(stream.maxDeletedID == twin.maxDeletedID)
        #expect(stream.entriesAdded == twin.entriesAdded && stream.lastID == twin.lastID)
        _ = stream.trim(.init(.maxLength(0)))
        #expect(stream.blockCount == 0 && stream.shown().isEmpty)
    }

    @Test("Blocks end at the number of bytes that is set, and hold what is larger alone")
    func blockBytes() throws {
        var stream = Stream()
        let limits = StreamLimits(blockByteCountMax: 200, blockEntryCountMax: 0)
        for number in 1...40 as ClosedRange<UInt64> {
            let value = [UInt8](repeating: 7, count: number % 10 == 0 ? 5000 : 20)
            _ = try stream.append(.exact(StreamID(number, 0)), [[1], value], limits: limits)
        }
        #expect(stream.blockCount >= 8 && stream.blockCount <= 16)
        #expect(stream.shown().map(\.id.milliseconds) == Array(1...40))
        // Without limits, blocks still do not grow without end.
        var other = Stream()
        for number in 1...40_000 as ClosedRange<UInt64> {
            _ = try other.append(
                .exact(StreamID(number, 0)), [[1], [2, 2, 2]],
                limits: StreamLimits(blockByteCountMax: 0, blockEntryCountMax: 0))
        }
        #expect(other.blockCount > 3)
        #expect(other.shown().count == 40_000)
    }

    @Test("Strings come back as they were, numbers or not")
    func strings() throws {
        let texts = [
            "", "0", "1", "-1", "00", "01", "-0", "10", "99", "100", "-10", "-100", "127", "128",
            "-128", "-129", "255", "256", "32767", "32768", "-32768", "-32769", "8388607",
            "8388608", "-8388609", "2147483647", "2147483648", "-2147483649", "140737488355327",
            "140737488355328", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
            "99999999999999999999", "+100", "1e5", "12 ", " 12", "1.5", "--5", "-", "1234567a",
        ]
        var strings = texts.map { Array($0.utf8) }
        for count in [239, 240, 241, 255, 256, 65_535, 65_536, 200_000] {
            strings.append([UInt8](repeating: UInt8(count % 251), count: count))
        }
        if strings.count % 2 == 1 { strings.append([]) }
        var stream = Stream()
        for _ in 0..<3 { _ = try stream.append(.generated, strings) }
        _ = try stream.append(.generated, strings.reversed())
        #expect(stream.shown().map(\.strings) == [strings, strings, strings, strings.reversed()])
    }

    @Test("An entry of three small fields takes less than Redis's MEMORY USAGE says of it")
    func memory() throws {
        // Redis 7.0.15, a million entries each: 36 bytes with strings, 25.7 with numbers.
        for (limit, isNumeric) in [(26, false), (18, true)] {
            var stream = Stream()
            for number in 0..<100_000 {
                let text = isNumeric ? "\(number)" : "sensor-\(number % 1000)"
                let other = isNumeric ? "\(number * 7)" : "\(number % 40).\(number % 10)"
                let last = isNumeric ? "\(number % 100)" : "ok"
                _ = try stream.append(
                    .exact(StreamID(1_700_000_000_000 + UInt64(number / 5), UInt64(number % 5))),
                    ["device", text, "temperature", other, "status", last].map { Array($0.utf8) })
            }
            #expect(stream.byteCount < limit * 100_000, "\(stream.byteCount)")
        }
    }

    @Test("IDs far apart, equal milliseconds and the last ID of all are kept exactly")
    func ids() throws {
        let ids = [
            StreamID(0, 1), StreamID(0, 2), StreamID(0, .max), StreamID(1, 0), StreamID(1, .max),
            StreamID(1 << 40, 5), StreamID(1 << 40, 1 << 50), StreamID(.max, 0),
            StreamID(.max, .max - 1), .max,
        ]
        var stream = Stream()
        for id in ids { try expect(stream.append(.exact(id), [[1], [2]]) == id) }
        #expect(stream.shown().map(\.id) == ids)
        #expect(stream.shown(isReversed: true).map(\.id) == ids.reversed())
        for id in ids { #expect(stream.shown(id, id).map(\.id) == [id]) }
        #expect(throws: Stream.AppendError.exhausted) {
            try stream.append(.generated, [[1], [2]])
        }
        #expect(stream.count == ids.count && stream.entriesAdded == ids.count)
    }

    @Test("New IDs follow the clock, and the last ID where the clock is behind")
    func newIDs() throws {
        var stream = Stream()
        func append(_ choice: Stream.IDChoice, now: Int = 0) throws -> StreamID {
            try stream.append(choice, [[1], [2]], now: now)
        }
        #expect(throws: Stream.AppendError.notAboveLast) { try append(.exact(.zero)) }
        expect(try append(.milliseconds(0)) == StreamID(0, 1))
        expect(try append(.generated, now: 50) == StreamID(50, 0))
        expect(try append(.generated, now: 50) == StreamID(50, 1))
        expect(try append(.generated, now: 40) == StreamID(50, 2))
        expect(try append(.milliseconds(50)) == StreamID(50, 3))
        expect(try append(.milliseconds(60)) == StreamID(60, 0))
        #expect(throws: Stream.AppendError.notAboveLast) { try append(.milliseconds(59)) }
        #expect(throws: Stream.AppendError.notAboveLast) { try append(.exact(StreamID(60, 0))) }
        expect(try append(.exact(StreamID(60, .max))) == StreamID(60, .max))
        #expect(throws: Stream.AppendError.notAboveLast) { try append(.milliseconds(60)) }
        expect(try append(.generated, now: 60) == StreamID(61, 0))
        #expect(stream.count == 8)
        #expect(StreamID.max.successor == nil && StreamID.zero.predecessor == nil)
        #expect(StreamID(3, 0).predecessor == StreamID(2, .max))
        #expect(StreamID(2, .max).successor == StreamID(3, 0))
    }

    @Test("A change after a view copies one block and one run; without a view it copies nothing")
    func copies() throws {
        var stream = Stream()
        for number in 1...100_000 as ClosedRange<UInt64> {
            _ = try stream.append(.exact(StreamID(number, 0)), [[1], [2]])
        }
        let block = { (stream: Stream, id: StreamID) in
            let log = Mirror(reflecting: stream).descendant("entries") as! EntryLog
            return ObjectIdentifier(log.blocks[log.blocks.lastPosition(notAbove: id)!].block)
        }
        let middle = StreamID(50_050, 0)
        let before = block(stream, middle)
        expect(stream.remove(middle))
        #expect(block(stream, middle) == before, "nobody else held the block")
        let view = stream
        expect(stream.remove(StreamID(50_051, 0)))
        #expect(block(stream, middle) != before && block(view, middle) == before)
        #expect(block(stream, StreamID(10, 0)) == block(view, StreamID(10, 0)))
        #expect(view.contains(StreamID(50_051, 0)) && !stream.contains(StreamID(50_051, 0)))
    }

    @Test("An empty stream has nothing to show, whatever it had")
    func empty() throws {
        var stream = Stream()
        #expect(stream.shown().isEmpty && stream.shown(isReversed: true).isEmpty)
        #expect(stream.firstEntryID == .zero && stream.lastEntryID == .zero)
        expect(!stream.remove(StreamID(1, 1)))
        expect(stream.trim(.init(.maxLength(0))) == 0)
        expect(stream.trim(.init(.minID(.max), isApproximate: true)) == 0)
        _ = try stream.append(.exact(StreamID(5, 5)), [[1], [2]])
        #expect(stream.shown(StreamID(6, 0), StreamID(5, 0)).isEmpty)
        expect(stream.remove(StreamID(5, 5)))
        #expect(stream.lastID == StreamID(5, 5) && stream.maxDeletedID == StreamID(5, 5))
        #expect(stream.firstEntryID == .zero)
        stream.set(lastID: StreamID(9, 9), entriesAdded: 70, maxDeletedID: nil)
        #expect(stream.lastID == StreamID(9, 9) && stream.entriesAdded == 70)
        try expect(stream.append(.milliseconds(9), [[1], [2]]) == StreamID(9, 10))
    }

    private static func nextID(after id: StreamID, using random: inout SplitMix64) -> StreamID {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: StreamID(id.milliseconds + UInt64.random(in: 1...300, using: &random), 0)
        case 1: StreamID(id.milliseconds + 1, UInt64.random(in: 0...5, using: &random))
        default: StreamID(id.milliseconds, id.sequence + 1)
        }
    }

    /// Mostly one that is there or was there.
    private static func anID(of twin: NaiveStream, using random: inout SplitMix64) -> StreamID {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .zero
        case 1: return .max
        case 2:
            return StreamID(
                UInt64.random(in: 0...(twin.lastID.milliseconds + 1), using: &random), 0)
        default: return twin.entries.randomElement(using: &random)?.id ?? twin.lastID
        }
    }

    private static func strings(using random: inout SplitMix64) -> [[UInt8]] {
        let isUsual = Int.random(in: 0..<4, using: &random) > 0
        let names: [[UInt8]] = isUsual ? [[97], [98], [99]] : [[97], [120]]
        return names.flatMap { name in
            let value = Int.random(in: -300...70_000, using: &random)
            return [
                name,
                value < 0
                    ? [UInt8](repeating: 46, count: -value) : Array("\(value - 10_000)".utf8),
            ]
        }
    }

    private static func trim(of twin: NaiveStream, using random: inout SplitMix64) -> Stream.Trim {
        let isApproximate = Bool.random(using: &random)
        let bound: Stream.Trim.Bound =
            Bool.random(using: &random)
            ? .maxLength(max(0, twin.entries.count - Int.random(in: -2...30, using: &random)))
            : .minID(
                twin.entries.prefix(40).randomElement(using: &random)?.id ?? StreamID(1, 1))
        return Stream.Trim(
            bound, isApproximate: isApproximate,
            limit: isApproximate ? Int.random(in: 0...20, using: &random) : 0)
    }
}
