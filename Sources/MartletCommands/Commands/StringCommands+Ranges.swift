// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

// APPEND, GETRANGE and what else minds the length of a string.

extension StringCommands {
    static func append(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        let added = arguments[2]
        var byteCount = added.count
        if let entry = context.findForWriting(key) {
            byteCount += try string(of: entry).byteCount
            try checkSize(byteCount, context)
            entry.changeString { $0.append(contentsOf: added) }
        } else {
            context.insert(key, .string(StringValue(added)))
        }
        context.changed(key, KeyspaceEvent("append", .string))
        context.reply.integer(byteCount)
    }

    static func strlen(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let entry = context.find(KeyName(arguments[1])) else {
            return context.reply.integer(0)
        }
        context.reply.integer(try string(of: entry).byteCount)
    }

    static func substr(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try getrange(context, arguments)
    }

    static func getrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let start = try context.integer(arguments[2])
        let end = try context.integer(arguments[3])
        guard let entry = context.find(KeyName(arguments[1])) else {
            return context.reply.bulk("")
        }
        let string = try string(of: entry)
        guard let range = ByteRange(start, end, byteCount: string.byteCount) else {
            return context.reply.bulk("")
        }
        string.withBytes { bytes in
            context.reply.bulk(
                UnsafeRawBufferPointer(rebasing: bytes[range.first...range.last]))
        }
    }

    static func setrange(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let offset = try context.integer(arguments[2])
        guard offset >= 0 else { throw ReplyError("ERR offset is out of range") }
        let key = KeyName(arguments[1])
        let bytes = arguments[3]
        let entry = context.findForWriting(key)
        let existing = try entry.map { (entry) throws(ReplyError) in try string(of: entry) }
        guard !bytes.isEmpty else { return context.reply.integer(existing?.byteCount ?? 0) }
        let (end, overflows) = offset.addingReportingOverflow(bytes.count)
        try checkSize(overflows ? .max : end, context)
        let changed = entry ?? context.insert(key, .string(.raw([])))
        changed.changeString { string in
            string.extend(toCount: end)
            string.withUnsafeMutableBytes { $0[offset..<end].copyBytes(from: bytes) }
        }
        context.changed(key, KeyspaceEvent("setrange", .string))
        context.reply.integer(max(existing?.byteCount ?? 0, end))
    }

    /// The string that the entry holds.
    static func string(of entry: KeyEntry) throws(ReplyError) -> StringValue {
        guard case .string(let string) = entry.value else { throw .wrongType }
        return string
    }

    static func checkSize(_ byteCount: Int, _ context: KeyContext) throws(ReplyError) {
        guard byteCount <= context.keyspace.stringByteCountMax else {
            throw ReplyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
        }
    }
}

extension [UInt8] {
    /// Appends zeros up to a length.
    mutating func extend(toCount count: Int) {
        if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
    }
}

/// A range of bytes as GETRANGE and BITCOUNT give it: both ends belong to it, and negative ones
/// count from the end.
struct ByteRange {
    let first: Int
    let last: Int

    /// - Parameter checksOrder: whether two bounds from the end in the wrong order are an empty
    ///   range, wherever that end is. BITPOS alone does not look.
    /// - Returns: nil if there is nothing in it.
    init?(_ start: Int, _ end: Int, byteCount: Int, checksOrder: Bool = true) {
        if checksOrder, start < 0, end < 0, start > end { return nil }
        let first = max(start < 0 ? start + byteCount : start, 0)
        let last = min(max(end < 0 ? end + byteCount : end, 0), byteCount - 1)
        guard first <= last else { return nil }
        self.first = first
        self.last = last
    }
}
