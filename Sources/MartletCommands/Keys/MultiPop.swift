// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// An end that entries or members are popped from.
protocol PopEnd: Sendable {
    init(_ argument: UnsafeRawBufferPointer) throws(ReplyError)
}

/// The keys and options of LMPOP, ZMPOP and those of their kin that wait.
struct MultiPop<End: PopEnd> {
    let keys: Range<Int>
    let end: End
    let count: Int

    init(_ arguments: Arguments, countIndex: Int) throws(ReplyError) {
        keys = try arguments.countedKeys(at: countIndex)
        guard keys.upperBound < arguments.count else { throw .syntax }
        end = try End(arguments[keys.upperBound])
        count = try arguments.popCount(from: keys.upperBound + 1)
    }
}

extension Arguments {
    /// Where the keys stand whose number is an argument.
    fileprivate func countedKeys(at index: Int) throws(ReplyError) -> Range<Int> {
        guard let count = Int(strictDecimal: self[index]), count > 0 else {
            throw ReplyError("ERR numkeys should be greater than 0")
        }
        guard count < self.count - index else { throw .syntax }
        return index + 1..<index + 1 + count
    }

    /// The option COUNT, which may be given once; 1 without it.
    fileprivate func popCount(from start: Int) throws(ReplyError) -> Int {
        guard start < count else { return 1 }
        guard count - start == 2, self[start].isWord("count") else { throw .syntax }
        guard let number = Int(strictDecimal: self[start + 1]), number > 0 else {
            throw ReplyError("ERR count should be greater than 0")
        }
        return number
    }
}
