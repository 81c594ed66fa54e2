// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

/// An entry as a consumer of a group gets it.
struct GroupEntry: Sendable {
    struct Field: Sendable {
        let name: [UInt8]
        let value: [UInt8]
    }

    let id: EntryID
    let fields: [Field]
    /// How often it was delivered, this time included.
    let attempt: Int

    /// The entries in a reply to XREADGROUP with CLAIM, for one stream.
    static func entries(of reply: KeyReply) -> [GroupEntry] {
        var reply = reply.cursor
        guard let streamCount = reply.arrayHeader() else { return [] }
        precondition(streamCount == 1)
        _ = reply.arrayHeader()
        _ = reply.bulk()
        return (0..<(reply.arrayHeader() ?? 0)).map { _ in
            _ = reply.arrayHeader()
            let id = EntryID(reply.bulk()!)
            let fields = (0..<reply.arrayHeader()! / 2).map { _ in
                Field(name: reply.bulk()!, value: reply.bulk()!)
            }
            // How long it was pending, and how often it was delivered before.
            _ = reply.integer()
            return GroupEntry(id: id, fields: fields, attempt: reply.integer() + 1)
        }
    }
}
