// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Splits an inline request into arguments as Redis's `sdssplitargs` does: separated by spaces,
/// with `"…"` (escapes `\xHH \n \r \t \b \a`) and `'…'` (only `\'`) around arguments that
/// contain spaces or bytes that do not print.
package enum InlineArguments {
    /// - Returns: nil if the quotes are not balanced, or if something follows a closing quote.
    package static func words(of line: UnsafeRawBufferPointer) -> [[UInt8]]? {
        let scratch = RequestScratch()
        guard split(line, into: scratch) else { return nil }
        let words = scratch.arguments(of: line, inline: true)
        return (0..<words.count).map { Array(words[$0]) }
    }

    /// - Parameter line: without its end, and without a NUL.
    /// - Returns: false if the quotes are not balanced, or if something follows a closing quote.
    static func split(_ line: UnsafeRawBufferPointer, into scratch: RequestScratch) -> Bool {
        let output = scratch.inlineRoom(byteCount: line.count)
        var written = 0
        var index = 0
        let end = line.count
        while true {
            while index < end, isSpace(line[index]) { index += 1 }
            guard index < end else { return true }
            let start = written
            argument: while index < end {
                let byte = line[index]
                switch byte {
                case UInt8(ascii: "\""):
                    guard copyDoubleQuoted(line, end, &index, output, &written) else {
                        return false
                    }
                    break argument
                case UInt8(ascii: "'"):
                    guard copySingleQuoted(line, end, &index, output, &written) else {
                        return false
                    }
                    break argument
                case _ where isArgumentEnd(byte):
                    break argument
                default:
                    output[written] = byte
                    written += 1
                    index += 1
                }
            }
            scratch.append(ArgumentSpan(offset: start, count: written - start))
        }
    }

    /// Copies from the opening quote at `index` to its end; false where none is found, or where
    /// something other than a space follows.
    private static func copyDoubleQuoted(
        _ line: UnsafeRawBufferPointer, _ end: Int, _ index: inout Int,
        _ output: UnsafeMutableRawBufferPointer, _ written: inout Int
    ) -> Bool {
        index += 1
        while index < end {
            var byte = line[index]
            if byte == UInt8(ascii: "\"") {
                index += 1
                return index == end || isSpace(line[index])
            }
            if byte == UInt8(ascii: "\\"), index + 1 < end {
                if line[index + 1] == UInt8(ascii: "x"), index + 3 < end,
                    let high = hexDigit(line[index + 2]), let low = hexDigit(line[index + 3])
                {
                    byte = high << 4 | low
                    index += 3
                } else {
                    index += 1
                    byte = unescaped(line[index])
                }
            }
            output[written] = byte
            written += 1
            index += 1
        }
        return false
    }

    private static func copySingleQuoted(
        _ line: UnsafeRawBufferPointer, _ end: Int, _ index: inout Int,
        _ output: UnsafeMutableRawBufferPointer, _ written: inout Int
    ) -> Bool {
        index += 1
        while index < end {
            if line[index] == UInt8(ascii: "'") {
                index += 1
                return index == end || isSpace(line[index])
            }
            if line[index] == UInt8(ascii: "\\"), index + 1 < end,
                line[index + 1] == UInt8(ascii: "'")
            {
                index += 1
            }
            output[written] = line[index]
            written += 1
            index += 1
        }
        return false
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "a"): 0x07
        default: byte
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `isspace` of the C locale, by which Redis skips what lies between arguments.
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// What ends an argument without quotes: fewer bytes than `isSpace` has.
    private static func isArgumentEnd(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
