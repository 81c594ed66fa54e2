// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// LCS: what two strings have in common.
extension StringCommands {
    private struct CommonOptions {
        private(set) var lengthOnly = false
        private(set) var hasMatches = false
        private(set) var hasMatchLengths = false
        private(set) var matchLengthMin = 0

        init(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
            var index = 3
            while index < arguments.count {
                let option = arguments[index]
                if option.isWord("idx") {
                    hasMatches = true
                } else if option.isWord("len") {
                    lengthOnly = true
                } else if option.isWord("withmatchlen") {
                    hasMatchLengths = true
                } else if option.isWord("minmatchlen"), index + 1 < arguments.count {
                    matchLengthMin = try context.integer(arguments[index + 1])
                    index += 1
                } else {
                    throw .syntax
                }
                index += 1
            }
            if hasMatches, lengthOnly {
                throw ReplyError(
                    "ERR If you want both the length and indexes, please just use IDX.")
            }
        }
    }

    static func lcs(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        var strings: [StringValue] = []
        for index in 1...2 {
            switch context.find(KeyName(arguments[index]))?.value {
            case nil: strings.append(.raw([]))
            case .string(let string): strings.append(string)
            default: throw ReplyError("ERR The specified keys must contain string values")
            }
        }
        let options = try CommonOptions(context, arguments)
        let cellCount = CommonSubsequence.cellCount(strings[0].byteCount, strings[1].byteCount)
        guard let cellCount else {
            throw ReplyError(
                "ERR Insufficient memory, failed allocating transient memory for LCS")
        }
        guard context.mayVisit(cellCount) else { return }
        strings[0].withBytes { first in
            strings[1].withBytes { second in
                let common = CommonSubsequence(first, second, lengthOnly: options.lengthOnly)
                if options.hasMatches {
                    replyMatches(common, options, to: context.reply)
                } else if options.lengthOnly {
                    context.reply.integer(common.length)
                } else {
                    context.reply.bulk(common.bytes)
                }
            }
        }
    }

    private static func replyMatches(
        _ common: CommonSubsequence, _ options: CommonOptions, to reply: ReplyWriter
    ) {
        var matches: [(first: Range<Int>, second: Range<Int>)] = []
        common.visitMatches { first, second in
            if first.count >= options.matchLengthMin { matches.append((first, second)) }
        }
        reply.mapHeader(2)
        reply.bulk("matches")
        reply.arrayHeader(matches.count)
        for match in matches {
            reply.arrayHeader(options.hasMatchLengths ? 3 : 2)
            for range in [match.first, match.second] {
                reply.arrayHeader(2)
                reply.integer(range.lowerBound)
                reply.integer(range.upperBound - 1)
            }
            if options.hasMatchLengths { reply.integer(match.first.count) }
        }
        reply.bulk("len")
        reply.integer(common.length)
    }
}
