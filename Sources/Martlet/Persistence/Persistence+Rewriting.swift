// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import MartletCore
import MartletLog

extension Persistence {
    /// Once a second.
    package func tick() {
        guard let log else { return }
        // What was appended where no loop's turn ended.
        log.commit()
        let configuration = context.configuration.configuration
        let trigger = RewriteTrigger(
            percentage: configuration.autoAofRewritePercentage,
            byteCountMin: configuration.autoAofRewriteMinSize)
        let (began, ended) = state.withLock { ($0.rewriteBegan, $0.rewriteEnded) }
        let now = context.clock.wall() / 1_000_000
        guard began == nil, trigger.isDue(log.status, secondsSinceLast: now - ended) else { return }
        logger.notice("The log has grown to \(log.status.byteCount) bytes and is rewritten")
        _ = startRewrite()
    }

    /// Has `tick` called once a second, as long as this lives. Where a server does that, it is
    /// called more often than need be.
    func beginTicking() {
        context.timer(1000) { [weak self] in
            guard let self else { return }
            tick()
            beginTicking()
        }
    }

    package func startRewrite() -> String? {
        let now = context.clock.wall() / 1_000_000
        let (log, isRunning) = state.withLock { state -> (AppendLog?, Bool) in
            let isRunning = state.rewriteBegan != nil
            guard !state.isClosing else { return (nil, isRunning) }
            if !isRunning { state.rewriteBegan = now }
            return (state.log, isRunning)
        }
        if isRunning { return "Background append only file rewriting already in progress" }
        guard let log else {
            state.withLock { $0.rewriteBegan = nil }
            return "There is nothing to rewrite: appendonly is no"
        }
        log.prepareRewrite { [self] result in
            switch result {
            case .success(let session): LogRewrite(session, log, self).start()
            case .failure(let failure): rewriteEnded(failure: failure.description)
            }
        }
        return nil
    }

    func rewriteEnded(failure: String?) {
        let now = context.clock.wall() / 1_000_000
        let (seconds, waiting) = state.withLock { state in
            let seconds = now - (state.rewriteBegan ?? now)
            state.rewriteBegan = nil
            defer { state.whenRewritten = [] }
            state.rewriteEnded = now
            state.lastRewriteSeconds = seconds
            if failure == nil { state.rewriteCount += 1 }
            return (seconds, state.whenRewritten)
        }
        if let failure {
            logger.warning("The log was not rewritten: \(failure)")
        } else {
            noteSave()
            logger.notice("The log was rewritten in \(seconds) s")
        }
        for body in waiting { body() }
    }
}

/// One rewrite: reads the keys as they were at its start, a few each time it holds the gate, and
/// writes them as commands without it.
private final class LogRewrite: @unchecked Sendable {
    /// Places of the tables that are visited while the gate is held once.
    private static let visitCount = 128

    private let session: RewriteSession
    private let log: AppendLog
    private let persistence: Persistence
    /// Belongs to the keyspace.
    private var image: KeyspaceImage?
    /// Used by one step after the other.
    private var encoder = ImageEncoder()

    init(_ session: RewriteSession, _ log: AppendLog, _ persistence: Persistence) {
        self.session = session
        self.log = log
        self.persistence = persistence
    }

    func start() {
        persistence.context.gate.perform { [self] keyspace in
            // For one that is told for the first time, too.
            persistence.context.attach(log)
            session.start()
            let image = KeyspaceImage(keyspace)
            self.image = image
            keyspace.image = image
            session.perform { [self] in
                encoder.add(libraryCodes: image.libraryCodes)
                write()
            }
        }
    }

    /// Called by the holder of the gate.
    private func takeKeys(_ keyspace: Keyspace) {
        let views = image!.next(visits: Self.visitCount)
        if views == nil { keyspace.image = nil }
        session.perform { [self] in
            guard let views else { return finish() }
            encoder.add(views)
            write()
        }
    }

    private func write() {
        guard let commands = encoder.next() else {
            persistence.context.gate.perform { [self] in takeKeys($0) }
            return
        }
        session.write(commands) { [self] failure in
            guard let failure else { return write() }
            persistence.context.gate.perform { $0.image = nil }
            persistence.rewriteEnded(failure: failure.description)
        }
    }

    private func finish() {
        session.finish { [persistence] in persistence.rewriteEnded(failure: $0?.description) }
    }
}
