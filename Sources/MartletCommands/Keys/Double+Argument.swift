// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

#if canImport(Glibc)
    import Glibc
#endif

extension Double {
    /// A number as Redis reads one: all of the bytes, no blanks in front, not NaN.
    init?(argument: UnsafeRawBufferPointer) {
        if let number = Int(strictDecimal: argument), number.magnitude < 1 << 53 {
            self = Double(number)
            return
        }
        // Longer ones than Redis's buffer takes are none.
        guard !argument.isEmpty, argument.count < 255, isspace(Int32(argument[0])) == 0 else {
            return nil
        }
        let (value, byteCount, isOutOfRange) = Self.read(argument)
        guard byteCount == argument.count, !value.isNaN else { return nil }
        if isOutOfRange, value.isInfinite || value == 0 { return nil }
        self = value
    }

    /// Whatever `strtod` takes to the end or to a zero, but NaN; nothing at all is 0.
    ///
    /// - Parameter limited: whether what is too large or too small for a Double is none.
    init?(lenient text: UnsafeRawBufferPointer, limited: Bool) {
        let (value, byteCount, isOutOfRange) = Self.read(text)
        guard byteCount == text.count || text[byteCount] == 0, !value.isNaN else { return nil }
        if limited, isOutOfRange { return nil }
        self = value
    }

    /// What `strtod` says of the bytes, and how many of them it took.
    private static func read(
        _ text: UnsafeRawBufferPointer
    ) -> (value: Double, byteCount: Int, isOutOfRange: Bool) {
        (Array(text) + [0]).withUnsafeBytes { text in
            let start = text.baseAddress!.assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            let value = strtod(start, &end)
            return (value, end! - UnsafeMutablePointer(mutating: start), errno == ERANGE)
        }
    }
}
