// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The server's log: loaded at the start, told of every change, rewritten beside traffic
//
//   start ──▶ load (slow queue, holding the gate) ──▶ in use ──▶ close
//     │            keys answer LOADING,                 ▲
//     │            Pub/Sub works                        │ CONFIG SET appendonly
//     └─ nothing there to load: in use at once          ▼
//                                                      off
//
import Dispatch
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

final class Persistence: @unchecked Sendable {
    let context: ServerContext
    let logger: Logger
    private let failed: @Sendable (String) -> Void
    let storage = FileStorage()

    struct State {
        var log: AppendLog?
        var progress: LoadProgress?
        /// Signalled when an earlier log has given its directory back.
        var closed: DispatchSemaphore?
        /// Where it ended.
        var lastPosition: LogPosition = 0
        /// In microseconds since the epoch.
        var lastSaveTime: Int?
        /// In seconds since the epoch, as are the others.
        var rewriteBegan: Int?
        var rewriteEnded = 0
        var lastRewriteSeconds = -1
        var rewriteCount = 0
        /// Who waits for positions to be on disk.
        var syncWaiters: [(position: UInt64, body: @Sendable () -> Void)] = []
    }

    let state = Mutex(State())

    /// - Parameter failed: called when the log cannot be loaded: the server must end.
    init(
        context: ServerContext, logger: Logger,
        failed: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.logger = logger
        self.failed = failed
    }

    var log: AppendLog? { state.withLock { $0.log } }

    private static func location(_ configuration: Configuration) -> LogLocation {
        LogLocation(
            dir: configuration.dir, appendDirectoryName: configuration.appenddirname,
            appendFileName: configuration.appendfilename)
    }

    // MARK: The start

    /// Begins to load. Called before the loops start.
    func start(_ configuration: Configuration) {
        guard configuration.appendonly else { return }
        context.writeConditions.setLoading(true)
        let progress = LoadProgress()
        state.withLock { $0.progress = progress }
        let location = Self.location(configuration)
        let isThere = (try? storage.list(location.directory)) != .some(nil)
        if isThere {
            context.gate.performSlowly { [self] _ in load(location, configuration, progress) }
        } else {
            // Nothing is executed yet: the gate is free.
            context.gate.perform { [self] _ in load(location, configuration, progress) }
        }
    }

    /// Called by the holder of the gate.
    private func load(
        _ location: LogLocation, _ configuration: Configuration, _ progress: LoadProgress
    ) {
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
        } catch {
            logger.critical("The log cannot be loaded: \(error)")
            failed("The log cannot be loaded: \(error)")
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
            onRelease: { [unowned self] in advanced(shard: $0) })
    }

    private func advanced(shard: Int) {
        if shard < context.broker.shards.count {
            context.broker.shards[shard].mailbox.post { $0.positionWasReleased() }
        } else {
            syncAdvanced()
        }
    }

    // MARK: Settings

    /// Takes over what the log minds.
    func apply(_ configuration: Configuration) {
        guard let log else { return }
        log.setPolicy(SyncPolicy(configuration.appendfsync))
        log.setMemoryLimit(configuration.appendMemoryLimit)
    }

    /// CONFIG SET appendonly.
    ///
    /// - Returns: why that is not possible, or nil.
    func switchLog(_ configuration: Configuration) -> String? {
        let current = log
        guard configuration.appendonly != (current != nil) else { return nil }
        if let current {
            let closed = DispatchSemaphore(value: 0)
            state.withLock { state in
                state.log = nil
                state.closed = closed
                state.lastPosition = current.endPosition
            }
            context.gate.perform { [context] _ in
                context.attach(nil)
                current.close { _ in closed.signal() }
            }
            return nil
        }
        let closed = state.withLock { state in
            defer { state.closed = nil }
            return state.closed
        }
        // It takes one sync; whoever switches so fast waits for it.
        _ = closed?.wait(timeout: .now() + .seconds(2))
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

    /// Writes and syncs what there is. Called when no client is left.
    func close(deadline: DispatchTime) {
        guard let log else { return }
        let done = DispatchSemaphore(value: 0)
        log.close { [logger] failure in
            if let failure { logger.warning("The log was not synced at the end: \(failure)") }
            done.signal()
        }
        if done.wait(timeout: deadline + .seconds(1)) == .timedOut {
            logger.warning("The log was not synced in time at the end")
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
