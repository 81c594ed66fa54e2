// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// Which arguments of a command are keys, or names that belong to a slot as keys do, and what
/// the command does to them. Keys stand in one run, with a fixed distance between two.
package struct KeySpecification: Sendable {
    /// By Redis's names (COMMAND INFO, key specifications).
    package enum Flag: String, Sendable {
        case readWrite = "RW"
        case readOnly = "RO"
        case overwrite = "OW"
        case remove = "RM"
        case access
        case update
        case insert
        case delete
        /// A name that is routed as a key is, but none: a shard channel.
        case notKey = "not_key"
        case incomplete
        case variableFlags = "variable_flags"
    }

    package let flags: [Flag]
    /// The index of the first key; 0 is the command's name.
    package let first: Int
    /// The last key, counted from the first; negative: from the end, where -1 is the last argument.
    package let lastOffset: Int
    package let step: Int

    package init(_ flags: [Flag], first: Int, lastOffset: Int = 0, step: Int = 1) {
        self.flags = flags
        self.first = first
        self.lastOffset = lastOffset
        self.step = step
    }

    var isKey: Bool { !flags.contains(.notKey) }

    /// The index of the last key as COMMAND shows it: negative ones count from the end.
    var last: Int { lastOffset < 0 ? lastOffset : first + lastOffset }

    /// Where the keys of a request with so many arguments stand.
    func indices(argumentCount: Int) -> StrideThrough<Int> {
        stride(from: first, through: last < 0 ? argumentCount + last : last, by: step)
    }
}
