// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Replies as text that is easy to write in an expectation: `+OK`, `-ERR …`, `:1`, `"bulk"`,
/// `,1.5`, `nil`, `[a, b]`, `>[push]`, `~[set]`, `%[key, value]`, `="verbatim"`.
struct ReplyText {
    private var rest: ArraySlice<UInt8>

    /// All values in `bytes`; what is not a whole value ends the list as `broken: …`.
    static func values(in bytes: [UInt8]) -> [String] {
        var reader = ReplyText(rest: bytes[...])
        var values: [String] = []
        while !reader.rest.isEmpty {
            let start = reader.rest
            guard let value = reader.value() else {
                return values + ["broken: \(String(decoding: start, as: UTF8.self))"]
            }
            values.append(value)
        }
        return values
    }

    private mutating func value() -> String? {
        guard let line = line(), let type = line.first else { return nil }
        let text = line.dropFirst()
        switch type {
        case "+", "-", ":", "#", ",": return line
        case "_": return "nil"
        case "$": return Int(text).flatMap { bulk($0) }
        case "=": return Int(text).flatMap { bulk($0) }.map { "=" + $0 }
        case "*": return Int(text).flatMap { elements($0) }
        case ">", "~": return Int(text).flatMap { elements($0) }.map { "\(type)" + $0 }
        case "%": return Int(text).flatMap { elements($0 * 2) }.map { "%" + $0 }
        default: return nil
        }
    }

    private mutating func line() -> String? {
        guard let end = rest.firstIndex(of: 0x0A), end > rest.startIndex, rest[end - 1] == 0x0D
        else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<(end - 1)], as: UTF8.self)
    }

    private mutating func bulk(_ count: Int) -> String? {
        guard count >= 0 else { return "nil" }
        guard rest.count >= count + 2 else { return nil }
        defer { rest = rest.dropFirst(count + 2) }
        return "\"\(String(decoding: rest.prefix(count), as: UTF8.self))\""
    }

    private mutating func elements(_ count: Int) -> String? {
        guard count >= 0 else { return "nil" }
        var elements: [String] = []
        for _ in 0..<count {
            guard let element = value() else { return nil }
            elements.append(element)
        }
        return "[\(elements.joined(separator: ", "))]"
    }
}
