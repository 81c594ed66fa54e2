// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XCLAIM and XAUTOCLAIM.
enum StreamClaimCommands {
    // MARK: XCLAIM

    private struct ClaimOptions {
        /// When the entries are taken to have been delivered; nil means now.
        var deliveryTime: Int?
        var deliveryCount: Int?
        var createsPending = false
        var repliesIDsOnly = false
        var lastID: StreamID?

        init(_ arguments: Arguments, from start: Int, now: Int) throws(ReplyError) {
            var index = start
            while index < arguments.count {
                let option = arguments[index]
                let hasMore = index + 1 < arguments.count
                if option.isWord("force") {
                    createsPending = true
                } else if option.isWord("justid") {
                    repliesIDsOnly = true
                } else if hasMore {
                    try set(option, arguments, index + 1, now: now)
                    index += 1
                } else {
                    throw Self.unrecognized(option)
                }
                index += 1
            }
            if let time = deliveryTime, time < 0 || time > now { deliveryTime = now }
        }

        private mutating func set(
            _ option: UnsafeRawBufferPointer, _ arguments: Arguments, _ index: Int, now: Int
        ) throws(ReplyError) {
            if option.isWord("idle") {
                let idleTime = try arguments.number(
                    at: index, orThrow: "Invalid IDLE option argument for XCLAIM")
                // -1 is as if the option were not there, as in Redis.
                let time = now &- idleTime
                deliveryTime = time == -1 ? nil : time
            } else if option.isWord("time") {
                let time = try arguments.number(
                    at: index, orThrow: "Invalid TIME option argument for XCLAIM")
                deliveryTime = time == -1 ? nil : time
            } else if option.isWord("retrycount") {
                let count = try arguments.number(
                    at: index, orThrow: "Invalid RETRYCOUNT option argument for XCLAIM")
                deliveryCount = count < 0 ? nil : count
            } else if option.isWord("lastid") {
                lastID = try StreamID(arguments[index])
            } else {
                throw Self.unrecognized(option)
            }
        }

        private static func unrecognized(_ option: UnsafeRawBufferPointer) -> ReplyError {
            ReplyError(
                bytes: Array("ERR Unrecognized XCLAIM option '".utf8) + option.cString(upTo: .max)
                    + Array("'".utf8))
        }
    }

    static func xclaim(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        guard let object = try StreamCommands.findForReadingAsGroup(context, key),
            let group = object.stream.groupIndex(named: arguments[2])
        else { throw .noGroup(arguments) }
        let minIdleTime = try arguments.number(
            at: 4, orThrow: "Invalid min-idle-time argument for XCLAIM")
        var ids: [StreamID] = []
        var index = 5
        while index < arguments.count, let id = StreamID.parsed(arguments[index]) {
            ids.append(id)
            index += 1
        }
        let now = context.now
        let options = try ClaimOptions(arguments, from: index, now: now)
        var claim = StreamClaim(
            context, key, object, group: group, arguments[2], consumer: arguments[3])
        let isAhead = claim.advance(to: options.lastID)
        claim.enter()
        let deliveryTime = options.deliveryTime ?? now
        for id in ids {
            let pending = object.stream[group: group].pendingEntry(id)
            guard object.stream.contains(id) else {
                if pending != nil { claim.forget(id) }
                continue
            }
            guard pending != nil || options.createsPending else { continue }
            if let pending, minIdleTime > 0, now - pending.deliveryTime < minIdleTime { continue }
            // An entry that is made pending here was delivered once, which is counted once more.
            let count = Int(pending?.deliveryCount ?? 1) + (options.repliesIDsOnly ? 0 : 1)
            claim.take(id, deliveryTime, options.deliveryCount ?? count)
        }
        context.reply.claimedEntries(claim, idsOnly: options.repliesIDsOnly)
        claim.finish(isAhead: isAhead)
    }

    // MARK: XAUTOCLAIM

    /// How many entries are looked at for each that may be claimed.
    private static let attemptFactor = 10
    private static let limitMax = Int.max / 16
    private static let defaultLimit = 100

    static func xautoclaim(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let minIdleTime = try arguments.number(
            at: 4, orThrow: "Invalid min-idle-time argument for XAUTOCLAIM")
        let start = try StreamIDRange.first(arguments[5])
        var limit = defaultLimit
        var repliesIDsOnly = false
        var index = 6
        while index < arguments.count {
            if arguments[index].isWord("count"), index + 1 < arguments.count {
                guard let number = Int(strictDecimal: arguments[index + 1]),
                    (1...limitMax).contains(number)
                else { throw ReplyError("ERR COUNT must be > 0") }
                limit = number
                index += 1
            } else if arguments[index].isWord("justid") {
                repliesIDsOnly = true
            } else {
                throw .syntax
            }
            index += 1
        }
        let key = KeyName(arguments[1])
        guard let object = try StreamCommands.findForReadingAsGroup(context, key),
            let group = object.stream.groupIndex(named: arguments[2])
        else { throw .noGroup(arguments) }
        let pendingCount = object.stream[group: group].pendingCount
        guard context.mayVisit(min(limit, pendingCount)) else { return }
        var claim = StreamClaim(
            context, key, object, group: group, arguments[2], consumer: arguments[3])
        claim.enter()
        var attempts = limit.multipliedReportingOverflow(by: attemptFactor).partialValue
        var next = object.stream[group: group].firstPending(notBelow: start)
        while attempts > 0, limit > 0, let pending = next {
            attempts -= 1
            if !object.stream.contains(pending.id) {
                claim.forget(pending.id)
                limit -= 1
            } else if minIdleTime <= 0 || context.now - pending.deliveryTime >= minIdleTime {
                let count = Int(pending.deliveryCount) + (repliesIDsOnly ? 0 : 1)
                claim.take(pending.id, context.now, count)
                limit -= 1
            }
            next = pending.id.successor.flatMap {
                object.stream[group: group].firstPending(notBelow: $0)
            }
        }
        context.reply.arrayHeader(3)
        context.reply.streamID(next?.id ?? .zero)
        context.reply.claimedEntries(claim, idsOnly: repliesIDsOnly)
        context.reply.arrayHeader(claim.forgotten.count)
        for id in claim.forgotten { context.reply.streamID(id) }
        claim.finish(isAhead: false)
    }
}

extension ReplyWriter {
    /// What a claim got, as entries or as IDs.
    fileprivate func claimedEntries(_ claim: StreamClaim, idsOnly: Bool) {
        arrayHeader(claim.taken.count)
        for entry in claim.taken {
            if idsOnly {
                streamID(entry.id)
            } else {
                var cursor = claim.object.stream.range(from: entry.id, through: entry.id)
                streamEntry(cursor.next()!)
            }
        }
    }
}
