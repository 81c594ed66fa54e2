// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// The options of SET.
struct SetOptions {
    /// NX or XX.
    private(set) var mustExist: Bool?
    private(set) var getsOldValue = false
    private(set) var keepsExpiry = false
    /// Milliseconds since the epoch.
    private(set) var expiry: Int?

    init() {}

    /// - Parameter now: milliseconds since the epoch.
    init(_ arguments: Arguments, from start: Int, now: Int) throws(ReplyError) {
        var expiryOption: (unit: ExpiryUnit, index: Int)?
        var index = start
        while index < arguments.count {
            let option = arguments[index]
            if option.isWord("nx"), mustExist != true {
                mustExist = false
            } else if option.isWord("xx"), mustExist != false {
                mustExist = true
            } else if option.isWord("get") {
                getsOldValue = true
            } else if option.isWord("keepttl"), expiryOption == nil {
                keepsExpiry = true
            } else if let unit = ExpiryUnit(option), !keepsExpiry, index + 1 < arguments.count,
                expiryOption == nil || expiryOption!.unit == unit
            {
                expiryOption = (unit, index + 1)
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        if let (unit, index) = expiryOption {
            expiry = try unit.expiry(arguments[index], now: now, command: "set")
        }
    }
}

/// How a time to live is given.
enum ExpiryUnit {
    case seconds, milliseconds, unixSeconds, unixMilliseconds

    /// The options EX, PX, EXAT and PXAT.
    init?(_ option: UnsafeRawBufferPointer) {
        if option.isWord("ex") {
            self = .seconds
        } else if option.isWord("px") {
            self = .milliseconds
        } else if option.isWord("exat") {
            self = .unixSeconds
        } else if option.isWord("pxat") {
            self = .unixMilliseconds
        } else {
            return nil
        }
    }

    var isRelative: Bool { self == .seconds || self == .milliseconds }
    var isInSeconds: Bool { self == .seconds || self == .unixSeconds }

    /// - Returns: milliseconds since the epoch.
    func expiry(
        _ argument: UnsafeRawBufferPointer, now: Int, command: StaticString
    ) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: argument) else { throw .notAnInteger }
        let factor = isInSeconds ? 1000 : 1
        guard number > 0, number <= Int.max / factor else { throw .invalidExpiry(command) }
        return try milliseconds(number * factor, now: now, command: command)
    }

    /// As `expiry`, for EXPIRE: a time in the past is one too.
    func anyTime(
        _ argument: UnsafeRawBufferPointer, now: Int, command: StaticString
    ) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: argument) else { throw .notAnInteger }
        let factor = isInSeconds ? 1000 : 1
        guard number <= Int.max / factor, number >= Int.min / factor else {
            throw .invalidExpiry(command)
        }
        return try milliseconds(number * factor, now: now, command: command)
    }

    private func milliseconds(
        _ number: Int, now: Int, command: StaticString
    ) throws(ReplyError) -> Int {
        guard isRelative else { return min(number, KeyEntry.never - 1) }
        guard number <= Int.max - now else { throw .invalidExpiry(command) }
        return min(number + now, KeyEntry.never - 1)
    }
}

extension ReplyError {
    static func invalidExpiry(_ command: StaticString) -> ReplyError {
        ReplyError("ERR invalid expire time in '\(command)' command")
    }
}
