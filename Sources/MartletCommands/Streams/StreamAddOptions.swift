// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// The options of XADD and XTRIM.
struct StreamAddOptions {
    private(set) var mustExist = false
    private(set) var trim: Stream.Trim?
    private(set) var policy: Stream.ReferencePolicy?
    private(set) var idempotency: Idempotency?
    /// XADD: where the ID stands, and what it says.
    private(set) var idIndex = 0
    private(set) var choice = Stream.IDChoice.generated

    /// What XADD says of its producer, by the arguments' indices.
    struct Idempotency {
        var producer: Int
        /// Nil if the message's ID is to follow from what it holds.
        var messageID: Int?
    }

    /// XADD: whether Redis 7.0 understands the command, and it gives the same result at any time.
    var isLoggedAsItCame: Bool {
        guard case .exact = choice, policy == nil, idempotency == nil else { return false }
        return trim?.isApproximate != true
    }

    /// - Parameter isAdd: XADD, not XTRIM.
    init(
        _ arguments: Arguments, isAdd: Bool, limits: @autoclosure () -> StreamLimits
    ) throws(ReplyError) {
        var limit: Int?
        var index = 2
        scan: while index < arguments.count {
            let option = arguments[index]
            let hasMore = index + 1 < arguments.count
            if isAdd, option.isCharacter("*") {
                break
            } else if option.isWord("maxlen"), hasMore {
                index = try parseTrim(arguments, index, isLength: true)
            } else if option.isWord("minid"), hasMore {
                index = try parseTrim(arguments, index, isLength: false)
            } else if option.isWord("limit"), hasMore {
                index += 1
                guard let number = Int(strictDecimal: arguments[index]) else {
                    throw .notAnInteger
                }
                guard number >= 0 else {
                    throw ReplyError("ERR The LIMIT argument must be >= 0.")
                }
                limit = number
            } else if policy == nil, let policy = Stream.ReferencePolicy(option) {
                self.policy = policy
            } else if isAdd, option.isWord("nomkstream") {
                mustExist = true
            } else if isAdd, option.isWord("idmpauto"), hasMore {
                try setIdempotency(Idempotency(producer: index + 1))
                index += 1
            } else if isAdd, option.isWord("idmp"), index + 2 < arguments.count {
                try setIdempotency(Idempotency(producer: index + 1, messageID: index + 2))
                index += 2
            } else if isAdd {
                choice = try Stream.IDChoice(option)
                break scan
            } else {
                throw .syntax
            }
            index += 1
        }
        idIndex = index
        try setLimit(limit, isAdd: isAdd, limits)
    }

    private mutating func parseTrim(
        _ arguments: Arguments, _ index: Int, isLength: Bool
    ) throws(ReplyError) -> Int {
        guard trim == nil else {
            throw ReplyError(
                "ERR syntax error, MAXLEN and MINID options at the same time are not compatible")
        }
        var index = index + 1
        var isApproximate = false
        if index + 1 < arguments.count {
            isApproximate = arguments[index].isCharacter("~")
            if isApproximate || arguments[index].isCharacter("=") { index += 1 }
        }
        let bound: Stream.Trim.Bound
        if isLength {
            guard let length = Int(strictDecimal: arguments[index]) else { throw .notAnInteger }
            guard length >= 0 else {
                throw ReplyError("ERR The MAXLEN argument must be >= 0.")
            }
            bound = .maxLength(length)
        } else {
            bound = .minID(try StreamID(arguments[index]))
        }
        trim = Stream.Trim(bound, isApproximate: isApproximate)
        return index
    }

    private mutating func setIdempotency(_ value: Idempotency) throws(ReplyError) {
        guard idempotency == nil else {
            throw ReplyError("ERR syntax error, IDMP/IDMPAUTO specified multiple times")
        }
        idempotency = value
    }

    private mutating func setLimit(
        _ limit: Int?, isAdd: Bool, _ limits: () -> StreamLimits
    ) throws(ReplyError) {
        guard let isApproximate = trim?.isApproximate else {
            if let limit, limit != 0 {
                throw ReplyError(
                    "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy")
            }
            if !isAdd {
                throw ReplyError(
                    "ERR syntax error, XTRIM must be called with a trimming strategy")
            }
            if limit != nil { throw Self.limitWithoutApproximation }
            return
        }
        if let limit {
            guard isApproximate else { throw Self.limitWithoutApproximation }
            trim!.limit = limit
        } else if isApproximate {
            trim!.limit = limits().approximateTrimCountMax
        }
    }

    private static let limitWithoutApproximation = ReplyError(
        "ERR syntax error, LIMIT cannot be used without the special ~ option")
}

extension Stream.ReferencePolicy {
    /// KEEPREF, DELREF or ACKED.
    init?(_ word: UnsafeRawBufferPointer) {
        if word.isWord("keepref") {
            self = .keep
        } else if word.isWord("delref") {
            self = .delete
        } else if word.isWord("acked") {
            self = .acknowledged
        } else {
            return nil
        }
    }
}
