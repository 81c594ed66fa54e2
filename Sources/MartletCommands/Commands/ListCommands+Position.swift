// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// LPOS.
extension ListCommands {
    private struct PositionOptions {
        /// The match to begin with, from 1; negative: from the tail.
        var rank = 1
        /// Nil: the first match alone; 0: all.
        var count: Int?
        /// How many entries are compared; 0: all.
        var comparisonCountMax = 0

        init(_ arguments: Arguments) throws(ReplyError) {
            var index = 3
            while index < arguments.count {
                guard index + 1 < arguments.count else { throw .syntax }
                let value = arguments[index + 1]
                if arguments[index].isWord("rank") {
                    rank = try Self.rank(value)
                } else if arguments[index].isWord("count") {
                    guard let number = Int(strictDecimal: value), number >= 0 else {
                        throw ReplyError("ERR COUNT can't be negative")
                    }
                    count = number
                } else if arguments[index].isWord("maxlen") {
                    guard let number = Int(strictDecimal: value), number >= 0 else {
                        throw ReplyError("ERR MAXLEN can't be negative")
                    }
                    comparisonCountMax = number
                } else {
                    throw .syntax
                }
                index += 2
            }
        }

        private static func rank(_ value: UnsafeRawBufferPointer) throws(ReplyError) -> Int {
            guard let rank = Int(strictDecimal: value) else { throw .notAnInteger }
            guard rank != 0 else {
                throw ReplyError(
                    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the "
                        + "second ... or use negative to start from the end of the list")
            }
            guard rank != .min else {
                throw ReplyError(
                    "ERR value is out of range, value must between \(-Int.max) and \(Int.max)")
            }
            return rank
        }
    }

    static func lpos(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try PositionOptions(arguments)
        guard let object: ListObject = try context.read(arguments[1]) else {
            if options.count == nil { context.reply.null() } else { context.reply.arrayHeader(0) }
            return
        }
        let list = object.list
        guard context.mayVisit(list.count) else { return }
        let element = PackedValue(arguments[2])
        let limit = options.count == 0 ? Int.max : options.count ?? 1
        let isReversed = options.rank < 0
        var index = isReversed ? list.count - 1 : 0
        var skipped = 0
        var compared = 0
        var found: [Int] = []
        list.visit(from: index, reversed: isReversed) { entry in
            if entry.isEqual(to: element) {
                skipped += 1
                if skipped >= options.rank.magnitude { found.append(index) }
            }
            index += isReversed ? -1 : 1
            compared += 1
            return found.count < limit && compared != options.comparisonCountMax
        }
        guard options.count != nil else {
            if let first = found.first {
                context.reply.integer(first)
            } else {
                context.reply.null()
            }
            return
        }
        context.reply.arrayHeader(found.count)
        found.forEach { context.reply.integer($0) }
    }
}
