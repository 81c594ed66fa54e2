// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@testable import MartletCore

/// A stream as an array, and a group as a dictionary: the twin of `Stream`.
struct NaiveStream {
    struct Entry: Equatable {
        var id: StreamID
        var strings: [[UInt8]]
    }

    struct Pending: Equatable {
        var consumer: String
        var time: Int
        var count: Int
    }

    struct Group: Equatable {
        var lastDeliveredID: StreamID
        var pending: [StreamID: Pending] = [:]
        var consumers: Set<String> = []
    }

    var entries: [Entry] = []
    /// How many entries each block got, and which of them are left.
    var blocks: [(added: Int, ids: [StreamID])] = []
    var lastID = StreamID.zero
    var entriesAdded = 0
    var maxDeletedID = StreamID.zero
    var groups: [String: Group] = [:]

    mutating func append(_ id: StreamID, _ strings: [[UInt8]], blockEntryCountMax: Int) {
        entries.append(Entry(id: id, strings: strings))
        lastID = id
        entriesAdded += 1
        if let last = blocks.last, last.added < blockEntryCountMax {
            blocks[blocks.count - 1].added += 1
            blocks[blocks.count - 1].ids.append(id)
        } else {
            blocks.append((1, [id]))
        }
    }

    mutating func removeEntry(_ id: StreamID) -> Bool {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return false }
        entries.remove(at: index)
        for block in blocks.indices { blocks[block].ids.removeAll { $0 == id } }
        blocks.removeAll { $0.ids.isEmpty }
        return true
    }

    mutating func trim(_ trim: Stream.Trim) -> Int {
        var goes: [StreamID]
        switch trim.bound {
        case .maxLength(let length):
            goes = entries.prefix(max(0, entries.count - length)).map(\.id)
        case .minID(let id): goes = entries.map(\.id).filter { $0 < id }
        }
        if trim.isApproximate {
            let all = Set(goes)
            goes = []
            for block in blocks {
                guard block.ids.allSatisfy(all.contains) else { break }
                if trim.limit > 0, goes.count + block.ids.count > trim.limit { break }
                goes += block.ids
            }
        }
        for id in goes { _ = removeEntry(id) }
        return goes.count
    }

    func range(_ first: StreamID, _ last: StreamID) -> [Entry] {
        entries.filter { $0.id >= first && $0.id <= last }
    }

    func isReferenced(_ id: StreamID) -> Bool {
        groups.values.contains { $0.lastDeliveredID < id || $0.pending[id] != nil }
    }
}

/// Calls `body` with a request that has these arguments.
func withArguments<Result>(
    _ strings: [[UInt8]], _ body: (Arguments) throws -> Result
) rethrows -> Result {
    var spans: [ArgumentSpan] = []
    var bytes: [UInt8] = []
    for string in strings {
        spans.append(ArgumentSpan(offset: bytes.count, count: string.count))
        bytes += string
    }
    bytes.append(0)
    return try bytes.withUnsafeBytes { bytes in
        try spans.withUnsafeBufferPointer { spans in
            try body(Arguments(base: bytes.baseAddress!, spans: spans))
        }
    }
}

extension Stream {
    mutating func append(
        _ choice: IDChoice, _ strings: [[UInt8]], now: Int = 0, limits: StreamLimits = .init()
    ) throws -> StreamID {
        try withArguments(strings) {
            try append(choice, now: now, $0, from: 0, limits: limits)
        }
    }

    /// What a cursor shows.
    func shown(
        _ first: StreamID = .zero, _ last: StreamID = .max, isReversed: Bool = false
    ) -> [NaiveStream.Entry] {
        var shown: [NaiveStream.Entry] = []
        var cursor = range(from: first, through: last, isReversed: isReversed)
        while let entry = cursor.next() {
            var strings = entry.strings
            shown.append(
                NaiveStream.Entry(
                    id: entry.id,
                    strings: (0..<(2 * entry.fieldCount)).map { _ in strings.next().text }))
        }
        return shown
    }

    func group(_ name: String) -> Int? {
        Array(name.utf8).withUnsafeBytes { groupIndex(named: $0) }
    }

    mutating func addGroup(_ name: String, at id: StreamID = .zero) -> Bool {
        Array(name.utf8).withUnsafeBytes {
            createGroup(named: $0, lastDeliveredID: id, entriesRead: nil)
        }
    }

    /// All that a group has, in the twin's form.
    func shownGroup(_ index: Int) -> NaiveStream.Group {
        let group = self[group: index]
        var shown = NaiveStream.Group(lastDeliveredID: group.lastDeliveredID)
        var next = group.firstPending
        while let entry = next {
            shown.pending[entry.id] = NaiveStream.Pending(
                consumer: String(decoding: group[consumer: entry.consumer].name, as: UTF8.self),
                time: entry.deliveryTime, count: Int(entry.deliveryCount))
            next = group.firstPending(notBelow: entry.id.successor!)
        }
        shown.consumers = Set(
            group.consumerNumbers.map {
                String(decoding: group[consumer: $0].name, as: UTF8.self)
            })
        return shown
    }
}

extension ConsumerGroup {
    func number(_ name: String) -> UInt32? {
        Array(name.utf8).withUnsafeBytes { consumerNumber(named: $0) }
    }

    mutating func addConsumer(_ name: String, now: Int = 0) -> UInt32 {
        Array(name.utf8).withUnsafeBytes { createConsumer(named: $0, now: now) }
    }
}

extension PackedString {
    var text: [UInt8] {
        switch self {
        case .bytes(let bytes): Array(bytes)
        case .integer(let integer): Array("\(integer)".utf8)
        }
    }
}

/// `#expect` for conditions that change what they look at, which the macro does not take.
func expect(
    _ isTrue: Bool, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(isTrue, comment, sourceLocation: sourceLocation)
}
