// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension ReplyWriter {
    func streamID(_ id: StreamID) {
        withUnsafeTemporaryAllocation(byteCount: StreamID.textByteCountMax, alignment: 1) { text in
            let count = id.write(to: text.baseAddress!)
            bulk(UnsafeRawBufferPointer(rebasing: text[..<count]))
        }
    }

    /// An entry: its ID and its fields and values.
    func streamEntry(_ entry: StreamEntry) {
        arrayHeader(2)
        streamID(entry.id)
        streamFields(entry)
    }

    func streamFields(_ entry: StreamEntry) {
        let stringCount = 2 * entry.fieldCount
        arrayHeader(stringCount)
        var strings = entry.strings
        for _ in 0..<stringCount {
            switch strings.next() {
            case .bytes(let bytes): bulk(bytes)
            case .integer(let number): bulk(decimal: number)
            }
        }
    }

    /// The next entries of a cursor, `limit` at the most, as an array.
    func streamEntries(_ cursor: EntryCursor, limit: Int) {
        var cursor = cursor
        let count = cursor.countLeft(upTo: limit)
        arrayHeader(count)
        for _ in 0..<count { streamEntry(cursor.next()!) }
    }
}
