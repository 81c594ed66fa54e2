// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A command or subcommand that can be looked up: its description, its full name and a number
/// for what is counted by command.
package final class Command: Sendable {
    package let descriptor: CommandDescriptor
    /// `client|kill` for a subcommand, the name itself otherwise.
    package let fullName: String
    package let index: Int
    package let flags: CommandFlags
    package let arity: Int
    let handler: CommandDescriptor.Handler?
    package let subcommands: [Command]
    private let subcommandIndex: NameIndex

    fileprivate init(_ descriptor: CommandDescriptor, container: String?, index: inout Int) {
        self.descriptor = descriptor
        fullName = container.map { "\($0)|\(descriptor.name)" } ?? descriptor.name
        self.index = index
        flags = descriptor.flags
        arity = descriptor.arity
        handler = descriptor.handler
        index += 1
        var subcommands: [Command] = []
        for subcommand in descriptor.subcommands {
            subcommands.append(Command(subcommand, container: fullName, index: &index))
        }
        self.subcommands = subcommands
        subcommandIndex = NameIndex(subcommands.map(\.descriptor.name))
    }

    func subcommand(_ name: UnsafeRawBufferPointer) -> Command? {
        subcommandIndex.find(name).map { subcommands[$0] }
    }

    /// Whether so many arguments, with the name, can be right.
    func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount == arity : argumentCount >= -arity
    }
}

/// All commands by name.
package final class CommandTable: Sendable {
    /// In the order in which they were registered.
    package let commands: [Command]
    /// How many numbers `Command.index` uses.
    package let commandCount: Int
    private let nameIndex: NameIndex

    package init(_ descriptors: [CommandDescriptor]) {
        var index = 0
        var commands: [Command] = []
        for descriptor in descriptors {
            commands.append(Command(descriptor, container: nil, index: &index))
        }
        self.commands = commands
        commandCount = index
        nameIndex = NameIndex(commands.map(\.descriptor.name))
    }

    package func command(_ name: UnsafeRawBufferPointer) -> Command? {
        nameIndex.find(name).map { commands[$0] }
    }
}

/// A fixed set of names, found without regard to case and without making a String.
struct NameIndex: Sendable {
    private struct Entry: Sendable {
        let name: [UInt8]
        let index: Int
    }

    /// By length and the first and last letter, which tells almost all commands apart.
    private let buckets: [[Entry]]

    init(_ names: [String]) {
        var buckets = [[Entry]](repeating: [], count: names.isEmpty ? 1 : 1024)
        for (index, name) in names.enumerated() {
            let bytes = Array(name.utf8)
            let bucket = bytes.withUnsafeBytes { Self.bucket(of: $0, count: buckets.count) }
            buckets[bucket].append(Entry(name: bytes, index: index))
        }
        self.buckets = buckets
    }

    func find(_ name: UnsafeRawBufferPointer) -> Int? {
        guard !name.isEmpty else { return nil }
        for entry in buckets[Self.bucket(of: name, count: buckets.count)] {
            if name.equalsIgnoringCase(lowercased: entry.name) { return entry.index }
        }
        return nil
    }

    private static func bucket(of name: UnsafeRawBufferPointer, count: Int) -> Int {
        guard !name.isEmpty else { return 0 }
        let first = Int(name[0] | 0x20)
        let middle = Int(name[name.count / 2] | 0x20)
        let last = Int(name[name.count - 1] | 0x20)
        return (first &* 31 &+ middle &* 7 &+ last &* 131 &+ name.count &* 17) & (count - 1)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are this word, in upper or lower case letters.
    func equalsIgnoringCase(lowercased word: [UInt8]) -> Bool {
        guard count == word.count else { return false }
        return word.withUnsafeBufferPointer { word in
            for index in 0..<count where lowercased(self[index]) != word[index] { return false }
            return true
        }
    }

    /// Whether the bytes are this word, which is given in lower case.
    package func isWord(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for index in 0..<count where lowercased(self[index]) != word.utf8Start[index] {
            return false
        }
        return true
    }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
