// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// Which arguments of a command are keys, or names that belong to a slot as keys do, and what
/// the command does to them. Keys stand in one run, with a fixed distance between two. It begins
/// at a fixed argument or behind a keyword, and ends at a fixed argument or is as long as an
/// argument says.
package struct KeySpecification: Sendable {
    /// By Redis's names (COMMAND INFO, key specifications).
    package enum Flag: String, Sendable {
        case readWrite = "RW"
        case readOnly = "RO"
        case overwrite = "OW"
        case remove = "RM"
        case access
        case update
        case insert
        case delete
        /// A name that is routed as a key is, but none: a shard channel.
        case notKey = "not_key"
        case incomplete
        case variableFlags = "variable_flags"
    }

    /// Where the run begins.
    package enum Start: Sendable {
        /// At this argument; 0 is the command's name.
        case index(Int)
        /// Behind this word, which is looked for from an argument on, backwards if that is
        /// counted from the end.
        case keyword(String, from: Int)
        /// The run is one key at most, and only the command knows where it stands.
        case unknown(find: @Sendable (Arguments) -> Int?)
    }

    /// How far the run reaches, from where it begins.
    package enum Extent: Sendable {
        /// The last key, counted from the first; negative: from the end, where -1 is the last
        /// argument. Of what is left only one part in `limit` are keys, if that is above 1.
        case range(lastOffset: Int, step: Int, limit: Int)
        /// The number of keys stands at an argument, the first of them at another.
        case counted(countOffset: Int, firstOffset: Int, step: Int)
    }

    package let flags: [Flag]
    package let start: Start
    package let extent: Extent
    /// What COMMAND INFO says besides.
    package let notes: String?

    package init(
        _ flags: [Flag], first: Int, lastOffset: Int = 0, step: Int = 1, notes: String? = nil
    ) {
        self.flags = flags
        start = .index(first)
        extent = .range(lastOffset: lastOffset, step: step, limit: 0)
        self.notes = notes
    }

    /// Keys whose number is an argument: `countOffset` and `firstOffset` count from `first`.
    package init(
        _ flags: [Flag], first: Int, countIndex: Int, firstKey: Int, step: Int = 1,
        notes: String? = nil
    ) {
        self.flags = flags
        start = .index(first)
        extent = .counted(countOffset: countIndex, firstOffset: firstKey, step: step)
        self.notes = notes
    }

    /// Keys behind a word.
    package init(
        _ flags: [Flag], keyword: String, startFrom: Int, lastOffset: Int = 0, step: Int = 1,
        limit: Int = 0, notes: String? = nil
    ) {
        self.flags = flags
        start = .keyword(keyword, from: startFrom)
        extent = .range(lastOffset: lastOffset, step: step, limit: limit)
        self.notes = notes
    }

    /// A key that a general rule does not find, or keys that nobody can tell from the request
    /// alone.
    package init(
        unknown flags: [Flag], notes: String,
        find: @escaping @Sendable (Arguments) -> Int? = { _ in nil }
    ) {
        self.flags = flags
        start = .unknown(find: find)
        extent = .range(lastOffset: 0, step: 1, limit: 0)
        self.notes = notes
    }

    var isKey: Bool { !flags.contains(.notKey) }

    /// First, last and step, for a program that knows no key specifications: nil unless they do
    /// not depend on the arguments. A negative last counts from the end.
    private var fixedRun: (first: Int, last: Int, step: Int)? {
        guard case .index(let first) = start, case .range(let lastOffset, let step, _) = extent
        else { return nil }
        return (first, lastOffset < 0 ? lastOffset : first + lastOffset, step)
    }

    /// The run that several specifications make which follow one another, as in Redis's
    /// `populateCommandLegacyRangeSpec`.
    static func fixedRun(
        of specifications: [KeySpecification]
    ) -> (first: Int, last: Int, step: Int)? {
        if specifications.count == 1 { return specifications[0].fixedRun }
        var whole: (first: Int, last: Int, step: Int)?
        for run in specifications.compactMap(\.fixedRun) where run.step == 1 {
            guard let first = whole?.first else {
                whole = run
                continue
            }
            guard whole!.last == run.first - 1 else { continue }
            whole = (first, run.last, 1)
        }
        return whole
    }

    /// Where the keys of a request stand; nil if it cannot be one of the command's.
    func indices(_ arguments: Arguments) -> StrideThrough<Int>? {
        guard let first = firstIndex(arguments) else {
            if case .unknown = start { return stride(from: 0, through: -1, by: 1) }
            return nil
        }
        switch extent {
        case .range(let lastOffset, let step, let limit):
            var last = first + lastOffset
            if lastOffset < 0 {
                last = arguments.count + lastOffset
                if limit > 1 { last = first + (arguments.count - first) / limit + lastOffset }
            }
            return stride(from: first, through: min(last, arguments.count - 1), by: step)
        case .counted(let countOffset, let firstOffset, let step):
            guard first + countOffset < arguments.count,
                let count = Int(strictDecimal: arguments[first + countOffset]), count >= 0,
                count <= arguments.count,
                first + firstOffset + count * step <= arguments.count + step - 1
            else { return nil }
            let begin = first + firstOffset
            return stride(from: begin, through: begin + (count - 1) * step, by: step)
        }
    }

    private func firstIndex(_ arguments: Arguments) -> Int? {
        switch start {
        case .unknown(let find):
            return find(arguments)
        case .index(let first):
            return first
        case .keyword(let word, let from):
            let word = Array(word.lowercased().utf8)
            let begin = from < 0 ? arguments.count + from : from
            let candidates =
                from < 0
                ? stride(from: begin, to: 0, by: -1)
                : stride(from: begin, to: arguments.count, by: 1)
            return candidates.first {
                arguments[$0].equalsIgnoringCase(lowercased: word)
            }.map { $0 + 1 }
        }
    }
}
