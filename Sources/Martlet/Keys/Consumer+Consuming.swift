// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension Consumer {
    /// Handles deliveries concurrently, in at most `maxConcurrent` tasks, and acknowledges each
    /// when its handler has returned.
    ///
    /// Entries are taken from the stream only for tasks that are free, and handlers start in the
    /// order of the deliveries. When a handler throws, the entry is delivered again after the delay
    /// of the consumer's retry policy, here or to another consumer of the group; when its attempts
    /// are used up it is moved to the dead letters with the error as the reason. So no error
    /// vanishes, and none ends the pool.
    ///
    /// - ``finish()`` ends it gracefully: what runs is finished, and acknowledged.
    /// - Cancellation of the task cancels the handlers too. Those that throw then have not failed:
    ///   their entries are given back, as if they had not been delivered.
    ///
    /// It returns when all handlers have.
    ///
    /// - Throws: `BrokerError` if the stream cannot be read or written any more; what runs is
    ///   finished before.
    public func consume(
        maxConcurrent: Int,
        _ handler: @escaping @Sendable (Delivery<Payload>) async throws -> Void
    ) async throws(BrokerError) {
        precondition(maxConcurrent > 0, "a pool has at least one task")
        let pool = ReadingPool()
        let failure = await withTaskGroup(of: BrokerError?.self) { group in
            var startedCount = 0
            var failure: BrokerError?
            while failure == nil {
                // Places first: what was taken is handled.
                if startedCount == maxConcurrent {
                    failure = await group.next() ?? nil
                    startedCount -= 1
                    continue
                }
                do throws(BrokerError) {
                    let deliveries = try await deliveries(
                        upTo: maxConcurrent - startedCount, for: pool)
                    guard let deliveries else { break }
                    for delivery in deliveries {
                        group.addTask {
                            let error = await handle(delivery, handler)
                            if error != nil { reader.stop(pool) }
                            return error
                        }
                    }
                    startedCount += deliveries.count
                } catch {
                    failure = error
                }
            }
            for await result in group where failure == nil { failure = result }
            return failure
        }
        if let failure { throw failure }
    }

    /// - Returns: the error that ends the pool.
    private func handle(
        _ delivery: Delivery<Payload>, _ handler: (Delivery<Payload>) async throws -> Void
    ) async -> BrokerError? {
        do {
            try await handler(delivery)
        } catch {
            return await handle(delivery, failing: error)
        }
        return await failure { () throws(BrokerError) in try await delivery.ack() }
    }

    private func handle(
        _ delivery: Delivery<Payload>, failing error: any Error
    ) async -> BrokerError? {
        await failure { () throws(BrokerError) in
            if Task.isCancelled {
                try await delivery.giveBack()
            } else if delivery.attempt >= reader.retry.maxAttempts {
                try await delivery.moveToDeadLetters(because: "\(error)")
            } else {
                try await delivery.retry(
                    after: reader.retry.delay(beforeAttempt: delivery.attempt + 1))
            }
        }
    }

    private func failure<Value>(
        of body: () async throws(BrokerError) -> Value
    ) async -> BrokerError? {
        do throws(BrokerError) {
            _ = try await body()
            return nil
        } catch {
            // What was not acknowledged before the end is delivered again.
            return error.code == .closed ? nil : error
        }
    }
}
