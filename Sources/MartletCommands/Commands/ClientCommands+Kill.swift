// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension ClientCommands {
    /// Ends the clients that match. The reply comes when all are gone, so that a PUBLISH sent
    /// afterwards does not count them.
    static func kill(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let isOldForm = arguments.count == 3
        let filter = try isOldForm ? ClientFilter(address: arguments[2]) : ClientFilter(arguments)
        let selfID = session.record.id
        let now = session.context.now / 1_000_000
        // Whoever sets the flag has killed the client, and nobody counts it again.
        let killed = session.server.clients.all.filter {
            filter.matches($0, now: now) && ($0.id != selfID || !filter.skipsSelf)
                && $0.insertIfAbsent(.killed)
        }
        let killsItself = killed.contains { $0.id == selfID }
        var victims: [Int: [Int]] = [:]
        for record in killed where record.id != selfID {
            victims[record.shardIndex, default: []].append(record.id)
        }
        let count = killed.count
        session.gather(on: victims.keys.sorted().map { session.broker.shards[$0] }) {
            [victims] context in
            context.kill(victims[context.shard.index] ?? [])
        } then: { session, _ in
            if !isOldForm {
                session.reply.integer(count)
            } else if count > 0 {
                session.reply.ok()
            } else {
                session.replyError(ReplyError("ERR No such client"))
            }
            if killsItself { session.endAfterReplies() }
        }
    }
}

/// The filters of CLIENT KILL; a client must pass all that are given.
struct ClientFilter: Sendable {
    private(set) var skipsSelf = true
    private var id: Int?
    /// In seconds.
    private var ageMin: Int?
    private var type: ClientType?
    private var address: [UInt8]?
    private var localAddress: [UInt8]?

    /// The old form, by which a client may also kill itself.
    init(address: UnsafeRawBufferPointer) {
        self.address = Array(address)
        skipsSelf = false
    }

    /// Pairs of options and values.
    init(_ arguments: Arguments) throws(ReplyError) {
        var index = 2
        while index < arguments.count {
            guard index + 1 < arguments.count else { throw .syntax }
            try take(arguments[index], arguments[index + 1])
            index += 2
        }
    }

    private mutating func take(
        _ option: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(ReplyError) {
        if option.isWord("id") {
            guard let number = Int(strictDecimal: value), number > 0 else {
                throw ReplyError("ERR client-id should be greater than 0")
            }
            id = number
        } else if option.isWord("maxage") {
            guard let seconds = Int(strictDecimal: value) else {
                throw ReplyError("ERR maxage is not an integer or out of range")
            }
            guard seconds > 0 else { throw ReplyError("ERR maxage should be greater than 0") }
            ageMin = seconds
        } else if option.isWord("type") {
            type = try ClientType(value)
        } else if option.isWord("addr") {
            address = Array(value)
        } else if option.isWord("laddr") {
            localAddress = Array(value)
        } else if option.isWord("user") {
            guard value.elementsEqual("default".utf8) else {
                throw ReplyError(
                    bytes: Array("ERR No such user '".utf8) + value.cString(upTo: value.count)
                        + Array("'".utf8))
            }
        } else if option.isWord("skipme") {
            guard value.isWord("yes") || value.isWord("no") else { throw .syntax }
            skipsSelf = value.isWord("yes")
        } else {
            throw .syntax
        }
    }

    /// - Parameter now: seconds since the epoch.
    func matches(_ record: ClientRecord, now: Int) -> Bool {
        if let id, record.id != id { return false }
        if let ageMin, now - record.createdAt < ageMin { return false }
        if let type, !type.matches(record) { return false }
        if let address, !record.address.utf8.elementsEqual(address) { return false }
        if let localAddress, !record.localAddress.utf8.elementsEqual(localAddress) { return false }
        return true
    }
}

/// The classes of clients that CLIENT LIST and CLIENT KILL tell apart. Monitors are normal.
enum ClientType: Sendable {
    case normal, pubsub
    /// Replicas and masters, of which there are none.
    case replication

    init(_ name: UnsafeRawBufferPointer) throws(ReplyError) {
        if name.isWord("normal") {
            self = .normal
        } else if name.isWord("pubsub") {
            self = .pubsub
        } else if name.isWord("master") || name.isWord("replica") || name.isWord("slave") {
            self = .replication
        } else {
            throw ReplyError(
                bytes: Array("ERR Unknown client type '".utf8) + name.cString(upTo: name.count)
                    + Array("'".utf8))
        }
    }

    func matches(_ record: ClientRecord) -> Bool {
        switch self {
        case .normal: !record.has(.subscriber)
        case .pubsub: record.has(.subscriber)
        case .replication: false
        }
    }
}
