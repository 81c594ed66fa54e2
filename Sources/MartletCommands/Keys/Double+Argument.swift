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
        let text = Array(argument) + [0]
        let value: Double? = text.withUnsafeBytes { text in
            let start = text.baseAddress!.assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            let value = strtod(start, &end)
            let isWhole = end! - UnsafeMutablePointer(mutating: start) == argument.count
            guard isWhole, !value.isNaN else { return nil }
            let isOutOfRange = errno == ERANGE && (value.isInfinite || value == 0)
            return isOutOfRange ? nil : value
        }
        guard let value else { return nil }
        self = value
    }

    /// Whatever `strtod` takes to the end or to a zero, but NaN; nothing at all is 0.
    init?(lenient text: UnsafeRawBufferPointer) {
        let text = Array(text) + [0]
        let value: Double? = text.withUnsafeBytes { text in
            let start = text.baseAddress!.assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            return end!.pointee == 0 && !value.isNaN ? value : nil
        }
        guard let value else { return nil }
        self = value
    }
}
