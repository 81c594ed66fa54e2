// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// What XADD's IDMP and IDMPAUTO say: who sends a message, and which one it is.
struct StreamProducer {
    let producer: IdempotencyKey
    let message: IdempotencyKey

    /// Nil if the command has neither option.
    init?(_ options: StreamAddOptions, _ arguments: Arguments) throws(ReplyError) {
        guard let idempotency = options.idempotency else { return nil }
        guard case .generated = options.choice else {
            throw ReplyError("ERR IDMP/IDMPAUTO can be used only with auto-generated IDs")
        }
        let name = arguments[idempotency.producer]
        guard !name.isEmpty else { throw ReplyError("ERR producer ID can't be empty") }
        producer = IdempotencyKey(Array(name))
        if let index = idempotency.messageID {
            guard !arguments[index].isEmpty else {
                throw ReplyError("ERR idempotent ID can't be empty")
            }
            message = IdempotencyKey(Array(arguments[index]))
        } else {
            message = Self.content(arguments, from: options.idIndex + 1)
        }
    }

    /// What an entry holds, whatever the order of its fields: the sum of the pairs' hashes.
    private static func content(_ arguments: Arguments, from start: Int) -> IdempotencyKey {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in stride(from: start, to: arguments.count, by: 2) {
            // The field's length tells it from the value.
            var pair = Array("\(arguments[index].count):".utf8)
            pair += arguments[index]
            pair += arguments[index + 1]
            let key = IdempotencyKey(pair)
            high &+= key.high
            low &+= key.low
        }
        return IdempotencyKey(high: high, low: low)
    }

    /// The entry that the message became, if it was added before.
    func find(in object: StreamObject, now: Int) -> StreamID? {
        guard let id = object.stream.idempotency.find(message, of: producer, now: now) else {
            return nil
        }
        object.stream.idempotency.duplicateCount += 1
        return id
    }

    func annotation(_ id: StreamID) -> StreamAnnotation {
        .message(producer: producer, message: message, entryID: id)
    }

    func remember(_ id: StreamID, in object: StreamObject) {
        object.stream.idempotency.insert(message, of: producer, entryID: id)
        object.stream.idempotency.addedCount += 1
    }
}

extension IdempotencyKey {
    /// The key of a text.
    init(_ text: [UInt8]) {
        let digest = SHA256.digest(of: text)
        self.init(
            high: UInt64(digest[0]) << 32 | UInt64(digest[1]),
            low: UInt64(digest[2]) << 32 | UInt64(digest[3]))
    }
}
