// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import RESP

/// How streams and queues call commands: they return when a reply to a client would leave, as soon
/// as the log has what was done, or seen.
extension Broker {
    /// Runs one command.
    func run(_ words: Words) async throws(BrokerError) -> KeyReply {
        let request = words.request
        return try await perform { step throws(ReplyError) in try step.run(request) }
    }

    /// Runs some commands as one step.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (KeyStep) throws(ReplyError) -> Value
    ) async throws(BrokerError) -> Value {
        let outcome = await calls.perform(body)
        return try await settle(outcome)
    }

    /// Runs one command, which may wait for keys.
    ///
    /// - Returns: nil if the call was cancelled, or the broker shut down.
    func wait(_ call: KeyCall) async throws(BrokerError) -> KeyReply? {
        let outcome = await calls.wait(call)
        return try await settle(outcome)
    }

    private func settle<Value>(_ outcome: KeyOutcome<Value>) async throws(BrokerError) -> Value {
        try await persistence.waitUntilReleased(outcome.position)
        switch outcome.result {
        case .success(let value): return value
        case .failure(let error): throw BrokerError(error)
        }
    }
}

/// The words of a command.
struct Words: ExpressibleByArrayLiteral, Sendable {
    private var words: [[UInt8]] = []

    init(arrayLiteral elements: Word...) {
        words = elements.map(\.bytes)
    }

    static func += (words: inout Words, more: [Word]) {
        words.words += more.map(\.bytes)
    }

    var request: OwnedArguments { OwnedArguments(words) }
}

/// A word of a command: text, a number, or any bytes.
struct Word: ExpressibleByStringLiteral, Sendable {
    let bytes: [UInt8]

    init(stringLiteral text: String) { bytes = Array(text.utf8) }

    init(_ text: String) { bytes = Array(text.utf8) }

    init(_ number: Int) { bytes = Array("\(number)".utf8) }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(_ id: EntryID) { bytes = Array("\(id)".utf8) }
}
