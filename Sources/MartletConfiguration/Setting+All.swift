// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension Setting {
    /// Every setting, in the order in which it is shown.
    package static let all =
        network + clients + keys + packing + log + server + slowLog + fixedFacts

    static let network = [
        Setting(
            "port", .integer(\.port, 0...65535), .mutable, applying: .listenOnPort,
            "The TCP port; 0 means none."),
        Setting(
            "bind", .addresses(\.bind, countMax: 16), .mutable, applying: .bindAddresses,
            "The addresses to listen on; `*` is every IPv4 and `::*` every IPv6 interface, and "
                + "one with `-` in front may be missing."),
        Setting(
            "tcp-backlog", .integer(\.tcpBacklog, 0...cIntMax), .immutable,
            "How many connections may wait to be accepted; the kernel's somaxconn caps it."),
        Setting(
            "tcp-keepalive", .integer(\.tcpKeepalive, 0...cIntMax), in: .seconds, .mutable,
            "After how long a silent connection is probed; 0 means never."),
        Setting(
            "unixsocket", .text(\.unixsocket, .lineDropped), .immutable,
            "The path of a Unix socket to listen on besides; empty means none."),
        Setting(
            "unixsocketperm", .octal(\.unixsocketperm, 0...0o777), .immutable,
            "The permissions of the Unix socket, in octal; 0 leaves them to the umask."),
        Setting(
            "protected-mode", .yesNo(\.protectedMode), .mutable,
            "Whether clients from other hosts are refused while there is no password."),
        Setting(
            "io-threads", .integer(\.ioThreads, 0...128), in: .threads, .immutable,
            "The number of event loops; 0 means one for every two active cores. In Redis the "
                + "default is 1 and only reading and writing is divided."),
    ]

    static let clients = [
        Setting(
            "maxclients", .integer(\.maxclients, 1...cUIntMax), in: .clients, .mutable,
            applying: .raiseDescriptorLimit,
            "How many clients may be connected at a time."),
        Setting(
            "timeout", .integer(\.timeout, 0...cIntMax), in: .seconds, .mutable,
            "After how long an idle client is closed, unless it subscribes; 0 means never."),
        Setting(
            "requirepass", .bytes(\.requirepass), .mutable, isSensitive: true,
            "The password of the default user; empty means none."),
        Setting(
            "client-output-buffer-limit", .outputBufferLimits(\.clientOutputBufferLimits),
            in: .bytes, .mutable, isRepeatable: true,
            "For each class of clients (normal, replica, pubsub) how much may be queued for one "
                + "before it is closed: hard limit, soft limit, seconds over the soft limit."),
        Setting(
            "client-query-buffer-limit",
            .memory(\.clientQueryBufferLimit, (1 << 20)...Int.max), in: .bytes, .mutable,
            "How much a client may send that is not executed yet."),
        Setting(
            "proto-max-bulk-len", .memory(\.protoMaxBulkLen, (1 << 20)...Int.max),
            in: .bytes, .mutable,
            "The longest argument of a command."),
        Setting(
            "mailbox-limit", .memory(\.mailboxLimit, (1 << 20)...Int.max), in: .bytes, .mutable,
            "How much may be queued for an event loop by the others before their publishers "
                + "are no longer read. Redis has no such setting."),
    ]

    static let keys = [
        Setting(
            "maxmemory", .memory(\.maxmemory, 0...Int.max), in: .bytes, .mutable,
            "How much memory may be used before commands that need more are refused; 0 means "
                + "any."),
        Setting(
            "notify-keyspace-events", .eventClasses(\.notifyKeyspaceEvents), .mutable,
            "Which changes of keys are published, by Redis's letters; empty means none."),
        Setting(
            "stream-node-max-bytes", .memory(\.streamNodeMaxBytes, 0...Int.max), in: .bytes,
            .mutable,
            "How large a block of a stream's entries grows before the next one begins; 0 means "
                + "any size, which is 64 KB."),
        Setting(
            "stream-node-max-entries", .integer(\.streamNodeMaxEntries, 0...Int.max), .mutable,
            "How many entries a block of a stream has before the next one begins; 0 means any "
                + "number."),
        Setting(
            "busy-reply-threshold", .integer(\.busyReplyThreshold, 0...Int.max),
            in: .milliseconds, .mutable,
            "How long a script runs before commands on keys are answered with BUSY and it may "
                + "be ended; 0 means never."),
        Setting(
            "lua-time-limit", .integer(\.busyReplyThreshold, 0...Int.max), in: .milliseconds,
            .mutable, "The earlier name of `busy-reply-threshold`."),
    ]

    static let packing = [
        Setting(
            "list-max-listpack-size", alias: "list-max-ziplist-size",
            .integer(\.listMaxListpackSize, cIntMin...cIntMax), .mutable,
            "How large a block of a list grows before the next one begins: a number of entries "
                + "(within 8 KB), or -1 to -5 for 4, 8, 16, 32 or 64 KB."),
        Setting(
            "hash-max-listpack-entries", alias: "hash-max-ziplist-entries",
            .integer(\.hashMaxListpackEntries, 0...Int.max), .mutable,
            "How many fields a hash has before it becomes a table."),
        Setting(
            "hash-max-listpack-value", alias: "hash-max-ziplist-value",
            .memory(\.hashMaxListpackValue, 0...Int.max), in: .bytes, .mutable,
            "How long a hash's field or value is before the hash becomes a table."),
        Setting(
            "set-max-intset-entries", .integer(\.setMaxIntsetEntries, 0...Int.max), .mutable,
            "How many members a set of numbers has before it becomes a table."),
        Setting(
            "set-max-listpack-entries", .integer(\.setMaxListpackEntries, 0...Int.max), .mutable,
            "How many members another set has before it becomes a table."),
        Setting(
            "set-max-listpack-value", .memory(\.setMaxListpackValue, 0...Int.max), in: .bytes,
            .mutable, "How long a set's member is before the set becomes a table."),
        Setting(
            "zset-max-listpack-entries", alias: "zset-max-ziplist-entries",
            .integer(\.zsetMaxListpackEntries, 0...Int.max), .mutable,
            "How many members a sorted set has before it becomes a table and a tree."),
        Setting(
            "zset-max-listpack-value", alias: "zset-max-ziplist-value",
            .memory(\.zsetMaxListpackValue, 0...Int.max), in: .bytes, .mutable,
            "How long a sorted set's member is before the set becomes a table and a tree."),
    ]

    static let log = [
        Setting(
            "appendonly", .yesNo(\.appendonly), .mutable, applying: .switchLog,
            "Whether changes of keys are kept in a log on disk. It writes nothing before the "
                + "first key is written."),
        Setting(
            "appendfsync", .choice(Choice(\.appendfsync)), .mutable,
            "When the log is synced: always before a reply leaves, everysec, or no, which leaves "
                + "it to the system. A reply leaves when its record was written in any case."),
        Setting(
            "appenddirname", .text(\.appenddirname, .lineKept), .immutable,
            "The directory of the log's files within dir."),
        Setting(
            "appendfilename", .text(\.appendfilename, .lineKept), .immutable,
            "What the names of the log's files begin with."),
        Setting(
            "auto-aof-rewrite-percentage",
            .integer(\.autoAofRewritePercentage, 0...cIntMax), in: .percent, .mutable,
            "By how much the log grows before it is rewritten by itself; 0 means never."),
        Setting(
            "auto-aof-rewrite-min-size", .memory(\.autoAofRewriteMinSize, 0...Int.max),
            in: .bytes, .mutable,
            "The size below which the log is not rewritten by itself."),
        Setting(
            "aof-load-truncated", .yesNo(\.aofLoadTruncated), .mutable,
            "Whether a log whose end is torn is loaded up to there and cut; if not, the start is "
                + "refused."),
        Setting(
            "appendonly-memory-limit", .memory(\.appendMemoryLimit, (4 << 20)...Int.max),
            in: .bytes, .mutable,
            "How much of the log may wait in memory for the disk before writes are refused. "
                + "Redis has no such setting."),
    ]

    static let server = [
        Setting(
            "databases", .integer(\.databases, 1...cIntMax), .immutable,
            "How many databases SELECT may choose from."),
        Setting(
            "dir", .text(\.dir, .lineKept), .protected, applying: .changeDirectory,
            "The directory of the log, and the working directory unless it is the default, which "
                + "is created when the first key is written."),
        Setting(
            "pidfile", .text(\.pidfile, .lineDropped), .immutable,
            "The file that holds the process id while the server runs; empty means none."),
        Setting(
            "shutdown-timeout", .integer(\.shutdownTimeout, 0...cIntMax), in: .seconds, .mutable,
            "How long an ending server waits for clients to take what is queued for them."),
        Setting(
            "loglevel", .choice(Choice(\.loglevel)), .mutable,
            "The least severe event that is logged: debug, verbose, notice, warning or nothing."),
        Setting(
            "logfile", .text(\.logfile, .lineKept), .immutable,
            "The file to log to; empty means standard output."),
        Setting(
            "enable-protected-configs", .choice(Choice(\.enableProtectedConfigs)), .immutable,
            "Whether CONFIG SET may change protected settings: no, yes, or local for clients of "
                + "the same host."),
        Setting(
            "enable-debug-command", .choice(Choice(\.enableDebugCommand)), .immutable,
            "Whether DEBUG may be called: no, yes, or local for clients of the same host."),
    ]

    static let slowLog = [
        Setting(
            "slowlog-log-slower-than", .integer(\.slowlogLogSlowerThan, -1...Int.max),
            in: .microseconds, .mutable,
            "From which duration a command is put into the slow log; 0 means every one, "
                + "-1 none."),
        Setting(
            "slowlog-max-len", .integer(\.slowlogMaxLen, 0...Int.max), in: .entries, .mutable,
            "How many commands the slow log holds."),
    ]

    static let fixedFacts = [
        Setting(
            "maxmemory-policy",
            .fixed(
                FixedFact(
                    value: "noeviction", syntax: .word,
                    refusal: "Martlet evicts nothing and accepts only 'noeviction' here")),
            .mutable,
            "Always noeviction: with maxmemory reached, what needs more is refused."),
        Setting(
            "list-compress-depth",
            .fixed(
                FixedFact(
                    value: "0", syntax: .word,
                    refusal: "Martlet does not compress lists and accepts only 0 here")),
            .mutable,
            "Always 0: the blocks of a list are not compressed."),
        Setting(
            "daemonize",
            .fixed(
                FixedFact(
                    value: "no", syntax: .yesNo,
                    refusal: "Martlet stays in the foreground and accepts only 'no' here; "
                        + "let a service manager run it")),
            .immutable,
            "Always no: the server stays in the foreground."),
        Setting(
            "save",
            .fixed(
                FixedFact(
                    value: "", syntax: .savePoints,
                    refusal: "Martlet writes no snapshots and accepts only \"\" here")),
            .mutable,
            "Always empty: there are no snapshots."),
        Setting(
            "aof-use-rdb-preamble",
            .fixed(
                FixedFact(
                    value: "no", syntax: .yesNo,
                    refusal: "Martlet writes commands only and accepts only 'no' here")),
            .mutable,
            "Always no: a rewritten log consists of commands."),
    ]

    /// The bounds of C's types where Redis's own bounds, and so its error texts, follow them.
    private static let cIntMin = Int(Int32.min)
    private static let cIntMax = Int(Int32.max)
    private static let cUIntMax = Int(UInt32.max)
}

extension Setting {
    /// The setting of this name. Case does not count.
    package static func named(_ name: [UInt8]) -> Setting? {
        byName[String(decoding: name.asciiLowercased, as: UTF8.self)]
    }

    private static let byName = Dictionary(
        uniqueKeysWithValues: all.flatMap { setting in setting.names.map { ($0, setting) } })
}
