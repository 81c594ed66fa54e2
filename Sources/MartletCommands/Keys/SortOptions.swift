// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// The options of SORT.
struct SortOptions {
    private(set) var by: [UInt8]?
    private(set) var gets: [[UInt8]] = []
    private(set) var isDescending = false
    private(set) var isAlphabetic = false
    /// The index of the argument that names where the result is stored.
    private(set) var destination: Int?
    private var limit = (offset: 0, count: -1)

    init(_ arguments: Arguments, mayStore: Bool) throws(ReplyError) {
        var index = 2
        while index < arguments.count {
            let option = arguments[index]
            let left = arguments.count - index - 1
            if option.isWord("asc") {
                isDescending = false
            } else if option.isWord("desc") {
                isDescending = true
            } else if option.isWord("alpha") {
                isAlphabetic = true
            } else if option.isWord("limit"), left >= 2 {
                guard let offset = Int(strictDecimal: arguments[index + 1]),
                    let count = Int(strictDecimal: arguments[index + 2])
                else { throw .notAnInteger }
                limit = (offset, count)
                index += 2
            } else if mayStore, option.isWord("store"), left >= 1 {
                destination = index + 1
                index += 1
            } else if option.isWord("by"), left >= 1 {
                by = Array(arguments[index + 1])
                index += 1
            } else if option.isWord("get"), left >= 1 {
                gets.append(Array(arguments[index + 1]))
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    /// Where a request names the destination, be the request right or not (COMMAND GETKEYS).
    static func destination(_ arguments: Arguments) -> Int? {
        var destination: Int?
        var index = 2
        while index < arguments.count {
            let option = arguments[index]
            if option.isWord("limit") {
                index += 2
            } else if option.isWord("get") || option.isWord("by") {
                index += 1
            } else if option.isWord("store"), index + 1 < arguments.count {
                destination = index + 1
                index += 1
            }
            index += 1
        }
        return destination
    }

    /// BY a pattern without a star sorts nothing.
    var leavesOrder: Bool { by.map { !$0.contains(UInt8(ascii: "*")) } ?? false }

    mutating func sortByName() {
        by = nil
        isAlphabetic = true
    }

    /// What LIMIT leaves of so many members.
    func range(of memberCount: Int) -> Range<Int> {
        let start = min(max(limit.offset, 0), memberCount)
        let count = limit.count < 0 ? memberCount - start : min(limit.count, memberCount - start)
        return start..<start + count
    }
}
