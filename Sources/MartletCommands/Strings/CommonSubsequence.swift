// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The longest common subsequence of two byte strings, by the table that everyone uses: cell
/// (i, j) is the length for the first i bytes of the one and the first j of the other. Redis keeps
/// the whole of it, four bytes a cell; here a row of it is kept, and of every cell one bit, which
/// is the way back: whether that goes on in the row above.
struct CommonSubsequence {
    let length: Int
    private let first: UnsafeRawBufferPointer
    private let second: UnsafeRawBufferPointer
    /// A bit for each cell with i and j above 0; empty if only the length was asked for.
    private let goesUp: [UInt64]

    /// So many cells are computed at the most, for which Redis would need 16 GiB.
    private static let cellCountMax = 1 << 32

    static func cellCount(_ first: Int, _ second: Int) -> Int? {
        let (count, overflows) = first.multipliedReportingOverflow(by: second)
        return overflows || count > cellCountMax ? nil : count
    }

    /// - Parameter lengthOnly: whether `visitMatches` will not be called.
    init(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, lengthOnly: Bool
    ) {
        self.first = first
        self.second = second
        let wordCount = lengthOnly ? 0 : first.count * second.count / 64 + 1
        var goesUp = [UInt64](repeating: 0, count: wordCount)
        var row = [UInt32](repeating: 0, count: second.count + 1)
        var cell = 0
        row.withUnsafeMutableBufferPointer { row in
            goesUp.withUnsafeMutableBufferPointer { goesUp in
                for byte in first {
                    var diagonal: UInt32 = 0
                    for column in 1..<row.count {
                        let above = row[column]
                        if byte == second[column - 1] {
                            row[column] = diagonal + 1
                        } else if above > row[column - 1] {
                            if !lengthOnly { goesUp[cell >> 6] |= 1 << UInt64(cell & 63) }
                        } else {
                            row[column] = row[column - 1]
                        }
                        diagonal = above
                        cell += 1
                    }
                }
            }
        }
        self.goesUp = goesUp
        length = Int(row[second.count])
    }

    /// Visits the runs of bytes that both strings have, from the last to the first.
    func visitMatches(_ body: (_ first: Range<Int>, _ second: Range<Int>) -> Void) {
        var (i, j) = (first.count, second.count)
        var runLength = 0
        while i > 0, j > 0 {
            if first[i - 1] == second[j - 1] {
                runLength += 1
                i -= 1
                j -= 1
                if i > 0, j > 0 { continue }
            }
            if runLength > 0 { body(i..<i + runLength, j..<j + runLength) }
            guard i > 0, j > 0 else { return }
            runLength = 0
            let cell = (i - 1) * second.count + j - 1
            if goesUp[cell >> 6] >> UInt64(cell & 63) & 1 == 1 { i -= 1 } else { j -= 1 }
        }
    }

    /// The subsequence itself.
    var bytes: [UInt8] {
        var runs: [Range<Int>] = []
        visitMatches { run, _ in runs.append(run) }
        return runs.reversed().flatMap { first[$0] }
    }
}
