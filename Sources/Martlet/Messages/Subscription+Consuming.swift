// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension Subscription where Failure == Never {
    /// Handles the messages concurrently, in at most `maxConcurrent` tasks.
    ///
    /// Handlers start in the order of the messages. While all tasks are busy nothing is read, so
    /// that the subscription's buffer fills and its policy applies. A handler that throws is
    /// called again as `retry` says; an error that remains goes to `onFailure`, and without it, or
    /// if that throws, ends the pool: nothing more is started, what runs is finished, and the
    /// error is thrown.
    ///
    /// - ``Subscription/cancel()`` ends it gracefully: what runs is finished, what waits is dropped.
    /// - ``Subscription/finish()`` too, and what waits is handled before.
    /// - Cancellation of the task cancels the handlers too. It returns when they have.
    ///
    /// It costs a task for each message.
    public func consume(
        maxConcurrent: Int, retry: RetryPolicy = .never,
        onFailure: (@Sendable (Message, any Error) async throws -> Void)? = nil,
        _ handler: @escaping @Sendable (Message) async throws -> Void
    ) async throws {
        precondition(maxConcurrent > 0, "a pool has at least one task")
        let call = HandlerCall(handler: handler, retry: retry, onFailure: onFailure)
        let failure = await withTaskGroup(of: (any Error)?.self) { group in
            var startedCount = 0
            var failure: (any Error)?
            var messages = makeAsyncIterator()
            while failure == nil {
                // A place first: a message that was taken is handled.
                if startedCount == maxConcurrent {
                    failure = await group.next() ?? nil
                    startedCount -= 1
                    continue
                }
                guard let message = await messages.next() else { break }
                group.addTask {
                    let failure = await call(message)
                    if failure != nil { cancel() }
                    return failure
                }
                startedCount += 1
            }
            for await result in group where failure == nil { failure = result }
            return failure
        }
        if let failure { throw failure }
    }
}

/// A handler with what follows if it throws.
private struct HandlerCall: Sendable {
    let handler: @Sendable (Message) async throws -> Void
    let retry: RetryPolicy
    let onFailure: (@Sendable (Message, any Error) async throws -> Void)?

    /// - Returns: the error that ends the pool.
    func callAsFunction(_ message: Message) async -> (any Error)? {
        var attempt = 1
        while true {
            do {
                try await handler(message)
                return nil
            } catch {
                // A handler that was cancelled has not failed.
                if Task.isCancelled { return nil }
                if attempt == retry.maxAttempts { return await fail(message, error) }
            }
            attempt += 1
            let delay = retry.delay(beforeAttempt: attempt)
            if delay > .zero {
                // Throws when cancelled.
                guard (try? await Task.sleep(for: delay)) != nil else { return nil }
            }
        }
    }

    private func fail(_ message: Message, _ error: any Error) async -> (any Error)? {
        guard let onFailure else { return error }
        do {
            try await onFailure(message, error)
            return nil
        } catch {
            return error
        }
    }
}
