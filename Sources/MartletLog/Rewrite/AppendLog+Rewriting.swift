// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension AppendLog {
    /// Begins a rewrite.
    ///
    /// - Parameter completion: called on the write queue.
    package func prepareRewrite(
        _ completion: @escaping @Sendable (Result<RewriteSession, RewriteSession.Failure>) -> Void
    ) {
        environment.writeQueue.async { completion(self.prepare()) }
    }

    private func prepare() -> Result<RewriteSession, RewriteSession.Failure> {
        enum Obstacle { case none, mustOpen, failing, running }
        let obstacle: Obstacle = withLock {
            if rewrite != nil { return .running }
            if failure != nil || remedy == .newIncrement { return .failing }
            guard remedy == .open else { return .none }
            // Whoever opens the first increment at the moment has the writing.
            if isWriting { return .failing }
            isWriting = true
            return .mustOpen
        }
        switch obstacle {
        case .none: break
        case .mustOpen: recover()
        case .running: return .failure(.init(description: "a rewrite is in progress"))
        case .failing: return .failure(.init(description: "the log cannot be written"))
        }
        do throws(StorageError) {
            return .success(try createSession())
        } catch {
            withLock {
                numbers.rewriteSucceeded = false
                numbers.failedRewriteCount += 1
            }
            return .failure(.init(description: "\(error)"))
        }
    }

    private func createSession() throws(StorageError) -> RewriteSession {
        try directory.acquire()
        let base = try directory.storage.open(directory.temporaryBasePath, .create)
        let (increment, entry) = try directory.createIncrement(id: environment.random())
        // The files of another time are not added to: until the base is there they remain the log.
        if withLock({ isListed }) {
            try directory.update { $0.increments.append(entry) }
        }
        let session = RewriteSession(
            log: self, increment: increment, entry: entry, base: base, id: environment.random())
        withLock { rewrite = session }
        return session
    }

    /// Called by the holder of the keyspace's gate.
    func switchIncrement(for session: RewriteSession) -> LogPosition {
        withLock {
            guard rewrite === session else { return buffer.end }
            buffer.addBoundary()
            upcoming = (session.increment, buffer.end)
            if remedy == .rewrite {
                skipBuffered()
                remedy = nil
            }
            if !isWriting { switchIfReached() }
            return buffer.end
        }
    }

    /// Has `body` called on the write queue once `session`'s increment is written to.
    func whenSwitched(to session: RewriteSession, _ body: @escaping @Sendable () -> Void) {
        let (isSwitched, mustCommit) = withLock {
            // A session that has been abandoned finds that out by itself.
            let isSwitched = increment === session.increment || rewrite !== session
            if !isSwitched { whenSwitched = body }
            return (isSwitched, !isSwitched)
        }
        if isSwitched { environment.writeQueue.async(body) }
        if mustCommit, claimWriting() {
            environment.writeQueue.async { self.writeBuffered(isInline: false) }
        }
    }

    func rewriteEnded(_ session: RewriteSession, failure reason: String) {
        environment.report(.warning, "The log was not rewritten: \(reason)")
        try? directory.storage.remove(directory.temporaryBasePath)
        withLock {
            if rewrite === session {
                rewrite = nil
                if !isListed { remedy = .rewrite }
            }
            numbers.rewriteSucceeded = false
            numbers.failedRewriteCount += 1
        }
    }

    /// The manifest names the base, which holds everything up to `position`.
    func rewriteFinished(_ session: RewriteSession, position: LogPosition, baseByteCount: Int) {
        let (shards, flushes) = withLock {
            rewrite = nil
            isListed = true
            numbers.rewriteSucceeded = true
            numbers.failedRewriteCount = 0
            numbers.needsRewrite = false
            numbers.closedByteCount = baseByteCount
            numbers.rewriteByteCount = baseByteCount + writtenByteCount
            unsynced = []
            if synced < position {
                synced = position
                syncedDatabase = buffer.database(at: position)
            }
            discardSynced()
            return (advanceRelease(), takeFlushes())
        }
        tell(shards)
        for flush in flushes { flush.completion(nil) }
    }
}
