// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A command as COMMAND and COMMAND INFO describe it.
enum CommandInfo {
    static func write(_ command: Command, to reply: ReplyWriter) {
        let descriptor = command.descriptor
        reply.arrayHeader(10)
        reply.bulk(command.fullName)
        reply.integer(descriptor.arity)
        writeSet(descriptor.flags.names, to: reply)
        // A program that knows no key specifications reads this run of keys.
        let keys = KeySpecification.fixedRun(of: descriptor.keys)
        reply.integer(keys?.first ?? 0)
        reply.integer(keys?.last ?? 0)
        reply.integer(keys?.step ?? 0)
        writeSet(descriptor.allCategories.map { "@\($0.rawValue)" }, to: reply)
        reply.setHeader(descriptor.tips.count)
        for tip in descriptor.tips { reply.bulk(tip) }
        reply.setHeader(descriptor.keys.count)
        for specification in descriptor.keys { write(specification, to: reply) }
        if command.subcommands.isEmpty {
            reply.setHeader(0)
        } else {
            reply.arrayHeader(command.subcommands.count)
        }
        for subcommand in command.subcommands { write(subcommand, to: reply) }
    }

    private static func write(_ specification: KeySpecification, to reply: ReplyWriter) {
        reply.mapHeader(specification.notes == nil ? 3 : 4)
        if let notes = specification.notes {
            reply.bulk("notes")
            reply.bulk(notes)
        }
        reply.bulk("flags")
        writeSet(specification.flags.map(\.rawValue), to: reply)
        reply.bulk("begin_search")
        switch specification.start {
        case .unknown:
            writeStep("unknown", count: 0, to: reply) { _ in }
            reply.bulk("find_keys")
            return writeStep("unknown", count: 0, to: reply) { _ in }
        case .index(let first):
            writeStep("index", count: 1, to: reply) { writeNumbers([("index", first)], to: $0) }
        case .keyword(let word, let from):
            writeStep("keyword", count: 2, to: reply) { reply in
                reply.bulk("keyword")
                reply.bulk(word)
                writeNumbers([("startfrom", from)], to: reply)
            }
        }
        reply.bulk("find_keys")
        switch specification.extent {
        case .range(let lastOffset, let step, let limit):
            writeStep("range", count: 3, to: reply) {
                writeNumbers(
                    [("lastkey", lastOffset), ("keystep", step), ("limit", limit)], to: $0)
            }
        case .counted(let countOffset, let firstOffset, let step):
            writeStep("keynum", count: 3, to: reply) {
                writeNumbers(
                    [("keynumidx", countOffset), ("firstkey", firstOffset), ("keystep", step)],
                    to: $0)
            }
        }
    }

    private static func writeStep(
        _ type: String, count: Int, to reply: ReplyWriter, _ writeFields: (ReplyWriter) -> Void
    ) {
        reply.mapHeader(2)
        reply.bulk("type")
        reply.bulk(type)
        reply.bulk("spec")
        reply.mapHeader(count)
        writeFields(reply)
    }

    private static func writeNumbers(_ numbers: [(String, Int)], to reply: ReplyWriter) {
        for (name, number) in numbers {
            reply.bulk(name)
            reply.integer(number)
        }
    }

    private static func writeSet(_ words: [String], to reply: ReplyWriter) {
        reply.setHeader(words.count)
        for word in words { reply.simpleString(word) }
    }
}

extension CommandFlags {
    /// The flags that COMMAND shows, in its order; Redis too keeps the others to itself.
    private static let shown: [(flag: CommandFlags, name: String)] = [
        (.write, "write"), (.readOnly, "readonly"), (.denyOutOfMemory, "denyoom"),
        (.admin, "admin"), (.pubSub, "pubsub"), (.noScript, "noscript"),
        (.blocking, "blocking"), (.loading, "loading"), (.stale, "stale"),
        (.skipMonitor, "skip_monitor"), (.skipSlowlog, "skip_slowlog"), (.asking, "asking"),
        (.fast, "fast"), (.noAuthentication, "no_auth"),
        (.noMandatoryKeys, "no_mandatory_keys"), (.moduleGetKeys, "module"),
        (.noAsyncLoading, "no_async_loading"),
        (.noMulti, "no_multi"), (.movableKeys, "movablekeys"), (.allowBusy, "allow_busy"),
    ]

    var names: [String] { Self.shown.filter { contains($0.flag) }.map(\.name) }
}
