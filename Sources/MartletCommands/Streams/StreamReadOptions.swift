// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// What XREAD and XREADGROUP are asked for, but for the IDs.
struct StreamReadOptions: Sendable {
    /// XREADGROUP.
    let isGroup: Bool
    /// How many entries of each stream; `Int.max` if all.
    private(set) var limit = Int.max
    /// BLOCK, in milliseconds; 0 means for ever.
    private(set) var timeout: Int?
    private(set) var isUnacknowledged = false
    /// CLAIM: entries that are pending for so long, in milliseconds, come first.
    private(set) var minIdleTime: Int?
    /// Where the group and the consumer stand.
    private(set) var groupIndex: Int?
    /// Where the keys begin, and how many there are.
    private(set) var keysIndex = 0
    private(set) var streamCount = 0

    init(_ arguments: Arguments, isGroup: Bool) throws(ReplyError) {
        self.isGroup = isGroup
        var index = 1
        scan: while index < arguments.count {
            let option = arguments[index]
            let moreCount = arguments.count - index - 1
            if option.isWord("block"), moreCount > 0 {
                index += 1
                timeout = try Self.timeout(arguments[index])
            } else if option.isWord("count"), moreCount > 0 {
                index += 1
                limit = try arguments.count(at: index)
                if limit == 0 { limit = .max }
            } else if option.isWord("streams"), moreCount > 0 {
                try setStreams(arguments, from: index + 1)
                break scan
            } else if option.isWord("group"), moreCount >= 2 {
                guard isGroup else { throw Self.onlyForGroups("GROUP") }
                groupIndex = index + 1
                index += 2
            } else if option.isWord("noack") {
                guard isGroup else { throw Self.onlyForGroups("NOACK") }
                isUnacknowledged = true
            } else if isGroup, option.isWord("claim"), moreCount > 0 {
                index += 1
                minIdleTime = try Self.minIdleTime(arguments[index])
            } else {
                throw .syntax
            }
            index += 1
        }
        guard keysIndex > 0 else { throw .syntax }
        if isGroup, groupIndex == nil {
            throw ReplyError("ERR Missing GROUP option for XREADGROUP")
        }
    }

    private mutating func setStreams(
        _ arguments: Arguments, from start: Int
    ) throws(ReplyError) {
        keysIndex = start
        let count = arguments.count - start
        guard count % 2 == 0 else {
            throw ReplyError(
                isGroup
                    ? "ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or "
                        + "'>' must be specified."
                    : "ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' "
                        + "must be specified.")
        }
        streamCount = count / 2
    }

    private static func timeout(
        _ argument: UnsafeRawBufferPointer
    ) throws(ReplyError) -> Int {
        guard let timeout = Int(strictDecimal: argument) else {
            throw ReplyError("ERR timeout is not an integer or out of range")
        }
        guard timeout >= 0 else { throw ReplyError("ERR timeout is negative") }
        return timeout
    }

    private static func minIdleTime(
        _ argument: UnsafeRawBufferPointer
    ) throws(ReplyError) -> Int {
        guard let time = Int(strictDecimal: argument) else {
            throw ReplyError("ERR min-idle-time is not an integer")
        }
        guard time >= 0 else { throw ReplyError("ERR min-idle-time must be a positive integer") }
        return time
    }

    private static func onlyForGroups(_ option: String) -> ReplyError {
        ReplyError(
            "ERR The \(option) option is only supported by XREADGROUP. You called XREAD instead.")
    }

    /// Where a stream's ID stands.
    func idIndex(of stream: Int) -> Int { keysIndex + streamCount + stream }

    /// - Parameter now: milliseconds since the epoch.
    /// - Returns: when the time is up, nil if never.
    func deadline(now: Int) throws(ReplyError) -> Int? {
        guard let timeout, timeout > 0 else { return nil }
        let (deadline, overflow) = now.addingReportingOverflow(timeout)
        guard !overflow else { throw ReplyError("ERR timeout is out of range") }
        return deadline
    }

    func keys(_ arguments: Arguments) -> [[UInt8]] {
        (keysIndex..<(keysIndex + streamCount)).map { Array(arguments[$0]) }
    }
}
