// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What one subscriber saw of one channel.
enum Reception: Equatable, Sendable {
    case subscribed
    /// The number that the publishers gave the message; no two have the same.
    case message(Int)
    case unsubscribed
}

/// Checks what the broker promises of the order of messages, on what subscribers have recorded.
struct OrderingChecker {
    enum Violation: Equatable {
        /// Between two messages that came one after the other, others were published.
        case gap(subscriber: Int, after: Int, next: Int)
        /// A message that the witness did not get.
        case unknown(subscriber: Int, message: Int)
        /// A message outside a subscription.
        case unasked(subscriber: Int, message: Int)
        /// The receivers that the publishers were told of are not those that received.
        case count(told: Int, received: Int)
    }

    /// - Parameters:
    ///   - witness: all messages of the channel, as a subscriber saw them who was there
    ///     throughout.
    ///   - subscribers: the recordings of the others.
    ///   - told: the sum of what PUBLISH returned.
    /// - Returns: what is wrong. A subscriber who is in the witness's order without a gap within
    ///   each of its subscriptions, and a count that adds up, leave no room for a message that is
    ///   missing at an end of a subscription.
    static func check(
        witness: [Int], subscribers: [[Reception]], told: Int
    ) -> [Violation] {
        var violations: [Violation] = []
        let positions = Dictionary(
            witness.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var received = witness.count
        for (number, recording) in subscribers.enumerated() {
            var isSubscribed = false
            var last: Int?
            for event in recording {
                switch event {
                case .subscribed:
                    isSubscribed = true
                    last = nil
                case .unsubscribed:
                    isSubscribed = false
                case .message(let message):
                    received += 1
                    guard let position = positions[message] else {
                        violations.append(.unknown(subscriber: number, message: message))
                        continue
                    }
                    if !isSubscribed {
                        violations.append(.unasked(subscriber: number, message: message))
                    }
                    if let last, positions[last]! + 1 != position {
                        violations.append(.gap(subscriber: number, after: last, next: message))
                    }
                    last = message
                }
            }
        }
        if received != told { violations.append(.count(told: told, received: received)) }
        return violations
    }
}
