// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What the log is told of streams: commands of Redis 7.0 that have the same result at any time.
//
//   XADD … * …                      XADD with the ID that was given
//   MAXLEN ~, MINID, XTRIM          MAXLEN = with the length that came out
//   XREADGROUP, XCLAIM, XAUTOCLAIM  XCLAIM … TIME … RETRYCOUNT … FORCE JUSTID for what is pending,
//                                   XGROUP SETID … ENTRIESREAD for how far the group has come
//   XACKDEL, XDELEX                 XACK and XDEL
//
// An XCLAIM names all entries in a row that have the same time and count, where Redis writes one
// for each.

import MartletCore
import RESP

extension KeyContext {
    /// An entry was added with fields and values from `start` on.
    ///
    /// - Parameter maxLength: the length to which the stream was trimmed, nil if it was not.
    func effectOfAdding(
        _ id: StreamID, _ arguments: Arguments, from start: Int, maxLength: Int?
    ) {
        let key = arguments[1]
        if let maxLength {
            effect(
                [
                    .word("XADD"), .bytes(key), .word("MAXLEN"), .word("="), .integer(maxLength),
                    .streamID(id),
                ], arguments, from: start)
        } else {
            effect([.word("XADD"), .bytes(key), .streamID(id)], arguments, from: start)
        }
    }

    func effectOfTrimming(_ key: KeyName, to length: Int) {
        effect(
            [.word("XTRIM"), .bytes(key.bytes), .word("MAXLEN"), .word("="), .integer(length)])
    }

    /// A line about the stream that the next command names.
    func effect(_ annotation: StreamAnnotation) {
        guard keyspace.isLogging else { return }
        annotation.line.withUnsafeBytes { line in effect([.annotation(line)]) }
    }

    /// Names the stream that a line before this is about, and changes nothing.
    func effectOfNaming(_ stream: Stream, _ key: KeyName) {
        effect([.word("XSETID"), .bytes(key.bytes), .streamID(stream.lastID)])
    }

    /// XDEL.
    func effectOfDeleting(_ ids: [StreamID], from key: KeyName) {
        guard !ids.isEmpty else { return }
        effect([.word("XDEL"), .bytes(key.bytes)] + ids.map { .streamID($0) })
    }

    /// XACK.
    func effectOfAcknowledging(
        _ ids: [StreamID], _ group: UnsafeRawBufferPointer, of key: KeyName
    ) {
        guard !ids.isEmpty else { return }
        effect([.word("XACK"), .bytes(key.bytes), .bytes(group)] + ids.map { .streamID($0) })
    }

    /// How far a group has come.
    func effectOfAdvancing(_ group: ConsumerGroup, of key: KeyName) {
        group.name.withUnsafeBytes { name in
            effect(
                [
                    .word("XGROUP"), .word("SETID"), .bytes(key.bytes), .bytes(name),
                    .streamID(group.lastDeliveredID), .word("ENTRIESREAD"),
                    .integer(group.entriesRead ?? -1),
                ])
        }
    }

    func effectOfCreating(
        consumer: UnsafeRawBufferPointer, _ group: UnsafeRawBufferPointer, of key: KeyName
    ) {
        effect(
            [
                .word("XGROUP"), .word("CREATECONSUMER"), .bytes(key.bytes), .bytes(group),
                .bytes(consumer),
            ])
    }

    /// Entries are pending for a consumer now.
    func effectOfClaiming(
        _ entries: [PendingEntry], consumer: UnsafeRawBufferPointer,
        _ group: UnsafeRawBufferPointer, of key: KeyName
    ) {
        var start = 0
        while start < entries.count {
            let first = entries[start]
            var words: [EffectWord] = [
                .word("XCLAIM"), .bytes(key.bytes), .bytes(group), .bytes(consumer), .integer(0),
            ]
            while start < entries.count, entries[start].deliveryTime == first.deliveryTime,
                entries[start].deliveryCount == first.deliveryCount
            {
                words.append(.streamID(entries[start].id))
                start += 1
            }
            words += [
                .word("TIME"), .integer(first.deliveryTime), .word("RETRYCOUNT"),
                .integer(Int(first.deliveryCount)), .word("FORCE"), .word("JUSTID"),
            ]
            effect(words)
        }
    }
}
