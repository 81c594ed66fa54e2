// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A session is bytes in, bytes out
//
//   bytes ─▶ receive ─▶ RequestParser ─▶ execute ─▶ handler ─▶ ReplyWriter ─▶ Outlet.queue
//
// It knows nothing of sockets: a test feeds it bytes and reads its outlet's queue. Requests are
// executed one after the other, and the replies of one call of `receive` are handed to the
// outlet at its end, as one run of bytes.
//
// A session may be parked, while CLIENT PAUSE or a slow answer holds it up: it executes nothing
// then, what has arrived stays with the caller, and the owner is told when to go on.

import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// What a session needs of the connection that it serves.
package protocol SessionOwner: OutletOwner {
    /// Offers the session again what it has not taken: it is no longer parked.
    func resume()
}

/// One client: its state, and the execution of what it asks for. Confined to its shard.
package final class Session {
    package let context: ShardContext
    package unowned(unsafe) var owner: (any SessionOwner)?
    package let outlet: Outlet
    package let record: ClientRecord
    /// Whether the client came over loopback or a Unix socket.
    package let isLocal: Bool

    @exclusivity(unchecked) private var parser = RequestParser()
    /// Whether the client may do without a password from now on: it gave the right one, or none
    /// was asked for when it came.
    @exclusivity(unchecked) var isAuthenticated: Bool
    @exclusivity(unchecked) var transaction: Transaction?
    /// Since WATCH, until EXEC, DISCARD or UNWATCH. Its content belongs to the keyspace.
    var watch: KeyWatch?
    /// While it waits for keys.
    var blocked: KeyWaiter?
    /// Counts the replies that came later, see `PendingReply`.
    var replyCount = 0
    /// The one that is awaited.
    var pendingReplyNumber: Int?
    /// Since MONITOR. Lines come only while CLIENT REPLY does not hold replies back.
    @exclusivity(unchecked) private(set) var isMonitor = false
    @exclusivity(unchecked) private(set) var replyMode = ReplyMode.on
    @exclusivity(unchecked) private var parked = false
    @exclusivity(unchecked) private var ending = false
    private(set) var hasEnded = false
    /// Whether the command under way is one of a transaction.
    @exclusivity(unchecked) package internal(set) var isInsideExec = false
    /// What the command of a transaction that just ran left to do where it may take long.
    @exclusivity(unchecked) var interruption: (@Sendable () -> LateReply)?
    /// Whether a transaction is interrupted for that.
    @exclusivity(unchecked) var isTransactionInterrupted = false
    /// Set by the handlers of AUTH, HELLO and CONFIG SET: arguments that MONITOR and SLOWLOG
    /// show as `(redacted)`.
    @exclusivity(unchecked) var redactedArguments: [Int] = []

    /// CLIENT REPLY.
    enum ReplyMode: Sendable {
        case on
        case off
        /// SKIP was called, and applies to the next command.
        case skipNext
        case skip
    }

    package var isParked: Bool { parked }

    /// Once set, nothing more is executed; the connection ends when what is queued has been sent.
    package var isEnding: Bool { ending }

    /// - Parameter isAuthenticated: whether no password was asked for when the client came.
    package init(
        context: ShardContext, outlet: Outlet, record: ClientRecord, isLocal: Bool,
        isAuthenticated: Bool
    ) {
        self.context = context
        self.outlet = outlet
        self.record = record
        self.isLocal = isLocal
        self.isAuthenticated = isAuthenticated
        context.insert(self)
    }

    /// Ends the session: its subscriptions go, and what it has queued is dropped. Does nothing
    /// the second time.
    package func end() {
        guard !hasEnded else { return }
        hasEnded = true
        ending = true
        transaction = nil
        unwatchSoon()
        abandonWait()
        broker.unsubscribeFromAll(outlet)
        outlet.close()
        context.remove(self)
    }

    var broker: Broker { context.broker }
    package var server: ServerContext { context.server }
    var keyContext: KeyContext { context.keyContext }
    /// SELECT.
    package var selectedDatabase: Int { record.database.load(ordering: .relaxed) }
    package var reply: ReplyWriter { context.reply }

    // MARK: Receiving

    /// How many bytes the request under way has at the least; see `RequestParser`.
    package var knownRequestByteCount: Int { parser.knownByteCount }

    /// Executes the requests in `bytes`, which continue what earlier calls have not taken.
    ///
    /// - Returns: how many bytes were taken. The rest, the beginning of a request or what a
    ///   parked session left, is to be offered again in front of what comes next.
    package func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        reply.version = outlet.version
        context.commandBegan = context.clock.monotonic()
        record.lastInteraction.store(context.now / 1_000_000, ordering: .relaxed)
        receiving: while offset < bytes.count, !parked, !ending {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            switch parser.parse(rest, into: context.scratch, limits: limits) {
            case .request(let byteCount, let inline):
                let arguments = context.scratch.arguments(of: rest, inline: inline)
                guard process(arguments) else { break receiving }
                offset += byteCount
            case .nothing(let byteCount):
                offset += byteCount
            case .incomplete:
                break receiving
            case .failed(let error):
                refuse(error)
                offset = bytes.count
            }
        }
        context.endRun()
        commitReplies()
        context.endRunOnKeys(self)
        return offset
    }

    private var limits: ParserLimits {
        ParserLimits(
            bulkByteCountMax: context.bulkByteCountMax,
            isAuthenticationRequired: isAuthenticationRequired)
    }

    /// What a transaction has queued, in bytes.
    package var queuedByteCount: Int { transaction?.byteCount ?? 0 }

    /// A password that is taken away is asked of nobody; one that is set, of new clients only.
    package var isAuthenticationRequired: Bool { !isAuthenticated && context.asksForPassword }

    private func refuse(_ error: ProtocolError) {
        server.host?.log(
            .verbose, "Protocol error (\(error.message)) from client: \(record.address)")
        replyError(ReplyError(bytes: Array("ERR ".utf8) + error.messageBytes))
        endAfterReplies()
    }

    // MARK: Replying

    /// Hands what the writer holds to the outlet.
    func commitReplies() {
        guard !reply.isEmpty else { return }
        if dropsReplies || isEnding { return reply.discard() }
        reply.take { outlet.append($0) }
    }

    /// Writes out-of-band data, which CLIENT REPLY OFF does not hold back.
    func writePush(_ body: () -> Void) {
        guard dropsReplies else { return body() }
        reply.discard()
        body()
        reply.take { outlet.append($0) }
    }

    /// Whether CLIENT REPLY holds back what is replied.
    var dropsReplies: Bool { replyMode == .off || replyMode == .skip }

    /// Writes a reply that comes late, under the reply mode that its command had.
    func writeReply(inMode mode: ReplyMode, _ body: () -> Void) {
        let currentMode = replyMode
        replyMode = mode
        reply.version = outlet.version
        body()
        commitReplies()
        replyMode = currentMode
    }

    /// CLIENT REPLY. What has been written so far is treated by the mode there was.
    func setReplyMode(_ mode: ReplyMode) {
        commitReplies()
        replyMode = mode
        applyMonitoring()
    }

    /// MONITOR and its end. Lines come behind what has been written so far.
    func setMonitoring(_ isMonitor: Bool) {
        commitReplies()
        self.isMonitor = isMonitor
        if isMonitor { record.insert(.monitor) } else { record.remove(.monitor) }
        applyMonitoring()
    }

    private func applyMonitoring() {
        if isMonitor, replyMode != .off {
            broker.startMonitoring(outlet)
        } else {
            broker.stopMonitoring(outlet)
        }
    }

    func replyError(_ error: ReplyError) {
        error.message.withUnsafeBytes { reply.error($0) }
        context.shard.statistics.errorReplies.add(1)
        server.errorStatistics.count(error.code)
    }

    /// The client's protocol, in replies and in messages (HELLO).
    func setProtocolVersion(_ version: ProtocolVersion) {
        outlet.version = version
        reply.version = version
        record.protocolVersion.store(Int(version.rawValue), ordering: .relaxed)
    }

    // MARK: Ending and parking

    /// Ends the connection once the replies so far have been sent; later ones are dropped, as
    /// those of the commands behind a CLIENT KILL of itself in EXEC.
    package func endAfterReplies() {
        commitReplies()
        setMonitoring(false)
        ending = true
        record.insert(.closing)
    }

    /// Ends the connection without sending anything more.
    func endWithoutReplies() {
        ending = true
        reply.discard()
        outlet.close()
    }

    func park() {
        parked = true
    }

    /// Goes on with what a parked session left.
    package func unpark() {
        guard isParked else { return }
        parked = false
        owner?.resume()
    }
}

extension ClientRecord {
    func insert(_ flag: ClientFlags) {
        flags.bitwiseOr(flag.rawValue, ordering: .relaxed)
    }

    func remove(_ flag: ClientFlags) {
        flags.bitwiseAnd(~flag.rawValue, ordering: .relaxed)
    }

    /// - Returns: false if the flag was there already.
    func insertIfAbsent(_ flag: ClientFlags) -> Bool {
        flags.bitwiseOr(flag.rawValue, ordering: .relaxed).oldValue & flag.rawValue == 0
    }

    func has(_ flag: ClientFlags) -> Bool {
        flags.load(ordering: .relaxed) & flag.rawValue != 0
    }
}
