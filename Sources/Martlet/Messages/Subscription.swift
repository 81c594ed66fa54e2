// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The messages of some channels and patterns, in the order in which they were published.
///
/// It receives from the moment it was made, and is read by one task at a time. It ends, and
/// unsubscribes, when
///
/// - ``cancel()`` or ``finish()`` is called,
/// - the task that reads it is cancelled,
/// - its buffer overflows and its policy is to fail,
/// - the broker is shut down,
/// - nobody holds it or an iterator of it any more.
///
/// To break out of a loop over it does not end it: another loop goes on behind the last message.
public struct Subscription<Failure: Error>: AsyncSequence, Sendable {
    public typealias Element = Message

    let handle: SubscriptionHandle
    private let policy: BufferingPolicy<Failure>

    init(
        channels: [String], patterns: [String], policy: BufferingPolicy<Failure>,
        local: LocalShard
    ) {
        handle = SubscriptionHandle(
            Inbox(channels: channels, patterns: patterns, policy: policy, local: local))
        self.policy = policy
    }

    /// Ends the subscription at once; what is buffered is dropped.
    public func cancel() {
        handle.inbox.cancel()
    }

    /// Ends the subscription behind the messages that were published before: they can still be
    /// read, then the sequence ends.
    public func finish() {
        handle.inbox.finishFromOutside()
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(handle: handle, policy: policy)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let handle: SubscriptionHandle
        fileprivate let policy: BufferingPolicy<Failure>

        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(Failure) -> Message? {
            switch await handle.inbox.next() {
            case .message(let message): return message
            case .ended: return nil
            case .failed:
                guard case .fail(let failure) = policy.overflow else { return nil }
                throw failure
            }
        }
    }
}

/// Ends the subscription when nobody holds it any more.
final class SubscriptionHandle: Sendable {
    let inbox: Inbox

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    deinit {
        inbox.cancel()
    }
}
