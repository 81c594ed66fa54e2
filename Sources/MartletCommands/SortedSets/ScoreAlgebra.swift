// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// A request that makes one sorted set of several: its sources and its options.
struct ScoreAlgebra {
    enum Operation {
        case union, intersection, difference
    }

    private enum Aggregate {
        case sum, min, max
    }

    fileprivate struct Source {
        var members: Members
        var weight = 1.0
    }

    fileprivate enum Members {
        case none
        case set(SetValue)
        case sortedSet(SortedSetValue)
    }

    private let operation: Operation
    private var sources: [Source] = []
    private var aggregate = Aggregate.sum
    private(set) var hasScores = false
    /// What ZINTERCARD counts to; 0: all.
    private var limit = 0

    /// - Parameters:
    ///   - countIndex: where the number of keys is.
    ///   - takesScores: whether WITHSCORES is an option.
    init(
        _ operation: Operation, _ context: KeyContext, _ arguments: Arguments, countIndex: Int,
        name: StaticString, takesScores: Bool
    ) throws(ReplyError) {
        self.operation = operation
        var index = try readSources(context, arguments, countIndex, name)
        while index < arguments.count {
            let option = arguments[index]
            let left = arguments.count - index - 1
            if operation != .difference, left >= sources.count, option.isWord("weights") {
                try readWeights(arguments, from: index + 1)
                index += sources.count + 1
            } else if operation != .difference, left >= 1, option.isWord("aggregate") {
                aggregate = try Self.aggregate(arguments[index + 1])
                index += 2
            } else if takesScores, option.isWord("withscores") {
                hasScores = true
                index += 1
            } else {
                throw .syntax
            }
        }
        // Redis goes through the smaller ones first, which shows where sums are rounded.
        if operation != .difference {
            sources.sort { $0.members.count < $1.members.count }
        }
    }

    /// ZINTERCARD.
    init(cardinality context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        operation = .intersection
        var index = try readSources(context, arguments, 1, "zintercard")
        while index < arguments.count {
            guard arguments[index].isWord("limit"), index + 1 < arguments.count else {
                throw .syntax
            }
            guard let number = Int(strictDecimal: arguments[index + 1]), number >= 0 else {
                throw ReplyError("ERR LIMIT can't be negative")
            }
            limit = number
            index += 2
        }
        sources.sort { $0.members.count < $1.members.count }
    }

    // MARK: Reading the request

    /// - Returns: The index behind the last key.
    private mutating func readSources(
        _ context: KeyContext, _ arguments: Arguments, _ countIndex: Int, _ name: StaticString
    ) throws(ReplyError) -> Int {
        let count = try context.integer(arguments[countIndex])
        guard count > 0 else {
            throw ReplyError("ERR at least 1 input key is needed for '\(name)' command")
        }
        guard count < arguments.count - countIndex else { throw .syntax }
        for index in countIndex + 1...countIndex + count {
            switch context.find(KeyName(arguments[index]))?.value {
            case nil: sources.append(Source(members: .none))
            case .set(let object): sources.append(Source(members: .set(object.set)))
            case .sortedSet(let object):
                sources.append(Source(members: .sortedSet(object.sortedSet)))
            default: throw .wrongType
            }
        }
        return countIndex + count + 1
    }

    private mutating func readWeights(
        _ arguments: Arguments, from start: Int
    ) throws(ReplyError) {
        for index in sources.indices {
            guard let weight = Double(argument: arguments[start + index]) else {
                throw ReplyError("ERR weight value is not a float")
            }
            sources[index].weight = weight
        }
    }

    private static func aggregate(
        _ word: UnsafeRawBufferPointer
    ) throws(ReplyError) -> Aggregate {
        if word.isWord("sum") { return .sum }
        if word.isWord("min") { return .min }
        if word.isWord("max") { return .max }
        throw .syntax
    }

    // MARK: Computing

    /// How many members all the sources have together.
    var memberCount: Int { sources.reduce(0) { $0 + $1.members.count } }

    func result(_ limits: SortedSetLimits) -> SortedSetValue {
        var result = SortedSetValue()
        switch operation {
        case .union:
            for source in sources {
                source.members.visit { member, score in
                    member.withBytes { member in
                        let weighted = source.weighted(score)
                        let old = result.score(of: member)
                        result.set(
                            member, score: old.map { combined($0, weighted) } ?? weighted, limits)
                    }
                    return true
                }
            }
        case .intersection:
            visitIntersection { member, score in
                result.set(member, score: score, limits)
                return true
            }
        case .difference:
            sources[0].members.visit { member, score in
                member.withBytes { member in
                    let isElsewhere = sources.dropFirst().contains {
                        $0.members.score(of: member) != nil
                    }
                    if !isElsewhere { result.set(member, score: score, limits) }
                }
                return true
            }
        }
        return result
    }

    /// How many members all sources have, counted up to the limit.
    var intersectionCount: Int {
        var count = 0
        visitIntersection { _, _ in
            count += 1
            return count != limit
        }
        return count
    }

    private func visitIntersection(_ body: (UnsafeRawBufferPointer, Double) -> Bool) {
        sources[0].members.visit { member, score in
            member.withBytes { member in
                var sum = sources[0].weighted(score)
                for source in sources.dropFirst() {
                    guard let other = source.members.score(of: member) else { return true }
                    sum = combined(sum, source.weighted(other))
                }
                return body(member, sum)
            }
        }
    }

    private func combined(_ left: Double, _ right: Double) -> Double {
        switch aggregate {
        case .sum:
            let sum = left + right
            // Of infinities with different signs.
            return sum.isNaN ? 0 : sum
        case .min: return right < left ? right : left
        case .max: return right > left ? right : left
        }
    }
}

extension ScoreAlgebra.Source {
    fileprivate func weighted(_ score: Double) -> Double {
        let product = weight * score
        return product.isNaN ? 0 : product
    }
}

extension ScoreAlgebra.Members {
    fileprivate var count: Int {
        switch self {
        case .none: 0
        case .set(let set): set.count
        case .sortedSet(let sortedSet): sortedSet.count
        }
    }

    fileprivate func score(of member: UnsafeRawBufferPointer) -> Double? {
        switch self {
        case .none: nil
        case .set(let set): set.contains(member) ? 1 : nil
        case .sortedSet(let sortedSet): sortedSet.score(of: member)
        }
    }

    /// Visits the members until the body returns false.
    fileprivate func visit(_ body: (PackedValue, Double) -> Bool) {
        switch self {
        case .none: break
        case .set(let set): set.visit { body($0, 1) }
        case .sortedSet(let sortedSet): sortedSet.visit(from: 0, body)
        }
    }
}
