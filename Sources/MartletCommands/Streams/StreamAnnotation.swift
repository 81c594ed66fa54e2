// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What the log holds of idempotent producers. Redis 7.0 has no command for it, so it stands in
// lines that Redis skips, in front of a command that says which stream is meant:
//
//     #IDMP:<producer>:<message>:<ms>-<seq>                              XADD, XSETID
//     #IDMP-STATE:<duration>:<count>:<messages added>:<duplicates>       XSETID
//
// Producer and message are the 32 hexadecimal digits of their keys. An XADD that such a line
// precedes is the one that added the message; an XSETID changes nothing and only names the stream.

import MartletCore
import RESP

/// A line of the log about a stream's idempotent producers.
package enum StreamAnnotation: Equatable {
    case message(producer: IdempotencyKey, message: IdempotencyKey, entryID: StreamID)
    case state(duration: Int, countMax: Int, addedCount: Int, duplicateCount: Int)

    /// Nil if the line is of another kind.
    ///
    /// - Parameter line: with or without its end.
    package init?(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        switch fields.first {
        case "#IDMP":
            guard fields.count == 4, let producer = IdempotencyKey(hexadecimal: fields[1]),
                let message = IdempotencyKey(hexadecimal: fields[2]),
                let id = Array(fields[3].utf8).withUnsafeBytes({ StreamID.parsed($0) })
            else { return nil }
            self = .message(producer: producer, message: message, entryID: id)
        case "#IDMP-STATE":
            let numbers = fields.dropFirst().compactMap { Int($0) }
            guard fields.count == 5, numbers.count == 4 else { return nil }
            self = .state(
                duration: numbers[0], countMax: numbers[1], addedCount: numbers[2],
                duplicateCount: numbers[3])
        default: return nil
        }
    }

    /// The line with its end.
    package var line: [UInt8] {
        switch self {
        case .message(let producer, let message, let id):
            Array(
                "#IDMP:\(producer.hexadecimal):\(message.hexadecimal):\(id.milliseconds)-\(id.sequence)\r\n"
                    .utf8)
        case .state(let duration, let countMax, let addedCount, let duplicateCount):
            Array("#IDMP-STATE:\(duration):\(countMax):\(addedCount):\(duplicateCount)\r\n".utf8)
        }
    }

    /// Puts into the table what the line says.
    func apply(to table: inout IdempotencyTable) {
        switch self {
        case .message(let producer, let message, let id):
            table.insert(message, of: producer, entryID: id)
        case .state(let duration, let countMax, let addedCount, let duplicateCount):
            table.configure(duration: duration, countMax: countMax)
            table.addedCount = addedCount
            table.duplicateCount = duplicateCount
        }
    }
}

extension IdempotencyTable {
    var stateAnnotation: StreamAnnotation {
        .state(
            duration: duration, countMax: countMax, addedCount: addedCount,
            duplicateCount: duplicateCount)
    }
}

extension IdempotencyKey {
    init?(hexadecimal digits: Substring) {
        guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
            let low = UInt64(digits.dropFirst(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    var hexadecimal: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}

extension KeyContext {
    /// Takes note of a line of the log that is being loaded; the next command is the one that it
    /// belongs to.
    package func load(annotation line: UnsafeRawBufferPointer) {
        if let annotation = StreamAnnotation(line) { streamAnnotations.append(annotation) }
    }

    /// Applies the lines that came before this command.
    ///
    /// - Parameter isAdd: XADD, which added the messages.
    func applyAnnotations(to object: StreamObject, isAdd: Bool) {
        guard !streamAnnotations.isEmpty else { return }
        for annotation in streamAnnotations {
            annotation.apply(to: &object.stream.idempotency)
            if isAdd { object.stream.idempotency.addedCount += 1 }
        }
        streamAnnotations = []
    }
}
