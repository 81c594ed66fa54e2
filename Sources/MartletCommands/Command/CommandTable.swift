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
    let action: Action
    let isContainer: Bool
    package let subcommands: [Command]
    private let subcommandIndex: NameIndex

    fileprivate init(_ descriptor: CommandDescriptor, container: String?, index: inout Int) {
        self.descriptor = descriptor
        fullName = container.map { "\($0)|\(descriptor.name)" } ?? descriptor.name
        self.index = index
        flags = descriptor.keyHandler == nil ? descriptor.flags : [descriptor.flags, .keyspace]
        arity = descriptor.arity
        action = Action(descriptor)
        isContainer = !descriptor.subcommands.isEmpty
        index += 1
        var subcommands: [Command] = []
        for subcommand in descriptor.subcommands {
            subcommands.append(Command(subcommand, container: fullName, index: &index))
        }
        self.subcommands = subcommands
        subcommandIndex = NameIndex(subcommands.map(\.descriptor.name))
    }

    /// What runs it. An enumeration of its own: a closure in an Optional is wrapped in an object
    /// whenever it is called.
    enum Action: Sendable {
        case session(CommandDescriptor.Handler)
        case keys(CommandDescriptor.KeyHandler)
        /// A container, which does nothing without a subcommand.
        case none

        fileprivate init(_ descriptor: CommandDescriptor) {
            if let handler = descriptor.keyHandler {
                self = .keys(handler)
            } else if let handler = descriptor.handler {
                self = .session(handler)
            } else {
                self = .none
            }
        }
    }

    package var isExecutable: Bool {
        if case .none = action { false } else { true }
    }

    /// Whether it runs on keys, without a session.
    package var isOnKeys: Bool {
        if case .keys = action { true } else { false }
    }

    package func subcommand(_ name: UnsafeRawBufferPointer) -> Command? {
        subcommandIndex.find(name).map { subcommands[$0] }
    }

    /// Whether so many arguments, with the name, can be right.
    package func accepts(argumentCount: Int) -> Bool {
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
    private nonisolated(unsafe) let unmanaged: UnsafeMutablePointer<Unmanaged<Command>>

    package init(_ descriptors: [CommandDescriptor]) {
        var index = 0
        var commands: [Command] = []
        for descriptor in descriptors {
            commands.append(Command(descriptor, container: nil, index: &index))
        }
        self.commands = commands
        commandCount = index
        nameIndex = NameIndex(commands.map(\.descriptor.name))
        unmanaged = .allocate(capacity: max(commands.count, 1))
        for (index, command) in commands.enumerated() {
            (unmanaged + index).initialize(to: .passUnretained(command))
        }
    }

    deinit {
        unmanaged.deallocate()
    }

    /// The command of this name, without a retain: the table keeps its commands.
    @inline(__always)
    func find(_ name: UnsafeRawBufferPointer) -> Unmanaged<Command>? {
        nameIndex.find(name).map { unmanaged[$0] }
    }

    /// The command that a request calls: a subcommand if the command has any and one is named.
    package func command(calledBy request: Arguments) -> Command? {
        guard let command = find(request[0])?.takeUnretainedValue() else { return nil }
        guard request.count > 1, command.isContainer else { return command }
        return command.subcommand(request[1])
    }

    /// The command on keys that a request of no client calls.
    func commandOnKeys(_ arguments: Arguments) throws(ReplyError) -> Command {
        guard let command = command(calledBy: arguments) else { throw .unknownCommand(arguments) }
        guard case .keys = command.action, command.accepts(argumentCount: arguments.count) else {
            throw .wrongArgumentCount(command.fullName)
        }
        return command
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
    @exclusivity(unchecked) private var longNames: [(name: [UInt8], index: Int)] = []

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
        let count = bytes.count
        guard count > 0, count <= 16, let base = bytes.baseAddress else { return nil }
        low = Self.lowercased(Self.word(base, min(count, 8)))
        if count > 8 { high = Self.lowercased(Self.word(base + 8, count - 8)) }
        // A name that ends in zeros would be taken for a shorter one.
        let last = count > 8 ? high >> UInt64((count - 9) * 8) : low >> UInt64((count - 1) * 8)
        guard last != 0 else { return nil }
    }

    /// The `count` bytes at `base`, 1 to 8, as a word, the first in the lowest place.
    @inline(__always)
    private static func word(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count == 8 { return UInt64(littleEndian: base.loadUnaligned(as: UInt64.self)) }
        if count >= 4 {
            // Two halves that may overlap.
            let low = UInt64(UInt32(littleEndian: base.loadUnaligned(as: UInt32.self)))
            let high = UInt64(
                UInt32(
                    littleEndian: base.loadUnaligned(
                        fromByteOffset: count - 4, as: UInt32.self)))
            return low | high << UInt64((count - 4) * 8)
        }
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(base.load(fromByteOffset: index, as: UInt8.self)) << UInt64(index * 8)
        }
        return word
    }

    /// Makes each byte that is a capital letter a small one, all eight at once.
    @inline(__always)
    private static func lowercased(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low7 = word & (ones &* 0x7F)
        let fromA = low7 &+ ones &* (0x80 - 0x41)
        let beyondZ = low7 &+ ones &* (0x80 - 0x5B)
        let isCapital = (fromA ^ beyondZ) & ~word & (ones &* 0x80)
        return word | isCapital >> 2
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
