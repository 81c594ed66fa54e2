// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Streams: idempotent producers")
struct IdempotencyTableTests {
    @Test("A message is known until it is too old or too many came after it, for each producer")
    func known() {
        var table = IdempotencyTable()
        table.configure(duration: 10, countMax: 20)
        for number in 0..<30 as Range<UInt8> {
            expect(table.find(key(number), of: key(1), now: 1000) == nil)
            table.insert(key(number), of: key(1), entryID: StreamID(1000, UInt64(number)))
        }
        table.insert(key(5), of: key(2), entryID: StreamID(2000, 0))
        expect(table.find(key(9), of: key(1), now: 1000) == nil)
        expect(table.find(key(10), of: key(1), now: 1000) == StreamID(1000, 10))
        expect(table.find(key(5), of: key(2), now: 10_999) == StreamID(2000, 0))
        expect(table.find(key(5), of: key(3), now: 0) == nil)
        #expect(table.counts == (producers: 2, messages: 21))
        expect(table.find(key(29), of: key(1), now: 10_999) == StreamID(1000, 29))
        let view = table
        expect(table.find(key(29), of: key(1), now: 11_000) == nil)
        #expect(table.counts == (producers: 1, messages: 1))
        table.expire(now: 12_000)
        #expect(table.counts == (producers: 0, messages: 0) && table.byteCount == 0)
        #expect(view.counts == (producers: 2, messages: 21))
    }

    @Test("New settings forget what was known, and what is visited comes oldest first")
    func settings() {
        var table = IdempotencyTable()
        for number in 0..<50 as Range<UInt8> {
            table.insert(key(number), of: key(number % 3), entryID: StreamID(UInt64(number), 0))
        }
        var last: [IdempotencyKey: StreamID] = [:]
        var count = 0
        table.forEach { producer, message, entryID in
            #expect(message == key(UInt8(entryID.milliseconds)))
            #expect(last[producer, default: .zero] <= entryID)
            last[producer] = entryID
            count += 1
        }
        #expect(count == 50 && last.count == 3)
        table.configure(duration: nil, countMax: 7)
        #expect(table.duration == IdempotencyTable.defaultDuration && table.countMax == 7)
        #expect(table.counts == (producers: 0, messages: 0))
    }

    private func key(_ number: UInt8) -> IdempotencyKey {
        IdempotencyKey(high: UInt64(number), low: 0)
    }
}
