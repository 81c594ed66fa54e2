// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension Broker {
    /// Subscribes to channels and patterns.
    ///
    /// It receives everything that is published from now on, whether it is read yet or not.
    ///
    /// - Parameters:
    ///   - channels: their names.
    ///   - patterns: glob-style, as in PSUBSCRIBE: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`.
    ///   - policy: what happens when messages come faster than they are read.
    public func subscribe<Failure>(
        to channels: String..., patterns: [String] = [],
        buffering policy: BufferingPolicy<Failure> = BufferingPolicy<Never>.suspendPublisher()
    ) async -> Subscription<Failure> {
        subscription(to: channels, patterns: patterns, buffering: policy)
    }

    /// Subscribes to channels and patterns.
    public func subscribe<Failure>(
        to channels: [String], patterns: [String] = [],
        buffering policy: BufferingPolicy<Failure> = BufferingPolicy<Never>.suspendPublisher()
    ) async -> Subscription<Failure> {
        subscription(to: channels, patterns: patterns, buffering: policy)
    }

    private func subscription<Failure>(
        to channels: [String], patterns: [String], buffering policy: BufferingPolicy<Failure>
    ) -> Subscription<Failure> {
        precondition(!channels.isEmpty || !patterns.isEmpty, "a subscription to nothing")
        return Subscription(channels: channels, patterns: patterns, policy: policy, local: local)
    }

    /// Calls a function for each message of a channel, one after the other, until the token is
    /// cancelled or nobody holds it any more.
    ///
    /// Publishers wait while `handler` is ``BufferingDefault/messages`` messages behind, unless
    /// another policy is given.
    public func onMessage(
        in channel: String, buffering policy: BufferingPolicy<Never> = .suspendPublisher(),
        _ handler: @escaping @Sendable (Message) async -> Void
    ) -> MessageHandler {
        let messages = subscription(to: [channel], patterns: [], buffering: policy)
        return MessageHandler(messages: messages, handler)
    }

    /// Handles the messages of a channel concurrently, in at most `maxConcurrent` tasks, until the
    /// task is cancelled or the broker shut down. See ``Subscription/consume(maxConcurrent:retry:onFailure:_:)``.
    ///
    /// - Throws: the error of a handler whose attempts are used up, unless `onFailure` takes it.
    public func consume(
        _ channel: String, maxConcurrent: Int,
        buffering policy: BufferingPolicy<Never> = .suspendPublisher(),
        retry: RetryPolicy = .never,
        onFailure: (@Sendable (Message, any Error) async throws -> Void)? = nil,
        _ handler: @escaping @Sendable (Message) async throws -> Void
    ) async throws {
        let messages = subscription(to: [channel], patterns: [], buffering: policy)
        try await messages.consume(
            maxConcurrent: maxConcurrent, retry: retry, onFailure: onFailure, handler)
    }
}

/// A function that is called for each message of a channel. It is called no more when the token is
/// cancelled or gone.
public final class MessageHandler: Sendable {
    private let messages: Subscription<Never>
    private let task: Task<Void, Never>

    init(
        messages: Subscription<Never>, _ handler: @escaping @Sendable (Message) async -> Void
    ) {
        self.messages = messages
        task = Task {
            for await message in messages { await handler(message) }
        }
    }

    deinit {
        cancel()
    }

    /// Ends the subscription, and cancels the call that is under way.
    public func cancel() {
        messages.cancel()
        task.cancel()
    }

    /// Waits until the last call has returned.
    public func waitUntilEnded() async {
        await task.value
    }
}
