// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// What a command is: how it is called, what it may do, and what runs it. The one description
/// feeds dispatch, arity errors, COMMAND, COMMAND DOCS and the ACL categories, and stands beside
/// its handler.
package struct CommandDescriptor: Sendable {
    /// Executes the command for a session, and writes its reply.
    package typealias Handler = @Sendable (Session, Arguments) throws(ReplyError) -> Void

    /// In lower case, without the container's name.
    package let name: String
    /// The number of arguments with the name; negative: at the least so many.
    package let arity: Int
    package let flags: CommandFlags
    package let group: CommandGroup
    /// The Redis version that had it first.
    package let since: String
    package let summary: String
    package let complexity: String
    /// What later versions of Redis changed, as COMMAND DOCS tells it.
    package var history: [(since: String, change: String)] = []
    /// Beyond the categories that follow from the flags and the group.
    package var categories: [String] = []
    package var keys: KeyPositions = .none
    package var tips: [String] = []
    package var arguments: [ArgumentDescription] = []
    package var subcommands: [CommandDescriptor] = []
    /// Nil for a container, which does nothing without a subcommand.
    package var handler: Handler?

    package init(
        _ name: String, arity: Int, flags: CommandFlags = [], group: CommandGroup,
        since: String, summary: String, complexity: String = "O(1)",
        history: [(since: String, change: String)] = [], categories: [String] = [],
        keys: KeyPositions = .none, tips: [String] = [],
        arguments: [ArgumentDescription] = [], subcommands: [CommandDescriptor] = [],
        handler: Handler? = nil
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.group = group
        self.since = since
        self.summary = summary
        self.complexity = complexity
        self.history = history
        self.categories = categories
        self.keys = keys
        self.tips = tips
        self.arguments = arguments
        self.subcommands = subcommands
        self.handler = handler
    }
}

/// What a command may do, by Redis's names (COMMAND INFO).
package struct CommandFlags: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    static let write = CommandFlags(rawValue: 1 << 0)
    static let readOnly = CommandFlags(rawValue: 1 << 1)
    static let denyOutOfMemory = CommandFlags(rawValue: 1 << 2)
    static let admin = CommandFlags(rawValue: 1 << 3)
    static let pubSub = CommandFlags(rawValue: 1 << 4)
    static let noScript = CommandFlags(rawValue: 1 << 5)
    static let blocking = CommandFlags(rawValue: 1 << 6)
    static let loading = CommandFlags(rawValue: 1 << 7)
    static let stale = CommandFlags(rawValue: 1 << 8)
    static let skipMonitor = CommandFlags(rawValue: 1 << 9)
    static let skipSlowlog = CommandFlags(rawValue: 1 << 10)
    static let asking = CommandFlags(rawValue: 1 << 11)
    static let fast = CommandFlags(rawValue: 1 << 12)
    static let noAuthentication = CommandFlags(rawValue: 1 << 13)
    static let mayReplicate = CommandFlags(rawValue: 1 << 14)
    static let sentinel = CommandFlags(rawValue: 1 << 15)
    static let onlySentinel = CommandFlags(rawValue: 1 << 16)
    static let noMandatoryKeys = CommandFlags(rawValue: 1 << 17)
    static let protected = CommandFlags(rawValue: 1 << 18)
    static let moduleGetKeys = CommandFlags(rawValue: 1 << 19)
    static let noMulti = CommandFlags(rawValue: 1 << 20)
    static let movableKeys = CommandFlags(rawValue: 1 << 21)
    static let allowBusy = CommandFlags(rawValue: 1 << 22)
    static let noAsyncLoading = CommandFlags(rawValue: 1 << 23)
    static let dangerous = CommandFlags(rawValue: 1 << 24)

    // Martlet's own, not shown by COMMAND.

    /// Allowed for a RESP2 client that subscribes.
    static let allowedWhileSubscribed = CommandFlags(rawValue: 1 << 27)
    /// Executed at once inside MULTI, not queued.
    static let transactional = CommandFlags(rawValue: 1 << 28)
    /// May deliver messages to the client itself, which come behind its reply.
    static let publishes = CommandFlags(rawValue: 1 << 29)
    /// Goes on during CLIENT PAUSE.
    static let ignoresPause = CommandFlags(rawValue: 1 << 30)
}

/// The groups of COMMAND DOCS.
package enum CommandGroup: String, Sendable {
    case generic
    case string
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

/// Where the keys stand among the arguments: the first, the last (negative: from the end) and
/// the distance between two.
package struct KeyPositions: Sendable {
    package let first: Int
    package let last: Int
    package let step: Int

    package static let none = KeyPositions(first: 0, last: 0, step: 0)

    package init(first: Int, last: Int, step: Int) {
        self.first = first
        self.last = last
        self.step = step
    }
}

/// An argument as COMMAND DOCS describes it; redis-cli makes its hints from this.
package struct ArgumentDescription: Sendable {
    package enum Kind: String, Sendable {
        case string, integer, double, key, pattern, unixTime = "unix-time"
        case pureToken = "pure-token", oneof, block
    }

    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        static let optional = Flags(rawValue: 1)
        static let multiple = Flags(rawValue: 2)
        static let multipleToken = Flags(rawValue: 4)
    }

    package let name: String
    package let kind: Kind
    package var token: String?
    package var flags: Flags
    package var since: String?
    package var arguments: [ArgumentDescription]

    package init(
        _ name: String, _ kind: Kind, token: String? = nil, _ flags: Flags = [],
        since: String? = nil, _ arguments: [ArgumentDescription] = []
    ) {
        self.name = name
        self.kind = kind
        self.token = token
        self.flags = flags
        self.since = since
        self.arguments = arguments
    }
}
