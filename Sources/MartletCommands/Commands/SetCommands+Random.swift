// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// SPOP and SRANDMEMBER. The log is told which members SPOP removed.
extension SetCommands {
    /// How many members one effect names, as in Redis.
    private static let membersPerEffectMax = 1024

    static func spop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count > 2 else { return try popOne(context, arguments) }
        guard arguments.count == 3 else { throw .syntax }
        let limit = try context.positiveInteger(arguments[2])
        guard let found: TypedEntry<SetObject> = try context.write(arguments[1]) else {
            return context.reply.setHeader(0)
        }
        let count = min(limit, found.object.set.count)
        guard count > 0 else { return context.reply.setHeader(0) }
        guard context.mayVisit(count) else { return }
        guard count < found.object.set.count else {
            reply(found.object.set, to: context.reply)
            context.changed(found.key, .setPopped)
            context.remove(found.entry)
            context.changed(found.key, .deleted)
            return context.effect([.word("DEL"), .bytes(found.key.bytes)])
        }
        var members: [[UInt8]] = []
        var random = SystemRandomNumberGenerator()
        context.reply.setHeader(count)
        while members.count < count {
            let member = found.object.set.withRandomMember(using: &random) { $0.copy }
            member.withUnsafeBytes { _ = found.object.set.remove($0) }
            context.reply.bulk(member)
            members.append(member)
        }
        context.changed(found.key, .setPopped)
        for start in stride(from: 0, to: count, by: membersPerEffectMax) {
            let some = members[start..<min(count, start + membersPerEffectMax)]
            context.effect(removing: some, from: found.key)
        }
    }

    private static func popOne(
        _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) {
        guard let found: TypedEntry<SetObject> = try context.write(arguments[1]) else {
            return context.reply.null()
        }
        var random = SystemRandomNumberGenerator()
        let member = found.object.set.withRandomMember(using: &random) { $0.copy }
        context.reply.bulk(member)
        member.withUnsafeBytes { member in
            found.object.set.remove(member)
            context.changed(found.key, .setPopped)
            context.effect([.word("SREM"), .bytes(found.key.bytes), .bytes(member)])
        }
        context.removeIfEmpty(found)
    }

    static func srandmember(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let choice = try RandomChoice(arguments, option: nil)
        guard let object: SetObject = try context.read(arguments[1]) else {
            if case .one = choice { context.reply.null() } else { context.reply.arrayHeader(0) }
            return
        }
        let set = object.set
        var random = SystemRandomNumberGenerator()
        if case .one = choice {
            return set.withRandomMember(using: &random) { context.reply.bulk($0) }
        }
        let count = try choice.count(of: set.count)
        guard context.mayVisit(count) else { return }
        context.reply.arrayHeader(count)
        switch choice {
        case .repeating:
            for _ in 0..<count { set.withRandomMember(using: &random) { context.reply.bulk($0) } }
        case .distinct where count * 4 < set.count && set.encoding == .hashtable:
            // Few of many: those that come again are drawn again.
            var seen: Set<[UInt8]> = []
            while seen.count < count {
                set.withRandomMember(using: &random) {
                    if seen.insert($0.copy).inserted { context.reply.bulk($0) }
                }
            }
        default:
            var selection = RandomSelection(count, of: set.count)
            set.visit {
                guard !selection.isComplete else { return false }
                if selection.takesNext() { context.reply.bulk($0) }
                return true
            }
        }
    }
}

extension KeyContext {
    fileprivate func effect(removing members: ArraySlice<[UInt8]>, from key: KeyName) {
        // One allocation for all of them, since the words refer to bytes that stay where they are.
        let bytes = members.reduce(into: [UInt8]()) { $0 += $1 }
        bytes.withUnsafeBytes { bytes in
            var words: [EffectWord] = [.word("SREM"), .bytes(key.bytes)]
            var start = 0
            for member in members {
                let end = start + member.count
                words.append(.bytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
                start = end
            }
            effect(words)
        }
    }
}
