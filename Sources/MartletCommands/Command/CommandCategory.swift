// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The categories of commands (ACL CAT, COMMAND INFO), in the order in which Redis lists them.
package enum CommandCategory: String, Sendable, CaseIterable {
    case keyspace, read, write, set
    case sortedSet = "sortedset"
    case list, hash, string, bitmap
    case hyperLogLog = "hyperloglog"
    case geo, stream
    case pubSub = "pubsub"
    case admin, fast, slow, blocking, dangerous, connection, transaction, scripting
}

extension CommandDescriptor {
    /// The categories that follow from the flags, as in Redis's `setImplicitACLCategories`, and
    /// those that the description adds.
    package var allCategories: [CommandCategory] {
        var found = Set(categories)
        if flags.contains(.write) { found.insert(.write) }
        if flags.contains(.readOnly), group != .scripting { found.insert(.read) }
        if flags.contains(.admin) { found.formUnion([.admin, .dangerous]) }
        if flags.contains(.pubSub) { found.insert(.pubSub) }
        if flags.contains(.blocking) { found.insert(.blocking) }
        found.insert(flags.contains(.fast) ? .fast : .slow)
        // A container does nothing by itself.
        if isExecutable, let implied = group.category { found.insert(implied) }
        return CommandCategory.allCases.filter(found.contains)
    }
}

extension CommandGroup {
    /// The category to which the commands of the group belong, where all of them do. Of the
    /// Pub/Sub group PUBSUB HELP does not: there the category follows from the flag.
    fileprivate var category: CommandCategory? {
        switch self {
        case .connection: .connection
        case .transactions: .transaction
        case .scripting: .scripting
        default: nil
        }
    }
}
