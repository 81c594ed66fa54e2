// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

/// A list from which comes first what was pushed first.
///
/// Each payload goes to one taker, at most once: what was popped is no longer in the queue, also if
/// the program ends before it has done anything with it. Where that must not be, use a stream. To
/// Redis clients it is a list: RPUSH, LPOP and BLPOP on its name.
public struct FIFOQueue<Payload: Sendable>: Sendable {
    /// The key.
    public let name: String
    private let broker: Broker
    private let coding: PayloadCoding<Payload>

    init(_ name: String, _ broker: Broker, _ coding: PayloadCoding<Payload>) {
        self.name = name
        self.broker = broker
        self.coding = coding
    }

    /// Puts a payload behind all others (RPUSH).
    ///
    /// - Returns: how many payloads the queue has now.
    @discardableResult
    public func push(_ payload: Payload) async throws -> Int {
        try await push(contentsOf: [payload])
    }

    /// Puts payloads behind all others, all of them or none.
    ///
    /// - Returns: how many payloads the queue has now.
    @discardableResult
    public func push(contentsOf payloads: some Sequence<Payload>) async throws -> Int {
        var words: Words = ["RPUSH", Word(name)]
        let encoded = try payloads.map { Word(try coding.encode($0)) }
        guard !encoded.isEmpty else { return try await count }
        words += encoded
        var reply = try await broker.run(words).cursor
        return reply.integer()
    }

    /// Takes the first payload (LPOP).
    ///
    /// - Returns: nil if the queue is empty.
    /// - Throws: `BrokerError`; `PayloadError`, which has the bytes, if the payload is of another
    ///   type.
    public func pop() async throws -> Payload? {
        var reply = try await broker.run(["LPOP", Word(name)]).cursor
        guard let bytes = reply.bulk() else { return nil }
        return try coding.decode(bytes)
    }

    /// Takes the first payload, and waits for one if need be (BLPOP). Those who wait are served in
    /// the order in which they came, Redis clients included.
    ///
    /// - Parameter timeout: how long, to the millisecond; nil means for ever.
    /// - Returns: nil if the time is up.
    /// - Throws: `CancellationError` if the task is cancelled: nothing was taken then. Otherwise as
    ///   `pop()`.
    public func pop(timeout: Duration?) async throws -> Payload? {
        guard timeout.map({ $0 > .zero }) ?? true else { return try await pop() }
        let seconds = timeout.map { max($0.milliseconds, 1) }.map { Double($0) / 1000 } ?? 0
        let call = KeyCall((["BLPOP", Word(name), Word("\(seconds)")] as Words).request)
        guard var reply = try await broker.wait(call)?.cursor else { throw CancellationError() }
        guard reply.arrayHeader() != nil else { return nil }
        _ = reply.bulk()
        return try coding.decode(reply.bulk()!)
    }

    /// How many payloads there are (LLEN).
    public var count: Int {
        get async throws {
            var reply = try await broker.run(["LLEN", Word(name)]).cursor
            return reply.integer()
        }
    }
}

extension Duration {
    /// Rounded up.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue + part)
    }
}
