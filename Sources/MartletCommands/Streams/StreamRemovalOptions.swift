// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// The options of XDELEX and XACKDEL: `[KEEPREF | DELREF | ACKED] IDS numids id …`.
struct StreamRemovalOptions {
    private(set) var policy = Stream.ReferencePolicy.keep
    private(set) var ids = 0..<0

    // What is replied for each ID.
    static let noSuchID = -1
    static let removed = 1
    static let stillReferenced = 2

    init(_ arguments: Arguments, from start: Int) throws(ReplyError) {
        var chosen: Stream.ReferencePolicy?
        var hasIDs = false
        var index = start
        while index < arguments.count {
            if chosen == nil, let policy = Stream.ReferencePolicy(arguments[index]) {
                chosen = policy
                index += 1
            } else if arguments[index].isWord("ids"), index + 1 < arguments.count {
                guard let count = Int(strictDecimal: arguments[index + 1]), count >= 1 else {
                    throw ReplyError("ERR Number of IDs must be a positive integer")
                }
                guard count <= arguments.count - index - 2 else {
                    throw ReplyError(
                        "ERR The `numids` parameter must match the number of arguments")
                }
                ids = (index + 2)..<(index + 2 + count)
                hasIDs = true
                index = ids.upperBound
            } else {
                throw .syntax
            }
        }
        guard hasIDs else { throw ReplyError("ERR IDS option is required") }
        policy = chosen ?? .keep
    }
}
