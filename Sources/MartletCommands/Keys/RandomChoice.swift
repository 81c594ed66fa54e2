// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// How many random members HRANDFIELD, SRANDMEMBER and ZRANDMEMBER are asked for.
enum RandomChoice {
    /// One, which is replied alone.
    case one
    /// So many different ones, or all if there are not as many.
    case distinct(Int)
    /// So many, of which some may be the same.
    case repeating(Int)

    /// - Parameter hasValues: whether each comes with what belongs to it.
    init(_ count: Int, hasValues: Bool) throws(ReplyError) {
        guard count >= -Int.max else {
            throw ReplyError(
                "ERR value is out of range, value must between \(-Int.max) and \(Int.max)")
        }
        if hasValues, count.magnitude > Int.max / 2 {
            throw ReplyError("ERR value is out of range")
        }
        self = count < 0 ? .repeating(-count) : .distinct(count)
    }

    /// The words behind the key: a count, and an option.
    init(_ arguments: Arguments, option: StaticString?) throws(ReplyError) {
        guard arguments.count > 2 else {
            self = .one
            return
        }
        guard let count = Int(strictDecimal: arguments[2]) else { throw .notAnInteger }
        let hasValues = arguments.count > 3
        if count == .min { _ = try RandomChoice(count, hasValues: false) }
        if hasValues {
            guard arguments.count == 4, let option, arguments[3].isWord(option) else {
                throw .syntax
            }
        }
        self = try RandomChoice(count, hasValues: hasValues)
    }

    /// So many may be asked for of a few: Redis goes on until it has no memory left.
    private static let repeatingCountMax = 1 << 24

    /// How many there will be.
    func count(of memberCount: Int) throws(ReplyError) -> Int {
        switch self {
        case .one: return 1
        case .distinct(let count): return min(count, memberCount)
        case .repeating(let count):
            guard count <= Self.repeatingCountMax else {
                throw ReplyError("ERR value is out of range")
            }
            return count
        }
    }
}

/// Chooses some of a number of members, each as likely as any other, while they are visited.
struct RandomSelection {
    private var missing: Int
    private var left: Int
    private var random = SystemRandomNumberGenerator()

    init(_ count: Int, of memberCount: Int) {
        missing = count
        left = memberCount
    }

    var isComplete: Bool { missing == 0 }

    /// Whether the next member is one of them.
    mutating func takesNext() -> Bool {
        defer { left -= 1 }
        guard missing == left || Int.random(in: 0..<left, using: &random) < missing else {
            return false
        }
        missing -= 1
        return true
    }
}
