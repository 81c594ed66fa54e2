// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// ZSCAN and ZRANDMEMBER.
extension SortedSetCommands {
    static func zscan(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        typealias Scan = (object: SortedSetObject, options: ScanOptions)
        guard let (object, options): Scan = try context.readForScan(arguments) else { return }
        let (cursor, found) = options.collect { cursor, add in
            object.sortedSet.scan(from: cursor) { member, score in
                let text = [UInt8](unsafeUninitializedCapacity: Decimal.doubleByteCountMax) {
                    $1 = Decimal.write(score, to: $0.baseAddress!)
                }
                add(member, text)
            }
        }
        context.replyScan(cursor: cursor, found)
    }

    static func zrandmember(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let choice = try RandomChoice(arguments, option: "withscores")
        guard let object: SortedSetObject = try context.read(arguments[1]) else {
            if case .one = choice { context.reply.null() } else { context.reply.arrayHeader(0) }
            return
        }
        let sortedSet = object.sortedSet
        let hasScores = arguments.count > 3
        let write = { (rank: Int) in
            sortedSet.visit(rank..<rank + 1) { member, score in
                if hasScores, context.reply.version == .resp3 { context.reply.arrayHeader(2) }
                context.reply.bulk(member)
                if hasScores { context.reply.double(score) }
            }
        }
        let ranks = 0..<sortedSet.count
        if case .one = choice { return write(Int.random(in: ranks)) }
        let count = try choice.count(of: ranks.count)
        guard context.mayVisit(count) else { return }
        let isFlat = hasScores && context.reply.version == .resp2
        context.reply.arrayHeader(isFlat ? count * 2 : count)
        if case .repeating = choice {
            for _ in 0..<count { write(Int.random(in: ranks)) }
            return
        }
        // Floyd's way to draw different numbers: one step for each.
        var chosen: Set<Int> = []
        for last in ranks.count - count..<ranks.count {
            let rank = Int.random(in: 0...last)
            let isNew = chosen.insert(rank).inserted
            if !isNew { chosen.insert(last) }
            write(isNew ? rank : last)
        }
    }
}
