// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

#if canImport(Glibc)
    import Glibc
#endif

#if arch(x86_64)
    /// C's `long double`, in which Redis calculates.
    private typealias LongDouble = Float80
    private let longDoubleFormat = "%.17Lf"
#else
    private typealias LongDouble = Double
    private let longDoubleFormat = "%.17f"
#endif

extension StringCommands {
    static func incrbyfloat(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        let entry = context.findForWriting(key)
        var number: LongDouble = 0
        if let entry {
            var parsed: LongDouble?
            try string(of: entry).withBytes { parsed = longDouble($0) }
            guard let parsed else { throw .notAFloat }
            number = parsed
        }
        guard let increment = longDouble(arguments[2]) else { throw .notAFloat }
        let sum = number + increment
        guard sum.isFinite else {
            throw ReplyError("ERR increment would produce NaN or Infinity")
        }
        let digits = text(of: sum)
        digits.withUnsafeBytes { digits in
            context.set(
                key, entry, to: .string(StringValue(unparsed: digits)), keepingExpiry: true)
            context.changed(key, KeyspaceEvent("incrbyfloat", .string))
            context.effect(
                [.word("SET"), .bytes(key.bytes), .bytes(digits), .word("KEEPTTL")])
            context.reply.bulk(digits)
        }
    }

    /// As Redis's `string2ld`: all of the text, without spaces in front.
    private static func longDouble(_ text: UnsafeRawBufferPointer) -> LongDouble? {
        guard let first = text.first, text.count < 256, isspace(CInt(first)) == 0,
            !text.contains(0)
        else { return nil }
        var characters = text.map { CChar(bitPattern: $0) } + [0]
        let count = text.count
        return characters.withUnsafeMutableBufferPointer { characters in
            var end: UnsafeMutablePointer<CChar>?
            #if arch(x86_64)
                let number = strtold(characters.baseAddress!, &end)
            #else
                let number = strtod(characters.baseAddress!, &end)
            #endif
            guard end == characters.baseAddress! + count, !number.isNaN else { return nil }
            return number
        }
    }

    /// As Redis shows it to people: 17 digits behind the point at the most, no zeros at the end.
    private static func text(of number: LongDouble) -> [UInt8] {
        var characters = [CChar](repeating: 0, count: 5200)
        let count = withVaList([number]) {
            vsnprintf(&characters, characters.count, longDoubleFormat, $0)
        }
        var text = characters.prefix(Int(count)).map { UInt8(bitPattern: $0) }
        if text.contains(UInt8(ascii: ".")) {
            while text.last == UInt8(ascii: "0") { text.removeLast() }
            if text.last == UInt8(ascii: ".") { text.removeLast() }
        }
        return text == Array("-0".utf8) ? Array("0".utf8) : text
    }
}

extension ReplyError {
    static let notAFloat = ReplyError("ERR value is not a valid float")
}
