// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A few adjacent bytes that a channel must contain to match a pattern.
struct Gram: Hashable, Sendable {
    /// The sizes in use. Each size that occurs costs a lookup for each byte of a channel, so
    /// there are not more: seven bytes in a row give four grams of size 4.
    static let sizes = [1, 2, 3, 4, 8]

    private let bytes: UInt64
    /// The position of the size in `sizes`.
    let sizeIndex: Int

    static func == (left: Gram, right: Gram) -> Bool {
        left.bytes == right.bytes && left.sizeIndex == right.sizeIndex
    }

    func hash(into hasher: inout Hasher) {
        // One word is hashed faster than two, and sizes mix rarely.
        hasher.combine(bytes ^ UInt64(sizeIndex) << 59)
    }

    /// The gram of the last bytes that went into `window`, the latest in the lowest place.
    init(window: UInt64, sizeIndex: Int) {
        let size = Self.sizes[sizeIndex]
        bytes = size == 8 ? window : window & (1 << UInt64(size * 8) &- 1)
        self.sizeIndex = sizeIndex
    }
}

/// Patterns that share their literal prefix and suffix, filed by literals in between: each under
/// one gram, the rarest it has at the time, so that literals that many patterns have in common do
/// not gather them.
///
///     user:*:42:*   under ":42:"        query "user:ann:42:x" → for each window of "ann:42:x"
///     user:*:4711:* under "4711"        of a size in use, look up the gram; verify what is there
struct GramIndex: Sendable {
    private var patterns: [Gram: [Int32]] = [:]
    /// How many patterns are filed under grams of each size.
    private var counts = [Int](repeating: 0, count: Gram.sizes.count)
    private(set) var count = 0

    /// Whether `glob` has a literal between its prefix and its suffix.
    static func canHold(_ glob: Glob) -> Bool {
        glob.middle.contains { $0.isLiteral }
    }

    /// The gram of `glob` that the fewest patterns are filed under. Only the largest size that
    /// the pattern has is considered: a short gram occurs in too many channels.
    func rarestGram(of glob: Glob) -> Gram {
        let longest = Self.longestRun(in: glob.middle)
        let sizeIndex = Gram.sizes.lastIndex { $0 <= longest }!
        var rarest: Gram?
        var rarestCount = Int.max
        var window: UInt64 = 0
        var run = 0
        for token in glob.middle {
            guard token.isLiteral else {
                run = 0
                continue
            }
            window = window << 8 | UInt64(token.literal)
            run += 1
            guard run >= Gram.sizes[sizeIndex] else { continue }
            let gram = Gram(window: window, sizeIndex: sizeIndex)
            let count = patterns[gram]?.count ?? 0
            if count < rarestCount {
                rarest = gram
                rarestCount = count
            }
            if count == 0 { break }
        }
        return rarest!
    }

    private static func longestRun(in tokens: [GlobToken]) -> Int {
        var longest = 0
        var run = 0
        for token in tokens {
            run = token.isLiteral ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// Files a pattern and gives its place under the gram.
    mutating func insert(_ pattern: Int32, under gram: Gram) -> Int {
        count += 1
        counts[gram.sizeIndex] += 1
        let place = patterns[gram]?.count ?? 0
        patterns[gram, default: []].append(pattern)
        return place
    }

    /// Removes the pattern at `place`, and gives the one that has moved there, if one has.
    mutating func remove(at place: Int, under gram: Gram) -> Int32? {
        count -= 1
        counts[gram.sizeIndex] -= 1
        let moved = patterns[gram]!.swapRemove(at: place)
        if patterns[gram]!.isEmpty { patterns[gram] = nil }
        return moved
    }

    /// Appends the patterns whose gram occurs in `inner`, the part of a channel between prefix
    /// and suffix. Where there are fewer patterns than lookups to be made, it appends them all.
    func appendCandidates(for inner: UnsafeRawBufferPointer, to candidates: inout [Int32]) {
        let sizesInUse = counts.count { $0 > 0 }
        if count <= sizesInUse * inner.count {
            for filed in patterns.values { candidates += filed }
            return
        }
        // A gram may occur more than once in the channel, and counts once.
        var found: Set<Gram> = []
        for sizeIndex in counts.indices where counts[sizeIndex] > 0 {
            let size = Gram.sizes[sizeIndex]
            var window: UInt64 = 0
            for index in 0..<inner.count {
                window = window << 8 | UInt64(inner[index])
                guard index + 1 >= size else { continue }
                let gram = Gram(window: window, sizeIndex: sizeIndex)
                if let filed = patterns[gram], found.insert(gram).inserted {
                    candidates += filed
                }
            }
        }
    }
}

extension [Int32] {
    /// Removes the element at `place` by moving the last one there, and gives the moved one.
    mutating func swapRemove(at place: Int) -> Int32? {
        let last = removeLast()
        guard place < count else { return nil }
        self[place] = last
        return last
    }
}
