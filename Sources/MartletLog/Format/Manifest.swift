// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The manifest names the files that make up the log, in the order in which they are loaded:
//
//     file appendonly.aof.2.base.aof seq 2 type b
//     file appendonly.aof.4.incr.aof seq 4 type i
//     file appendonly.aof.5.incr.aof seq 5 type i
//     file appendonly.aof.3.incr.aof seq 3 type h
//
// `b` is the base, `i` an increment, `h` a file that is to be deleted. It is replaced as a whole
// by a rename: what it says at any moment is a log that loads. (Redis: aof.c, `AOF manifest`.)

/// The contents of `appendonly.aof.manifest`.
package struct Manifest: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package enum Kind: String, Sendable {
            case base = "b"
            case increment = "i"
            case history = "h"
        }

        package var name: String
        package var sequence: UInt64
        package var kind: Kind
    }

    package var base: Entry?
    package var increments: [Entry] = []
    package var history: [Entry] = []

    package init() {}

    /// The files that are loaded, in their order.
    package var loaded: [Entry] { (base.map { [$0] } ?? []) + increments }

    var isEmpty: Bool { base == nil && increments.isEmpty && history.isEmpty }

    var nextBaseSequence: UInt64 {
        (([base].compactMap { $0 } + history.filter { $0.name.contains(".base.") })
            .map(\.sequence).max() ?? 0) + 1
    }

    var nextIncrementSequence: UInt64 {
        ((increments + history.filter { $0.name.contains(".incr.") })
            .map(\.sequence).max() ?? 0) + 1
    }

    package var text: String {
        (loaded + history).map {
            "file \(Self.quoted($0.name)) seq \($0.sequence) type \($0.kind.rawValue)\n"
        }.joined()
    }

    package struct ParseError: Error, Equatable, CustomStringConvertible {
        package var line: Int
        package var reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    package init(text: String) throws(ParseError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.hasPrefix("#") || line.isEmpty { continue }
            do throws(Problem) {
                try add(try Self.entry(of: String(line)))
            } catch {
                throw ParseError(line: index + 1, reason: error.rawValue)
            }
        }
        if isEmpty { throw ParseError(line: 1, reason: "the manifest names no file") }
    }

    private enum Problem: String, Error {
        case form = "not of the form `file NAME seq NUMBER type b|i|h`"
        case path = "a file's name contains a slash"
        case secondBase = "a second base file"
        case order = "the increments' numbers do not ascend"
        case quotes = "unbalanced quotes"
    }

    private mutating func add(_ entry: Entry) throws(Problem) {
        switch entry.kind {
        case .base:
            if base != nil { throw .secondBase }
            base = entry
        case .increment:
            if let last = increments.last, last.sequence >= entry.sequence { throw .order }
            increments.append(entry)
        case .history: history.append(entry)
        }
    }

    private static func entry(of line: String) throws(Problem) -> Entry {
        var words = try words(of: line)[...]
        var name: String?
        var sequence: UInt64?
        var kind: Entry.Kind?
        while let key = words.popFirst() {
            guard let value = words.popFirst() else { throw .form }
            switch key.lowercased() {
            case "file": name = value
            case "seq": sequence = UInt64(value)
            case "type": kind = Entry.Kind(rawValue: value)
            default: break  // Redis leaves room for further keys.
            }
        }
        guard let name, let sequence, let kind, !name.isEmpty else { throw .form }
        if name.utf8.contains(UInt8(ascii: "/")) { throw .path }
        return Entry(name: name, sequence: sequence, kind: kind)
    }

    // MARK: Names with spaces and such

    private static func quoted(_ name: String) -> String {
        let plain = name.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
                && $0 != UInt8(ascii: "'")
        }
        if plain { return name }
        var quoted = "\""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                quoted += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7f: quoted += String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                quoted += "\\x" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return quoted + "\""
    }

    private static func words(of line: String) throws(Problem) -> [String] {
        var words: [String] = []
        var bytes = Array(line.utf8)[...]
        while let first = bytes.first {
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\r") {
                bytes.removeFirst()
            } else if first == UInt8(ascii: "\"") {
                bytes.removeFirst()
                words.append(try quotedWord(&bytes))
            } else {
                let word = bytes.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }
                words.append(String(decoding: word, as: UTF8.self))
                bytes = bytes.dropFirst(word.count)
            }
        }
        return words
    }

    private static func quotedWord(_ bytes: inout ArraySlice<UInt8>) throws(Problem) -> String {
        var word: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: word, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                word.append(byte)
                continue
            }
            guard let escaped = bytes.popFirst() else { break }
            let digits = String(decoding: bytes.prefix(2), as: UTF8.self)
            if escaped == UInt8(ascii: "x"), let value = UInt8(digits, radix: 16) {
                word.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                word.append(escaped)
            }
        }
        throw .quotes
    }
}
