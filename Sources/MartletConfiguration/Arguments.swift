// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A line of a configuration file is a list of arguments:
//
//     word            ends at a blank
//     "quoted \x41"   with the escapes \xHH \n \r \t \b \a; a backslash before any other
//                     character stands for that character
//     'quoted'        with the escape \' alone
//
// A quote may open inside a word, and a blank or the end of the line must follow where it
// closes. Redis reads its files so (sdssplitargs), and inline commands too.

/// The arguments of a line, or nil if its quotes are unbalanced.
func splitArguments(_ line: some Sequence<UInt8>) -> [[UInt8]]? {
    var splitter = ArgumentSplitter()
    var rest = Array(line)[...]
    while let byte = rest.popFirst() {
        guard splitter.take(byte, &rest) else { return nil }
    }
    return splitter.finish()
}

private struct ArgumentSplitter {
    private enum Place { case between, word, doubleQuotes, singleQuotes, closed }

    private var place = Place.between
    private var arguments: [[UInt8]] = []
    private var argument: [UInt8] = []

    /// Returns false if `byte` cannot stand here. Takes from `rest` what an escape needs.
    mutating func take(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        switch (place, byte) {
        case (.doubleQuotes, UInt8(ascii: "\"")), (.singleQuotes, UInt8(ascii: "'")):
            place = .closed
        case (.doubleQuotes, UInt8(ascii: "\\")):
            argument.append(unescape(&rest))
        case (.singleQuotes, UInt8(ascii: "\\")) where rest.first == UInt8(ascii: "'"):
            argument.append(rest.removeFirst())
        case (.doubleQuotes, _), (.singleQuotes, _):
            argument.append(byte)
        case (.between, _) where byte.isASCIISpace:
            break
        case (.closed, _) where byte.isASCIISpace, (.word, _) where byte.endsWord:
            endArgument()
        case (.closed, _):
            return false
        case (_, UInt8(ascii: "\"")):
            place = .doubleQuotes
        case (_, UInt8(ascii: "'")):
            place = .singleQuotes
        default:
            place = .word
            argument.append(byte)
        }
        return true
    }

    mutating func finish() -> [[UInt8]]? {
        switch place {
        case .doubleQuotes, .singleQuotes: return nil
        case .word, .closed: endArgument()
        case .between: break
        }
        return arguments
    }

    private mutating func endArgument() {
        arguments.append(argument)
        argument = []
        place = .between
    }

    /// What follows a backslash in double quotes. At the end of the line the backslash stands for
    /// itself; the quotes are unbalanced then anyway.
    private func unescape(_ rest: inout ArraySlice<UInt8>) -> UInt8 {
        guard let escaped = rest.popFirst() else { return UInt8(ascii: "\\") }
        switch escaped {
        case UInt8(ascii: "x"):
            let digits = rest.prefix(2).compactMap(\.hexDigitValue)
            guard digits.count == 2 else { return escaped }
            rest.removeFirst(2)
            return digits[0] << 4 | digits[1]
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "t"): return UInt8(ascii: "\t")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "a"): return 0x07
        default: return escaped
        }
    }
}

/// `bytes` in double quotes so that ``splitArguments(_:)`` gives them back, printable
/// (sdscatrepr).
func quoted(_ bytes: [UInt8]) -> [UInt8] {
    var text = "\""
    for byte in bytes {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): text += "\\\(Character(Unicode.Scalar(byte)))"
        case UInt8(ascii: "\n"): text += "\\n"
        case UInt8(ascii: "\r"): text += "\\r"
        case UInt8(ascii: "\t"): text += "\\t"
        case 0x07: text += "\\a"
        case 0x08: text += "\\b"
        case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16)
            text += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
        }
    }
    return Array((text + "\"").utf8)
}

/// `bytes` as they are if that reads back as one argument, otherwise in quotes.
func quotedIfNeeded(_ bytes: [UInt8]) -> [UInt8] {
    splitArguments(bytes) == [bytes] && bytes.allSatisfy { 0x21...0x7e ~= $0 }
        ? bytes : quoted(bytes)
}

extension UInt8 {
    /// The blanks of C's `isspace`.
    var isASCIISpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }

    /// Redis ends a word at these only; the other blanks stand between words but not inside.
    fileprivate var endsWord: Bool { isASCIISpace && self != 0x0b && self != 0x0c }

    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var asciiLowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    fileprivate var hexDigitValue: UInt8? {
        switch asciiLowercased {
        case let digit where digit.isASCIIDigit: digit - UInt8(ascii: "0")
        case let letter where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter):
            letter - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension [UInt8] {
    var asciiLowercased: [UInt8] { map(\.asciiLowercased) }
}
