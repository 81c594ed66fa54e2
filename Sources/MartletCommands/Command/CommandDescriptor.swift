// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// What a command is: how it is called, what it may do, and what runs it. The one description
/// feeds dispatch, arity errors, COMMAND, COMMAND DOCS and the ACL categories, and stands beside
/// its handler.
package struct CommandDescriptor: Sendable {
    /// Executes the command for a session, and writes its reply.
    package typealias Handler = @Sendable (Session, Arguments) throws(ReplyError) -> Void
    /// Executes a command on keys, wherever the keyspace is held, and writes its reply.
    package typealias KeyHandler = @Sendable (KeyContext, Arguments) throws(ReplyError) -> Void

    /// In lower case, without the container's name.
    package let name: String
    /// The number of arguments with the name; negative: at the least so many.
    package let arity: Int
    package let flags: CommandFlags
    package let group: CommandGroup
    /// The Redis version that had it first.
    package let since: String
    package let summary: String
    package let complexity: String?
    package var documentation: DocumentationFlags = []
    package var deprecation: Deprecation?
    /// What later versions of Redis changed, as COMMAND DOCS tells it.
    package var history: [(since: String, change: String)] = []
    /// Beyond the categories that follow from the flags and the group.
    package var categories: [CommandCategory] = []
    package var keys: [KeySpecification] = []
    package var tips: [String] = []
    package var arguments: [ArgumentDescription] = []
    package var subcommands: [CommandDescriptor] = []
    /// What runs it, if it concerns the session.
    package var handler: Handler?
    /// What runs it, if it works on keys alone. A container, which does nothing without a
    /// subcommand, has neither.
    package var keyHandler: KeyHandler?

    package init(
        _ name: String, arity: Int, flags: CommandFlags = [], group: CommandGroup,
        since: String, summary: String, complexity: String? = "O(1)",
        documentation: DocumentationFlags = [], deprecation: Deprecation? = nil,
        history: [(since: String, change: String)] = [], categories: [CommandCategory] = [],
        keys: [KeySpecification] = [], tips: [String] = [],
        arguments: [ArgumentDescription] = [], subcommands: [CommandDescriptor] = [],
        handler: Handler? = nil, keyHandler: KeyHandler? = nil
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.group = group
        self.since = since
        self.summary = summary
        self.complexity = complexity
        self.documentation = documentation
        self.deprecation = deprecation
        self.history = history
        self.categories = categories
        self.keys = keys
        self.tips = tips
        self.arguments = arguments
        self.subcommands = subcommands
        self.handler = handler
        self.keyHandler = keyHandler
    }

    /// False for a container, which does nothing without a subcommand.
    var isExecutable: Bool { handler != nil || keyHandler != nil }
}

/// What a command may do, by Redis's names (COMMAND INFO).
package struct CommandFlags: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static var write: CommandFlags { CommandFlags(rawValue: 1 << 0) }
    package static var readOnly: CommandFlags { CommandFlags(rawValue: 1 << 1) }
    package static var denyOutOfMemory: CommandFlags { CommandFlags(rawValue: 1 << 2) }
    package static var admin: CommandFlags { CommandFlags(rawValue: 1 << 3) }
    package static var pubSub: CommandFlags { CommandFlags(rawValue: 1 << 4) }
    package static var noScript: CommandFlags { CommandFlags(rawValue: 1 << 5) }
    package static var blocking: CommandFlags { CommandFlags(rawValue: 1 << 6) }
    package static var loading: CommandFlags { CommandFlags(rawValue: 1 << 7) }
    package static var stale: CommandFlags { CommandFlags(rawValue: 1 << 8) }
    package static var skipMonitor: CommandFlags { CommandFlags(rawValue: 1 << 9) }
    package static var skipSlowlog: CommandFlags { CommandFlags(rawValue: 1 << 10) }
    package static var asking: CommandFlags { CommandFlags(rawValue: 1 << 11) }
    package static var fast: CommandFlags { CommandFlags(rawValue: 1 << 12) }
    package static var noAuthentication: CommandFlags { CommandFlags(rawValue: 1 << 13) }
    package static var mayReplicate: CommandFlags { CommandFlags(rawValue: 1 << 14) }
    package static var sentinel: CommandFlags { CommandFlags(rawValue: 1 << 15) }
    package static var onlySentinel: CommandFlags { CommandFlags(rawValue: 1 << 16) }
    package static var noMandatoryKeys: CommandFlags { CommandFlags(rawValue: 1 << 17) }
    package static var protected: CommandFlags { CommandFlags(rawValue: 1 << 18) }
    package static var moduleGetKeys: CommandFlags { CommandFlags(rawValue: 1 << 19) }
    package static var noMulti: CommandFlags { CommandFlags(rawValue: 1 << 20) }
    package static var movableKeys: CommandFlags { CommandFlags(rawValue: 1 << 21) }
    package static var allowBusy: CommandFlags { CommandFlags(rawValue: 1 << 22) }
    package static var noAsyncLoading: CommandFlags { CommandFlags(rawValue: 1 << 23) }
    package static var dangerous: CommandFlags { CommandFlags(rawValue: 1 << 24) }

    // Martlet's own, not shown by COMMAND.

    /// Ends a transaction, and needs the keyspace if that has anything to do with keys.
    package static let endsTransaction = CommandFlags(rawValue: 1 << 25)
    /// Needs the keyspace. Every command with a `keyHandler` does.
    package static let keyspace = CommandFlags(rawValue: 1 << 26)
    /// Allowed for a RESP2 client that subscribes.
    package static var allowedWhileSubscribed: CommandFlags { CommandFlags(rawValue: 1 << 27) }
    /// Executed at once inside MULTI, not queued.
    package static var transactional: CommandFlags { CommandFlags(rawValue: 1 << 28) }
    /// May deliver messages to the client itself, which come behind its reply.
    package static var publishes: CommandFlags { CommandFlags(rawValue: 1 << 29) }
}

/// The groups of COMMAND DOCS.
package enum CommandGroup: String, Sendable {
    case generic
    case string
    case bitmap
    case list
    case set
    case sortedSet = "sorted-set"
    case hash
    case pubSub = "pubsub"
    case transactions
    case connection
    case server
    case scripting
    case stream
    case cluster
}

/// Since when a command should not be used, and what to use.
package struct Deprecation: Sendable {
    package let since: String
    package let replacement: String

    package init(since: String, replacement: String) {
        self.since = since
        self.replacement = replacement
    }
}

/// The `doc_flags` of COMMAND DOCS that do not follow from the rest.
package struct DocumentationFlags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Not meant for people.
    package static let systemCommand = DocumentationFlags(rawValue: 1)
}

/// An argument as COMMAND DOCS describes it; redis-cli makes its hints from this.
package struct ArgumentDescription: Sendable {
    package enum Kind: String, Sendable {
        case string, integer, double, key, pattern
        case unixTime = "unix-time"
        case pureToken = "pure-token"
        case oneof, block
    }

    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let optional = Flags(rawValue: 1)
        package static let multiple = Flags(rawValue: 2)
        package static let multipleToken = Flags(rawValue: 4)
    }

    package let name: String
    package let kind: Kind
    package var token: String?
    package var flags: Flags
    package var since: String?
    package var deprecatedSince: String?
    /// What hints show; the name if nil.
    package var displayText: String?
    /// Which of the command's key specifications it belongs to.
    package var keyIndex: Int?
    package var arguments: [ArgumentDescription]

    package init(
        _ name: String, _ kind: Kind, token: String? = nil, _ flags: Flags = [],
        since: String? = nil, deprecatedSince: String? = nil, displayText: String? = nil,
        keyIndex: Int? = nil, _ arguments: [ArgumentDescription] = []
    ) {
        self.name = name
        self.kind = kind
        self.deprecatedSince = deprecatedSince
        self.displayText = displayText
        self.keyIndex = keyIndex
        self.token = token
        self.flags = flags
        self.since = since
        self.arguments = arguments
    }
}
