// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XREAD. XREADGROUP is `StreamGroupReadCommands`.
enum StreamReadCommands {
    static func xread(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try StreamReadOptions(arguments, isGroup: false)
        var ids: [StreamID] = []
        ids.reserveCapacity(options.streamCount)
        for stream in 0..<options.streamCount {
            let key = KeyName(arguments[options.keysIndex + stream])
            let object = try StreamCommands.find(context, key)
            ids.append(try lastSeenID(arguments[options.idIndex(of: stream)], object))
        }
        if attempt(context, options, arguments, ids) == .served || context.postponement != nil {
            return
        }
        guard options.timeout != nil, context.mayWait else { return context.reply.nullArray() }
        let owned = OwnedArguments(arguments)
        context.wait(
            KeyWait(
                keys: options.keys(arguments), deadline: try options.deadline(now: context.now),
                timeoutReply: .nullArray
            ) { [ids] context throws(ReplyError) in
                owned.withArguments { attempt(context, options, $0, ids) }
            })
    }

    /// What an ID means: `$` is the last one that there is, `+` the one before the last entry's.
    private static func lastSeenID(
        _ argument: UnsafeRawBufferPointer, _ object: StreamObject?
    ) throws(ReplyError) -> StreamID {
        if argument.isCharacter("$") { return object?.stream.lastID ?? .zero }
        if argument.isCharacter("+") {
            return object?.stream.lastEntryID.predecessor ?? .zero
        }
        if argument.isCharacter(">") {
            throw ReplyError(
                "ERR The > ID can be specified only when calling XREADGROUP using the GROUP "
                    + "<group> <consumer> option.")
        }
        return try StreamID(argument)
    }

    /// Replies with what the streams have behind the IDs, if any of them has something. A key that
    /// has become something else meanwhile has nothing.
    private static func attempt(
        _ context: KeyContext, _ options: StreamReadOptions, _ arguments: Arguments,
        _ ids: [StreamID]
    ) -> KeyWait.Outcome {
        var ready: [(stream: Int, object: StreamObject)] = []
        var visitCount = 0
        for stream in 0..<options.streamCount {
            let entry = context.find(KeyName(arguments[options.keysIndex + stream]))
            guard case .stream(let object)? = entry?.value,
                object.stream.lastEntryID > ids[stream]
            else { continue }
            ready.append((stream, object))
            visitCount += min(options.limit, object.stream.count)
        }
        if ready.isEmpty { return .waiting }
        guard context.mayVisit(visitCount) else { return .waiting }
        context.reply.readHeader(ready.count)
        for (stream, object) in ready {
            context.reply.readKey(arguments[options.keysIndex + stream])
            context.reply.streamEntries(
                object.stream.range(from: ids[stream].successor!, through: .max),
                limit: options.limit)
        }
        return .served
    }
}

extension ReplyWriter {
    /// Begins the reply of XREAD and XREADGROUP: a map from keys to entries, or a list of pairs.
    func readHeader(_ count: Int) {
        if version == .resp3 { mapHeader(count) } else { arrayHeader(count) }
    }

    func readKey(_ key: UnsafeRawBufferPointer) {
        if version != .resp3 { arrayHeader(2) }
        bulk(key)
    }
}
