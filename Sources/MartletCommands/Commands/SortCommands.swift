// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// SORT and SORT_RO.
enum SortCommands {
    static func sort(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try run(context, arguments, SortOptions(arguments, mayStore: true))
    }

    static func sortRo(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try run(context, arguments, SortOptions(arguments, mayStore: false))
    }

    /// A member, and what it is compared by.
    private struct Item {
        let member: [UInt8]
        var score = 0.0
        /// Nil if there is no such key.
        var text: [UInt8]?
    }

    private static func run(
        _ context: KeyContext, _ arguments: Arguments, _ options: SortOptions
    ) throws(ReplyError) {
        guard let (members, isSet) = try members(context, arguments[1], options) else { return }
        var options = options
        if isSet, options.leavesOrder, options.destination != nil {
            // What is stored must not depend on the order of a set's table.
            options.sortByName()
        }
        var items = members.map { Item(member: $0) }
        if !options.leavesOrder {
            for index in items.indices { try weigh(&items[index], options, context) }
            items.sort { isBelow($0, $1, options) }
        }
        let range = options.range(of: items.count)
        let words = items[range].flatMap { item in
            options.gets.isEmpty
                ? [item.member] : options.gets.map { lookUp($0, item.member, context) }
        }
        if let destination = options.destination {
            store(words, at: arguments[destination], context)
        } else {
            context.reply.arrayHeader(words.count)
            for word in words {
                if let word { context.reply.bulk(word) } else { context.reply.null() }
            }
        }
    }

    /// The members of the key, in the order that they have; nil if they are too many to sort here.
    private static func members(
        _ context: KeyContext, _ key: UnsafeRawBufferPointer, _ options: SortOptions
    ) throws(ReplyError) -> (members: [[UInt8]], isSet: Bool)? {
        var members: [[UInt8]] = []
        var isSet = false
        switch context.find(KeyName(key))?.value {
        case nil: break
        case .list(let object):
            guard context.mayVisit(object.list.count) else { return nil }
            object.list.visit(from: 0) {
                members.append($0.copy)
                return true
            }
        case .set(let object):
            isSet = true
            guard context.mayVisit(object.set.count) else { return nil }
            object.set.visit {
                members.append($0.copy)
                return true
            }
        case .sortedSet(let object):
            let sortedSet = object.sortedSet
            guard context.mayVisit(sortedSet.count) else { return nil }
            let start = options.isDescending ? sortedSet.count - 1 : 0
            sortedSet.visit(from: start, reversed: options.isDescending) { member, _ in
                members.append(member.copy)
                return true
            }
        default: throw .wrongType
        }
        return (members, isSet)
    }

    private static func weigh(
        _ item: inout Item, _ options: SortOptions, _ context: KeyContext
    ) throws(ReplyError) {
        let weight = options.by.map { lookUp($0, item.member, context) } ?? item.member
        if options.isAlphabetic {
            item.text = weight
        } else if let weight {
            let score = weight.withUnsafeBytes { Double(lenient: $0, limited: true) }
            guard let score else {
                throw ReplyError("ERR One or more scores can't be converted into double")
            }
            item.score = score
        }
    }

    private static func isBelow(_ left: Item, _ right: Item, _ options: SortOptions) -> Bool {
        let (left, right) = options.isDescending ? (right, left) : (left, right)
        if options.isAlphabetic {
            guard let rightText = right.text else { return false }
            guard let leftText = left.text else { return true }
            return leftText.lexicographicallyPrecedes(rightText)
        }
        if left.score != right.score { return left.score < right.score }
        return left.member.lexicographicallyPrecedes(right.member)
    }

    /// What a pattern of BY or GET refers to for a member: the member itself (`#`), a string, or a
    /// hash's field behind `->`.
    private static func lookUp(
        _ pattern: [UInt8], _ member: [UInt8], _ context: KeyContext
    ) -> [UInt8]? {
        if pattern == [UInt8(ascii: "#")] { return member }
        guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return nil }
        let rest = pattern[(star + 1)...]
        var end = rest.endIndex
        var field: ArraySlice<UInt8>?
        let arrow = rest.indices.first { rest[$0...].starts(with: Array("->".utf8)) }
        if let arrow, arrow + 2 < rest.endIndex {
            end = arrow
            field = rest[(arrow + 2)...]
        }
        let key = pattern[..<star] + member + rest[..<end]
        return key.withUnsafeBytes { key in
            guard let entry = context.find(KeyName(key)) else { return nil }
            guard let field else {
                var string: [UInt8]?
                _ = entry.withString { string = Array($0) }
                return string
            }
            guard case .hash(let object) = entry.value else { return nil }
            return field.withUnsafeBytes { object.hash.withValue(of: $0) { $0.copy } }
        }
    }

    private static func store(
        _ words: [[UInt8]?], at key: UnsafeRawBufferPointer, _ context: KeyContext
    ) {
        let limits = context.keyspace.listLimits
        var list = ListValue()
        for word in words { (word ?? []).withUnsafeBytes { list.push($0, at: .tail, limits) } }
        list.prepare(forAdding: 0, byteCount: 0, limits)
        context.store(ListObject(list), at: key, .sortStored)
    }
}

extension KeyspaceEvent {
    fileprivate static let sortStored = KeyspaceEvent("sortstore", .list)
}
