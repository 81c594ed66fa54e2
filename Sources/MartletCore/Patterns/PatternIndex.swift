// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The patterns that have subscribers, found by the channels that they match, without a visit to
/// every pattern.
///
/// Every glob demands a literal prefix and a literal suffix of a channel, either of which may be
/// empty, and often literals in between. Patterns with the same prefix and suffix share a bucket:
///
///     channel  news:eu:item17
///              ├─► prefixes, a trie ──► ""  "news:"             each a group of buckets
///              └─► suffixes, a trie, from the end ──► ""  ":item17"
///
///     ("news:", ":item17")   news:*:item17   news:?u:item17
///     ("news:", "")          news:*          news:*:item1*:*  ⟍ many, so filed in a GramIndex
///     ("", ":item17")        *:item17        news:*:item2*:*  ⟋ by a literal in between
///
/// A query walks the trie of prefixes along the channel. A group of few patterns is verified as it
/// is. For a larger one the trie of suffixes is walked too, once a query, and the buckets of the
/// suffixes found are visited; the members of a bucket are verified, or those among them whose
/// gram occurs in the channel. So 10,000 patterns `news:*:item<n>` cost what a few cost, and so do
/// 10,000 `*<n>`, `<n>*` or `user:*:<n>:*`.
///
/// Tries, because a walk costs what the channel is long and finds all prefixes at once; a table
/// hashed by prefix would need a probe for each length in use. Pairs, because a prefix that
/// thousands share or a suffix that thousands share is harmless if the other end tells them apart.
///
/// Whatever the patterns, a query verifies none twice, and looks up no more pairs than there are
/// patterns. Not indexed are classes: patterns that differ in nothing else share a bucket, and
/// all of them are verified.
package struct PatternIndex: Sendable {
    /// Up to here verifying all is cheaper than a look at the suffixes.
    private static let smallGroup = 8
    /// A bucket with so many members files further patterns by gram, if they have one.
    private static let manyMembers = 8

    private struct Entry: Sendable {
        let glob: Glob
        let id: Int
        var bucket: Int32
        /// The gram under which the bucket has filed the pattern; if none, it is a member.
        var gram: Gram?
        /// The position among those of the same gram, or among the members.
        var place = 0
    }

    /// The patterns with one prefix and one suffix.
    private struct Bucket: Sendable {
        let prefix: Int32
        let suffix: Int32
        let prefixCount: Int
        let suffixCount: Int
        /// The position among the buckets of the prefix.
        var place: Int
        /// Entries that are verified whenever the bucket is visited.
        var members: [Int32] = []
        /// Entries filed by a literal in between.
        var grams: GramIndex?

        var isEmpty: Bool { members.isEmpty && grams == nil }
    }

    /// The patterns with one prefix.
    private struct Group: Sendable {
        var buckets: [Int32] = []
        var patternCount = 0
    }

    private struct Pair: Hashable {
        let prefix: Int32
        let suffix: Int32

        func hash(into hasher: inout Hasher) {
            hasher.combine(UInt64(UInt32(bitPattern: prefix)) << 32 | UInt64(suffix))
        }
    }

    private var entries = Arena(vacant: Entry(glob: Glob([]), id: -1, bucket: -1))
    private var entryOfPattern: [[UInt8]: Int32] = [:]
    private var prefixes = LiteralTrie()
    private var groups = Arena(vacant: Group())
    private var suffixes = LiteralTrie()
    /// How many buckets each suffix has.
    private var suffixUses = Arena(vacant: 0)
    private var buckets = Arena(
        vacant: Bucket(prefix: -1, suffix: -1, prefixCount: 0, suffixCount: 0, place: -1))
    private var bucketOfPair: [Pair: Int32] = [:]

    package init() {}

    package var count: Int { entries.count }

    /// Adds a pattern that is not in the index, under an id that no other pattern in it has.
    package mutating func insert(_ pattern: Glob, id: Int) {
        let bucket = makeBucket(for: pattern)
        let entry = entries.insert(Entry(glob: pattern, id: id, bucket: bucket))
        let previous = entryOfPattern.updateValue(entry, forKey: pattern.pattern)
        precondition(previous == nil, "the pattern is in the index already")
        groups[buckets[bucket].prefix].patternCount += 1
        if buckets[bucket].members.count >= Self.manyMembers, GramIndex.canHold(pattern) {
            if buckets[bucket].grams == nil { buckets[bucket].grams = GramIndex() }
            let gram = buckets[bucket].grams!.rarestGram(of: pattern)
            entries[entry].gram = gram
            entries[entry].place = buckets[bucket].grams!.insert(entry, under: gram)
        } else {
            entries[entry].place = buckets[bucket].members.count
            buckets[bucket].members.append(entry)
        }
    }

    /// Removes a pattern that was inserted under `id`.
    package mutating func remove(_ pattern: Glob, id: Int) {
        guard let entry = entryOfPattern.removeValue(forKey: pattern.pattern) else {
            preconditionFailure("the pattern is not in the index")
        }
        precondition(entries[entry].id == id, "the pattern has another id")
        if entries.count == 1 {
            self = PatternIndex()
            return
        }
        let bucket = entries[entry].bucket
        let place = entries[entry].place
        let moved: Int32?
        if let gram = entries[entry].gram {
            moved = buckets[bucket].grams!.remove(at: place, under: gram)
            if buckets[bucket].grams!.count == 0 { buckets[bucket].grams = nil }
        } else {
            moved = buckets[bucket].members.swapRemove(at: place)
        }
        if let moved { entries[moved].place = place }
        entries.remove(entry)
        groups[buckets[bucket].prefix].patternCount -= 1
        if buckets[bucket].isEmpty { removeBucket(bucket, of: pattern) }
    }

    /// Appends the ids of the patterns that match `channel`, in ascending order.
    package func appendMatches(of channel: UnsafeRawBufferPointer, to result: inout [Int]) {
        let start = result.count
        var search = Search(channel: channel)
        run(&search, appendingTo: &result)
        if result.count - start > 1 { result[start...].sort() }
    }

    /// How many patterns a query for `channel` verifies.
    func candidateCount(of channel: UnsafeRawBufferPointer) -> Int {
        var search = Search(channel: channel)
        var result: [Int] = []
        run(&search, appendingTo: &result)
        return search.candidateCount
    }

    /// How many nodes the tries have; each has one when it is empty.
    var nodeCount: Int { prefixes.nodeCount + suffixes.nodeCount }
}

// MARK: - Queries

extension PatternIndex {
    private struct Search {
        let channel: UnsafeRawBufferPointer
        /// The suffixes of the channel that patterns have, once they were needed.
        var suffixes: [Int32]?
        var candidateCount = 0
    }

    private func run(_ search: inout Search, appendingTo result: inout [Int]) {
        var walk = LiteralTrie.Walk(fromEnd: false)
        while let prefix = prefixes.advance(&walk, along: search.channel) {
            if groups[prefix].patternCount <= Self.smallGroup {
                verifyAll(of: prefix, &search, &result)
                continue
            }
            let found = search.suffixes ?? suffixesFound(in: search.channel)
            search.suffixes = found
            if groups[prefix].patternCount <= found.count {
                verifyAll(of: prefix, &search, &result)
                continue
            }
            for suffix in found {
                if let bucket = bucketOfPair[Pair(prefix: prefix, suffix: suffix)] {
                    visit(bucket, &search, &result)
                }
            }
        }
    }

    private func suffixesFound(in channel: UnsafeRawBufferPointer) -> [Int32] {
        var found: [Int32] = []
        var walk = LiteralTrie.Walk(fromEnd: true)
        while let suffix = suffixes.advance(&walk, along: channel) { found.append(suffix) }
        return found
    }

    private func verifyAll(of prefix: Int32, _ search: inout Search, _ result: inout [Int]) {
        for bucket in groups[prefix].buckets { visit(bucket, &search, &result) }
    }

    private func visit(_ bucket: Int32, _ search: inout Search, _ result: inout [Int]) {
        verify(buckets[bucket].members, &search, &result)
        guard buckets[bucket].grams != nil else { return }
        let start = buckets[bucket].prefixCount
        let end = search.channel.count - buckets[bucket].suffixCount
        guard start < end else { return }
        let inner = UnsafeRawBufferPointer(rebasing: search.channel[start..<end])
        var candidates: [Int32] = []
        buckets[bucket].grams!.appendCandidates(for: inner, to: &candidates)
        verify(candidates, &search, &result)
    }

    private func verify(
        _ candidates: [Int32], _ search: inout Search, _ result: inout [Int]
    ) {
        search.candidateCount += candidates.count
        for candidate in candidates where entries[candidate].glob.matches(search.channel) {
            result.append(entries[candidate].id)
        }
    }
}

// MARK: - Buckets

extension PatternIndex {
    private mutating func makeBucket(for pattern: Glob) -> Int32 {
        var prefix = prefixes.value(of: pattern.prefix)
        if prefix == nil {
            prefix = groups.insert(Group())
            prefixes.insert(pattern.prefix, value: prefix!)
        }
        let reversed = Array(pattern.suffix.reversed())
        var suffix = suffixes.value(of: reversed)
        if suffix == nil {
            suffix = suffixUses.insert(0)
            suffixes.insert(reversed, value: suffix!)
        }
        let pair = Pair(prefix: prefix!, suffix: suffix!)
        if let bucket = bucketOfPair[pair] { return bucket }
        let place = groups[pair.prefix].buckets.count
        let bucket = buckets.insert(
            Bucket(
                prefix: pair.prefix, suffix: pair.suffix, prefixCount: pattern.prefix.count,
                suffixCount: pattern.suffix.count, place: place))
        groups[pair.prefix].buckets.append(bucket)
        suffixUses[pair.suffix] += 1
        bucketOfPair[pair] = bucket
        return bucket
    }

    /// Removes an empty bucket, and its prefix and suffix if it was the last that had them.
    private mutating func removeBucket(_ bucket: Int32, of pattern: Glob) {
        let pair = Pair(prefix: buckets[bucket].prefix, suffix: buckets[bucket].suffix)
        let place = buckets[bucket].place
        if let moved = groups[pair.prefix].buckets.swapRemove(at: place) {
            buckets[moved].place = place
        }
        if groups[pair.prefix].buckets.isEmpty {
            groups.remove(pair.prefix)
            prefixes.remove(pattern.prefix)
        }
        suffixUses[pair.suffix] -= 1
        if suffixUses[pair.suffix] == 0 {
            suffixUses.remove(pair.suffix)
            suffixes.remove(pattern.suffix.reversed())
        }
        bucketOfPair[pair] = nil
        buckets.remove(bucket)
    }
}
