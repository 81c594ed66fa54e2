// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The values of all settings, typed, each with its default.
///
/// What a setting is called outside, which values it takes and whether `CONFIG SET` may change
/// it stands in one row of ``Setting/all``; the default is the initial value of the property
/// here, and nowhere else.
///
/// A copy costs a few reference counts: with the defaults only `bind` is on the heap.
package struct Configuration: Sendable, Equatable {
    // MARK: Network

    package var port = 6379
    /// As written; ``listenAddresses`` has the meaning of each.
    package var bind = ["*", "-::*"]
    package var tcpBacklog = 511
    /// In seconds; 0 means off.
    package var tcpKeepalive = 300
    /// A path; empty means none.
    package var unixsocket = ""
    /// Permission bits; 0 leaves them to the umask.
    package var unixsocketperm = 0
    package var protectedMode = true
    /// 0 means as many as there are active cores.
    package var ioThreads = 0

    // MARK: Clients

    package var maxclients = 10_000
    /// In seconds; 0 means never.
    package var timeout = 0
    /// Any bytes; empty means that no password is asked for.
    package var requirepass: [UInt8] = []
    package var clientOutputBufferLimits = OutputBufferLimits()
    /// In bytes.
    package var clientQueryBufferLimit = 1 << 30
    /// In bytes.
    package var protoMaxBulkLen = 512 << 20
    /// In bytes.
    package var mailboxLimit = 64 << 20

    // MARK: Keys

    /// In bytes; 0 means no limit.
    package var maxmemory = 0
    package var notifyKeyspaceEvents: KeyspaceEventClasses = []
    /// In bytes; 0 means no limit.
    package var streamNodeMaxBytes = 4096
    /// 0 means no limit.
    package var streamNodeMaxEntries = 100
    /// In milliseconds; 0 means never.
    package var busyReplyThreshold = 5000
    /// A number of entries, or negative for a size by Redis's table.
    package var listMaxListpackSize = -2
    package var hashMaxListpackEntries = 512
    /// In bytes.
    package var hashMaxListpackValue = 64
    package var setMaxIntsetEntries = 512
    package var setMaxListpackEntries = 128
    /// In bytes.
    package var setMaxListpackValue = 64
    package var zsetMaxListpackEntries = 128
    /// In bytes.
    package var zsetMaxListpackValue = 64

    // MARK: Server

    package var databases = 16
    /// Once it is there, the process's directory; stated as an absolute path by the owner of the
    /// configuration. The default is created when the log is first written to, and is never the
    /// process's directory.
    package var dir = defaultDirectory
    package static let defaultDirectory = "./martlet-data"
    /// In seconds.
    package var shutdownTimeout = 10
    package var pidfile = ""
    package var loglevel = LogLevel.notice
    /// A path; empty means standard output.
    package var logfile = ""
    package var enableProtectedConfigs = ProtectedAction.no
    package var enableDebugCommand = ProtectedAction.no

    // MARK: The log

    package var appendonly = true
    package var appendfsync = AppendFsync.everysec
    /// Within `dir`.
    package var appenddirname = "appendonlydir"
    /// What the names of the log's files begin with.
    package var appendfilename = "appendonly.aof"
    /// In percent of the size after the last rewrite; 0 means never.
    package var autoAofRewritePercentage = 100
    /// In bytes.
    package var autoAofRewriteMinSize = 64 << 20
    package var aofLoadTruncated = true
    /// In bytes.
    package var appendMemoryLimit = 256 << 20

    // MARK: Slow log

    /// In microseconds; 0 logs every command and -1 none.
    package var slowlogLogSlowerThan = 10_000
    /// In entries.
    package var slowlogMaxLen = 128

    package init() {}
}

/// The values of `loglevel`.
package enum LogLevel: String, Sendable, CaseIterable {
    case debug, verbose, notice, warning, nothing
}

/// The values of `appendfsync`.
package enum AppendFsync: String, Sendable, CaseIterable {
    case always, everysec, no
}

/// The values of `enable-protected-configs` and `enable-debug-command`.
package enum ProtectedAction: String, Sendable, CaseIterable {
    case no, yes, local

    /// Whether a client may take the protected action; `local` is a connection over loopback or
    /// a Unix socket.
    package func isAllowed(toLocalClient isLocal: Bool) -> Bool {
        self == .yes || (self == .local && isLocal)
    }
}
