// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What happens to a subscription whose reader is slower than its publishers.
///
/// Every policy has a bound, in messages and in bytes; the one that is reached first counts. It
/// bounds what waits to be taken: the reader takes all of it at a time, and what it has taken no
/// longer counts, so that up to twice the bound may be in memory.
public struct BufferingPolicy<Failure: Error>: Sendable {
    enum Overflow: Sendable {
        case suspendPublisher
        case dropOldest
        case fail(Failure)
    }

    let overflow: Overflow
    /// At least 1.
    let messageCountMax: Int
    let byteCountMax: Int

    init(_ overflow: Overflow, messages: Int, bytes: Int) {
        precondition(messages > 0 && bytes > 0, "a buffer holds at least one message")
        self.overflow = overflow
        messageCountMax = messages
        byteCountMax = bytes
    }
}

/// The bounds of a subscription's buffer where none are given.
public enum BufferingDefault {
    /// Messages.
    public static let messages = 1024
    /// Bytes, as encoded: the payload, the channel's name and some thirty more.
    public static let bytes = 8 * 1024 * 1024
}

extension BufferingPolicy where Failure == Never {
    /// Nothing is lost: who publishes a message that fills the buffer waits until the reader has
    /// taken what is in it. Redis clients of a `Server` with this broker are not read meanwhile,
    /// once `mailbox-limit` is reached.
    public static func suspendPublisher(
        messages: Int = BufferingDefault.messages, bytes: Int = BufferingDefault.bytes
    ) -> Self {
        Self(.suspendPublisher, messages: messages, bytes: bytes)
    }

    /// Nobody waits: the oldest messages in the buffer make room for new ones. The message behind
    /// the gap says how many there were, in ``Message/droppedBefore``.
    public static func dropOldest(
        messages: Int = BufferingDefault.messages, bytes: Int = BufferingDefault.bytes
    ) -> Self {
        Self(.dropOldest, messages: messages, bytes: bytes)
    }
}

extension BufferingPolicy where Failure == SubscriberTooSlow {
    /// Nobody waits and nothing is lost unnoticed: a subscription whose buffer overflows is ended,
    /// as Redis ends a slow client. The reader gets what was buffered, then the error.
    public static func fail(
        messages: Int = BufferingDefault.messages, bytes: Int = BufferingDefault.bytes
    ) -> Self {
        Self(.fail(SubscriberTooSlow()), messages: messages, bytes: bytes)
    }
}

/// A subscription was ended because its buffer was full (``BufferingPolicy/fail(messages:bytes:)``).
public struct SubscriberTooSlow: Error, Equatable, CustomStringConvertible {
    public var description: String { "the subscriber did not keep up, and its buffer was full" }
}
