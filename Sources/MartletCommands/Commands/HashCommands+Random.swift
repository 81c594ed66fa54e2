// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// HRANDFIELD.
extension HashCommands {
    static func hrandfield(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let choice = try RandomChoice(arguments, option: "withvalues")
        guard let object: HashObject = try context.read(arguments[1]) else {
            if case .one = choice { context.reply.null() } else { context.reply.arrayHeader(0) }
            return
        }
        let hash = object.hash
        var random = SystemRandomNumberGenerator()
        if case .one = choice {
            return hash.withRandomField(using: &random) { field, _ in context.reply.bulk(field) }
        }
        let count = try choice.count(of: hash.count)
        guard context.mayVisit(count) else { return }
        let writer = FieldWriter(
            reply: context.reply, hasValues: arguments.count > 3, count: count)
        switch choice {
        case .repeating:
            for _ in 0..<count { hash.withRandomField(using: &random) { writer.write($0, $1) } }
        case .distinct where count * 4 < hash.count && !hash.isPacked:
            // Few of many: those that come again are drawn again.
            var seen: Set<[UInt8]> = []
            while seen.count < count {
                hash.withRandomField(using: &random) { field, value in
                    if seen.insert(field.copy).inserted { writer.write(field, value) }
                }
            }
        default:
            var selection = RandomSelection(count, of: hash.count)
            hash.visit { field, value in
                guard !selection.isComplete else { return false }
                if selection.takesNext() { writer.write(field, value) }
                return true
            }
        }
    }

    /// Fields, each with its value if it is asked for; in RESP3 these are pairs.
    private struct FieldWriter {
        let reply: ReplyWriter
        let hasValues: Bool

        init(reply: ReplyWriter, hasValues: Bool, count: Int) {
            self.reply = reply
            self.hasValues = hasValues
            reply.arrayHeader(hasValues && reply.version == .resp2 ? count * 2 : count)
        }

        func write(_ field: PackedValue, _ value: PackedValue) {
            if hasValues, reply.version == .resp3 { reply.arrayHeader(2) }
            reply.bulk(field)
            if hasValues { reply.bulk(value) }
        }
    }
}
