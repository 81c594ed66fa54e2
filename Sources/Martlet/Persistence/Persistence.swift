// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A broker's log: loaded at the start, told of every change, rewritten beside traffic
//
//   start ──▶ load (slow queue, holding the gate) ──▶ in use ──▶ close
//     │            keys answer LOADING,                 ▲
//     │            Pub/Sub works                        │ CONFIG SET appendonly
//     └─ nothing there to load: in use at once          ▼
//                                                      off
//
import Logging
import MartletCommands
import MartletConfiguration
import MartletCore
import MartletLog
import RESP
import Synchronization

extension AppendLog: EffectSink {
    package var refusalReason: String {
        let status = status
        return status.failure
            ?? (status.isOverMemoryLimit ? "more than appendonly-memory-limit is waiting" : "")
    }
}

package final class Persistence: @unchecked Sendable {
    let context: ServerContext
    let logger: Logger
    let storage = FileStorage()

    struct State {
        var log: AppendLog?
        var progress: LoadProgress?
        /// Of an earlier log, which has yet to give its directory back.
        var closing: LogClosing?
        /// Where it ended.
        var lastPosition: LogPosition = 0
        /// In microseconds since the epoch.
        var lastSaveTime: Int?
        /// In seconds since the epoch, as are the others.
        var rewriteBegan: Int?
        /// Who waits for the end of the rewrite under way.
        var whenRewritten: [@Sendable () -> Void] = []
        /// Whether no rewrite may begin any more.
        var isClosing = false
        var rewriteEnded = 0
        var lastRewriteSeconds = -1
        var rewriteCount = 0
        /// Who waits for positions to be on disk.
        var syncWaiters: [(position: UInt64, body: @Sendable () -> Void)] = []
        /// Calls of the program that wait for what they did, or saw, to be written.
        var releaseWaiters: [(position: UInt64, body: @Sendable (_ isReleased: Bool) -> Void)] = []
    }

    let state = Mutex(State())

    package init(context: ServerContext, logger: Logger) {
        self.context = context
        self.logger = logger
    }

    var log: AppendLog? { state.withLock { $0.log } }

    private static func location(_ configuration: Configuration) -> LogLocation {
        LogLocation(
            dir: configuration.dir, appendDirectoryName: configuration.appenddirname,
            appendFileName: configuration.appendfilename)
    }

    // MARK: The start

    /// Begins to load. Called before the first client and the first call.
    ///
    /// - Parameter completion: called on any thread when the keys are there, with the reason if
    ///   they cannot be loaded.
    package func start(
        _ configuration: Configuration,
        completion: @escaping @Sendable (_ failure: String?) -> Void
    ) {
        guard configuration.appendonly else { return completion(nil) }
        context.writeConditions.setLoading(true)
        let progress = LoadProgress()
        state.withLock { $0.progress = progress }
        let location = Self.location(configuration)
        let isThere = (try? storage.list(location.directory)) != .some(nil)
        if isThere {
            context.gate.performSlowly { [self] _ in
                completion(load(location, configuration, progress))
            }
        } else {
            // Nothing is executed yet: the gate is free.
            context.gate.perform { [self] _ in
                completion(load(location, configuration, progress))
            }
        }
    }

    /// Called by the holder of the gate.
    ///
    /// - Returns: why it cannot be loaded, or nil.
    private func load(
        _ location: LogLocation, _ configuration: Configuration, _ progress: LoadProgress
    ) -> String? {
        let replay = Replay(context)
        let began = ContinuousClock.now
        do throws(LogError) {
            let (opened, report) = try LogLoader.load(
                location, in: storage, allowsTruncation: configuration.aofLoadTruncated,
                into: replay, progress: progress)
            replay.end()
            tell(of: report, since: began)
            let log = makeLog(opened, configuration)
            context.attach(log)
            state.withLock { state in
                state.log = log
                state.progress = nil
            }
            context.writeConditions.setLoading(false)
            return nil
        } catch {
            logger.critical("The log cannot be loaded: \(error)")
            return "The log cannot be loaded: \(error)"
        }
    }

    private func tell(of report: LoadReport, since began: ContinuousClock.Instant) {
        if report.tornByteCount > 0 {
            logger.warning(
                """
                The log's torn tail was cut off: \(report.tornByteCount) bytes behind the last \
                whole batch
                """
            )
        }
        guard !report.files.isEmpty else { return }
        logger.notice(
            """
            Loaded \(report.commandCount) commands from the log (\(report.byteCount) bytes) in \
            \(ContinuousClock.now - began)
            """
        )
    }

    func makeLog(_ opened: OpenedLog, _ configuration: Configuration) -> AppendLog {
        AppendLog(
            opened, policy: SyncPolicy(configuration.appendfsync),
            memoryLimit: configuration.appendMemoryLimit,
            environment: LogEnvironment { [logger] level, text in
                logger.log(level: level == .warning ? .warning : .notice, "\(text)")
            },
            onRelease: { [weak self] in self?.advanced(shard: $0) })
    }

    // Who is told when the log has come further, besides the shards: numbers behind theirs.
    var syncWaiterIndex: Int { context.broker.shards.count }
    var releaseWaiterIndex: Int { syncWaiterIndex + 1 }

    private func advanced(shard: Int) {
        switch shard {
        case syncWaiterIndex: syncAdvanced()
        case releaseWaiterIndex: releaseAdvanced()
        default: context.broker.shards[shard].mailbox.post { $0.positionWasReleased() }
        }
    }

    // MARK: Settings

    /// Takes over what the log minds.
    package func apply(_ configuration: Configuration) {
        guard let log else { return }
        log.setPolicy(SyncPolicy(configuration.appendfsync))
        log.setMemoryLimit(configuration.appendMemoryLimit)
    }

    /// CONFIG SET appendonly.
    ///
    /// - Returns: why that is not possible, or nil.
    package func switchLog(_ configuration: Configuration) -> String? {
        let current = log
        guard configuration.appendonly != (current != nil) else { return nil }
        if let current {
            let closing = LogClosing()
            state.withLock { state in
                state.log = nil
                state.closing = closing
                state.lastPosition = current.endPosition
            }
            context.gate.perform { [context] _ in
                context.attach(nil)
                current.close { closing.end(failure: $0) }
            }
            return nil
        }
        let closing = state.withLock { state in
            defer { state.closing = nil }
            return state.closing
        }
        // It takes one sync; whoever switches so fast waits for it.
        _ = closing?.wait(atMost: .seconds(2))
        do throws(LogError) {
            let opened = try LogLoader.openForRewrite(
                Self.location(configuration), in: storage,
                position: state.withLock { $0.lastPosition })
            let log = makeLog(opened, configuration)
            state.withLock { $0.log = log }
            _ = startRewrite()
            return nil
        } catch {
            return "\(error)"
        }
    }

    // MARK: The end

    /// Writes and syncs what there is, and waits for that on this thread. Called when no client is
    /// left.
    package func close(deadline: ContinuousClock.Instant) {
        guard let log else { return }
        let closing = LogClosing()
        log.close { closing.end(failure: $0) }
        if let failure = closing.wait(atMost: deadline - .now) {
            logger.warning("The log was not synced at the end: \(failure)")
        }
    }

    /// Writes and syncs what there is, and gives the directory back. Nothing is called any more.
    ///
    /// - Parameter completion: called on any thread, with the reason if that is not possible.
    func close(_ completion: @escaping @Sendable (_ failure: String?) -> Void) {
        let isRewriting = state.withLock { state in
            state.isClosing = true
            // It writes to the directory until it ends.
            if state.rewriteBegan != nil {
                state.whenRewritten.append { [self] in closeLog(completion) }
            }
            return state.rewriteBegan != nil
        }
        if !isRewriting { closeLog(completion) }
    }

    private func closeLog(_ completion: @escaping @Sendable (_ failure: String?) -> Void) {
        guard let log else { return completion(nil) }
        log.close { [self] failure in
            giveUpWaiting()
            completion(failure)
        }
    }
}

/// Executes what is loaded.
private final class Replay: LogReplay {
    private let commands: KeyReplay

    init(_ context: ServerContext) {
        commands = KeyReplay(context)
    }

    func replay(annotation line: UnsafeRawBufferPointer) {
        commands.annotate(line)
    }

    func replay(_ command: Arguments) throws(ReplayError) {
        do throws(ReplyError) {
            try commands.replay(command)
        } catch {
            throw ReplayError(String(decoding: error.message, as: UTF8.self))
        }
    }

    func end() {
        commands.end()
    }
}

extension SyncPolicy {
    init(_ setting: AppendFsync) {
        switch setting {
        case .always: self = .always
        case .everysec: self = .everysec
        case .no: self = .no
        }
    }
}
