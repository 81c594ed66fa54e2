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
    let keyHandler: CommandDescriptor.KeyHandler?
    package let subcommands: [Command]
    private let subcommandIndex: NameIndex

    fileprivate init(_ descriptor: CommandDescriptor, container: String?, index: inout Int) {
        self.descriptor = descriptor
        fullName = container.map { "\($0)|\(descriptor.name)" } ?? descriptor.name
        self.index = index
        flags = descriptor.keyHandler == nil ? descriptor.flags : [descriptor.flags, .keyspace]
        arity = descriptor.arity
        handler = descriptor.handler
        keyHandler = descriptor.keyHandler
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

/// A fixed set of names, found without regard to case and without making a String: a name of up
/// to 16 letters is compared as two words.
final class NameIndex: @unchecked Sendable {
    private struct Slot {
        var name: PackedName
        /// -1: free.
        var index: Int
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int
    /// Names that do not fit.
    private var longNames: [(name: [UInt8], index: Int)] = []

    init(_ names: [String]) {
        var capacity = 8
        while capacity < names.count * 4 { capacity *= 2 }
        mask = capacity - 1
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(name: PackedName(), index: -1), count: capacity)
        for (index, name) in names.enumerated() {
            let bytes = Array(name.utf8)
            guard let packed = bytes.withUnsafeBytes({ PackedName($0) }) else {
                longNames.append((bytes, index))
                continue
            }
            var slot = packed.hash & mask
            while slots[slot].index >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Slot(name: packed, index: index)
        }
    }

    deinit {
        slots.deallocate()
    }

    func find(_ name: UnsafeRawBufferPointer) -> Int? {
        guard let packed = PackedName(name) else {
            return longNames.first { name.equalsIgnoringCase(lowercased: $0.name) }?.index
        }
        var slot = packed.hash & mask
        while slots[slot].index >= 0 {
            if slots[slot].name == packed { return slots[slot].index }
            slot = (slot + 1) & mask
        }
        return nil
    }
}

/// Up to 16 bytes in lower case, padded with zeros. A name that ends in zeros is none.
private struct PackedName: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init() {}

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty, bytes.count <= 16, bytes[bytes.count - 1] != 0 else { return nil }
        for index in 0..<min(bytes.count, 8) {
            low |= UInt64(lowercased(bytes[index])) << UInt64(index * 8)
        }
        for index in 8..<max(bytes.count, 8) {
            high |= UInt64(lowercased(bytes[index])) << UInt64((index - 8) * 8)
        }
    }

    var hash: Int {
        let mixed = (low ^ (high &* 31)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40)
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
