// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

/// A stream: entries in the order in which they were appended, kept until they are deleted.
///
/// Consumers in a group share the entries between them, each entry at least once; every group sees
/// all of them. To Redis clients it is a stream: XADD, XREADGROUP and the others on its name, the
/// payload in one field.
public struct EntryStream<Payload: Sendable>: Sendable {
    /// The key.
    public let name: String
    let broker: Broker
    let field: String
    let coding: PayloadCoding<Payload>

    init(_ name: String, _ broker: Broker, field: String, _ coding: PayloadCoding<Payload>) {
        self.name = name
        self.broker = broker
        self.field = field
        self.coding = coding
    }

    /// Appends an entry (XADD).
    ///
    /// - Parameter maxCount: the oldest entries beyond so many are deleted (MAXLEN).
    @discardableResult
    public func append(_ payload: Payload, keepingAtMost maxCount: Int? = nil) async throws
        -> EntryID
    {
        let words = try words(payload, maxCount)
        var reply = try await broker.run(words).cursor
        return EntryID(reply.bulk()!)
    }

    /// Appends entries, all of them or none.
    @discardableResult
    public func append(
        contentsOf payloads: some Sequence<Payload>, keepingAtMost maxCount: Int? = nil
    ) async throws -> [EntryID] {
        let requests = try payloads.map { try words($0, maxCount).request }
        let replies = try await broker.perform { step throws(ReplyError) in
            var replies: [KeyReply] = []
            replies.reserveCapacity(requests.count)
            for request in requests { replies.append(try step.run(request)) }
            return replies
        }
        return replies.map { reply in
            var reply = reply.cursor
            return EntryID(reply.bulk()!)
        }
    }

    private func words(_ payload: Payload, _ maxCount: Int?) throws -> Words {
        var words: Words = ["XADD", Word(name)]
        if let maxCount { words += ["MAXLEN", Word(maxCount)] }
        words += ["*", Word(field), Word(try coding.encode(payload))]
        return words
    }

    /// How many entries there are (XLEN).
    public var count: Int {
        get async throws {
            var reply = try await broker.run(["XLEN", Word(name)]).cursor
            return reply.integer()
        }
    }

    /// How many deliveries to a group have not been acknowledged (XPENDING).
    ///
    /// - Throws: `BrokerError` if there is no such group.
    public func pendingCount(in group: String) async throws -> Int {
        var reply = try await broker.run(["XPENDING", Word(name), Word(group)]).cursor
        _ = reply.arrayHeader()
        return reply.integer()
    }

    /// Deletes entries (XDEL).
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func delete(_ ids: [EntryID]) async throws -> Int {
        guard !ids.isEmpty else { return 0 }
        var words: Words = ["XDEL", Word(name)]
        words += ids.map { Word($0) }
        var reply = try await broker.run(words).cursor
        return reply.integer()
    }
}

extension Broker {
    /// The stream under a key, which comes into being with its first entry or consumer.
    ///
    /// - Parameters:
    ///   - name: the key.
    ///   - coding: how payloads become bytes.
    ///   - field: which field of an entry has the payload.
    public func stream<Payload: Codable & Sendable>(
        _ name: String, of type: Payload.Type = Payload.self,
        coding: PayloadCoding<Payload> = .json, field: String = "payload"
    ) -> EntryStream<Payload> {
        EntryStream(name, self, field: field, coding)
    }

    /// The queue under a key, which comes into being with its first payload.
    ///
    /// - Parameters:
    ///   - name: the key.
    ///   - coding: how payloads become bytes.
    public func queue<Payload: Codable & Sendable>(
        _ name: String, of type: Payload.Type = Payload.self,
        coding: PayloadCoding<Payload> = .json
    ) -> FIFOQueue<Payload> {
        FIFOQueue(name, self, coding)
    }
}
