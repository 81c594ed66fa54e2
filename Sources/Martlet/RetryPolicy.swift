// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What becomes of a message whose handler throws.
public struct RetryPolicy: Sendable {
    /// How often a handler is called with a message, the first time included.
    public let maxAttempts: Int
    private let firstDelay: Duration
    private let maxDelay: Duration

    private init(maxAttempts: Int, firstDelay: Duration, maxDelay: Duration) {
        precondition(maxAttempts > 0, "a handler is called at least once")
        self.maxAttempts = maxAttempts
        self.firstDelay = firstDelay
        self.maxDelay = maxDelay
    }

    /// The first error counts.
    public static let never = RetryPolicy(maxAttempts: 1, firstDelay: .zero, maxDelay: .zero)

    /// Tries again at once.
    public static func immediate(maxAttempts: Int) -> RetryPolicy {
        RetryPolicy(maxAttempts: maxAttempts, firstDelay: .zero, maxDelay: .zero)
    }

    /// Tries again after `first`, then after twice as long each time, up to `max`. The message
    /// keeps its place in the pool meanwhile.
    public static func backoff(
        maxAttempts: Int, first: Duration = .milliseconds(100), max: Duration = .seconds(10)
    ) -> RetryPolicy {
        precondition(first >= .zero && max >= first)
        return RetryPolicy(maxAttempts: maxAttempts, firstDelay: first, maxDelay: max)
    }

    /// How long to wait before the attempt, of which 2 is the first that is not the first.
    func delay(beforeAttempt attempt: Int) -> Duration {
        var delay = firstDelay
        for _ in 2..<attempt where delay < maxDelay { delay *= 2 }
        return min(delay, maxDelay)
    }
}
