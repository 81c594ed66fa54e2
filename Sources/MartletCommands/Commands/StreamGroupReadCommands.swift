// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XREADGROUP.
enum StreamGroupReadCommands {
    static func xreadgroup(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try StreamReadOptions(arguments, isGroup: true)
        let outcome = try GroupRead(context, options, arguments).attempt()
        if outcome == .served || context.postponement != nil { return }
        guard options.timeout != nil, context.mayWait else { return context.reply.nullArray() }
        let keys = options.keys(arguments)
        let deadline = try options.deadline(now: context.now)
        let retry = StreamClaimRetry(keys: keys, database: context.database, deadline: deadline)
        retry.arm(context, at: GroupRead(context, options, arguments).retryTime())
        let owned = OwnedArguments(arguments)
        context.wait(
            KeyWait(keys: keys, deadline: deadline, timeoutReply: .nullArray) {
                context throws(ReplyError) in
                try owned.withArguments { arguments throws(ReplyError) in
                    let read = GroupRead(context, options, arguments)
                    let outcome = try read.attempt()
                    if outcome != .served { retry.arm(context, at: read.retryTime()) }
                    return outcome
                }
            })
    }
}

/// One attempt at an XREADGROUP.
private struct GroupRead {
    private let context: KeyContext
    private let options: StreamReadOptions
    private let arguments: Arguments
    private let groupName: UnsafeRawBufferPointer
    private let consumerName: UnsafeRawBufferPointer

    init(_ context: KeyContext, _ options: StreamReadOptions, _ arguments: Arguments) {
        self.context = context
        self.options = options
        self.arguments = arguments
        groupName = arguments[options.groupIndex!]
        consumerName = arguments[options.groupIndex! + 1]
    }

    /// A stream with the group, and what is wanted of it.
    private struct Source {
        let key: KeyName
        let object: StreamObject
        let group: Int
        /// What the consumer has pending behind this ID is wanted; nil if what is new is.
        let historyID: StreamID?
        /// The consumer's number, once it is there.
        var consumer: UInt32 = 0
    }

    func attempt() throws(ReplyError) -> KeyWait.Outcome {
        var sources: [Source] = []
        sources.reserveCapacity(options.streamCount)
        var visitCount = 0
        for stream in 0..<options.streamCount {
            let source = try source(stream)
            visitCount += min(options.limit, source.object.stream.count)
            sources.append(source)
        }
        guard context.mayVisit(visitCount) else { return .waiting }
        for index in sources.indices { enter(&sources[index]) }
        sources.removeAll { !isReady($0) }
        if sources.isEmpty { return .waiting }
        context.reply.readHeader(sources.count)
        for source in sources {
            context.reply.readKey(source.key.bytes)
            if let id = source.historyID {
                replyHistory(source, behind: id)
            } else {
                replyNew(source)
            }
        }
        return .served
    }

    private func source(_ stream: Int) throws(ReplyError) -> Source {
        let key = KeyName(arguments[options.keysIndex + stream])
        guard let object = try StreamCommands.findForReadingAsGroup(context, key),
            let group = object.stream.groupIndex(named: groupName)
        else {
            throw ReplyError(
                parts: "NOGROUP No such key '", key.bytes, "' or consumer group '", groupName,
                "' in XREADGROUP with GROUP option")
        }
        return Source(
            key: key, object: object, group: group,
            historyID: try historyID(arguments[options.idIndex(of: stream)]))
    }

    private func historyID(_ id: UnsafeRawBufferPointer) throws(ReplyError) -> StreamID? {
        if id.isCharacter(">") { return nil }
        if id.isCharacter("$") { throw Self.meaningless("$") }
        return try StreamID(id)
    }

    private static func meaningless(_ id: String) -> ReplyError {
        ReplyError(
            "ERR The \(id) ID is meaningless in the context of XREADGROUP: you want to read the "
                + "history of this consumer by specifying a proper ID, or use the > ID to get "
                + "new messages. The \(id) ID would just return an empty result set.")
    }

    /// The consumer is here, and is created if it is new.
    private func enter(_ source: inout Source) {
        let group = source.group
        if let number = source.object.stream[group: group].consumerNumber(named: consumerName) {
            source.consumer = number
            source.object.stream[group: group][consumer: number].seenTime = context.now
            return
        }
        source.consumer = source.object.stream[group: group].createConsumer(
            named: consumerName, now: context.now)
        context.changed(source.key, .consumerCreated)
        context.effectOfCreating(consumer: consumerName, groupName, of: source.key)
    }

    private func isReady(_ source: Source) -> Bool {
        if source.historyID != nil { return true }
        let lastDeliveredID = source.object.stream[group: source.group].lastDeliveredID
        if source.object.stream.lastEntryID > lastDeliveredID { return true }
        return !idleEntries(source, limit: 1).isEmpty
    }

    /// When something will have been pending for long enough if nothing happens: milliseconds since
    /// the epoch, nil without CLAIM.
    func retryTime() -> Int? {
        guard let minIdleTime = options.minIdleTime else { return nil }
        var oldest = context.now
        for stream in 0..<options.streamCount {
            guard let source = try? source(stream) else { continue }
            var entry = source.object.stream[group: source.group].nextByDelivery(after: nil)
            while let pending = entry, !source.object.stream.contains(pending.id) {
                entry = source.object.stream[group: source.group].nextByDelivery(after: pending)
            }
            if let entry { oldest = min(oldest, entry.deliveryTime) }
        }
        return max(oldest.addingReportingOverflow(minIdleTime).partialValue, context.now + 1)
    }

    // MARK: What the consumer has

    private func replyHistory(_ source: Source, behind id: StreamID) {
        let object = source.object
        let group = source.group
        var entries: [PendingEntry] = []
        var next = id.successor.flatMap {
            object.stream[group: group].firstPending(notBelow: $0, of: source.consumer)
        }
        while entries.count < options.limit, let entry = next {
            entries.append(entry)
            next = entry.id.successor.flatMap {
                object.stream[group: group].firstPending(notBelow: $0, of: source.consumer)
            }
        }
        context.reply.arrayHeader(entries.count)
        var delivered: [PendingEntry] = []
        for entry in entries {
            var cursor = object.stream.range(from: entry.id, through: entry.id)
            if let content = cursor.next() {
                context.reply.streamEntry(content)
                delivered.append(deliverAgain(entry, source))
            } else {
                context.reply.arrayHeader(2)
                context.reply.streamID(entry.id)
                context.reply.nullArray()
            }
        }
        noteDelivery(delivered, source)
    }

    private func deliverAgain(_ entry: PendingEntry, _ source: Source) -> PendingEntry {
        source.object.stream[group: source.group].assign(
            entry.id, to: source.consumer, deliveryTime: context.now,
            deliveryCount: Int(entry.deliveryCount) + 1)
        return source.object.stream[group: source.group].pendingEntry(entry.id)!
    }

    // MARK: What is new, and what others left

    private func replyNew(_ source: Source) {
        let object = source.object
        let claimed = idleEntries(source, limit: options.limit)
        let start = object.stream[group: source.group].lastDeliveredID.successor
        var cursor = start.map { object.stream.range(from: $0, through: .max) }
        let newCount = cursor?.countLeft(upTo: options.limit - claimed.count) ?? 0
        context.reply.arrayHeader(claimed.count + newCount)
        noteDelivery(replyClaimed(claimed, source), source)
        let isLogging = context.keyspace.isLogging
        var delivered: [PendingEntry] = []
        for _ in 0..<newCount {
            let entry = cursor!.next()!
            context.reply.deliveredEntry(
                entry, idleTime: 0, deliveryCount: 0, hasFacts: options.minIdleTime != nil)
            object.stream.advance(group: source.group, to: entry.id)
            if options.isUnacknowledged { continue }
            object.stream[group: source.group].assign(
                entry.id, to: source.consumer, deliveryTime: context.now, deliveryCount: 1)
            if isLogging {
                delivered.append(object.stream[group: source.group].pendingEntry(entry.id)!)
            }
        }
        guard newCount > 0 else { return }
        context.keyspace.countChanges()
        if !options.isUnacknowledged { becomeActive(source) }
        noteDelivery(delivered, source)
        if isLogging { noteAdvance(source) }
    }

    /// The entries that others have had for too long, in the order in which they were delivered.
    private func idleEntries(_ source: Source, limit: Int) -> [PendingEntry] {
        guard let minIdleTime = options.minIdleTime else { return [] }
        var entries: [PendingEntry] = []
        var last: PendingEntry?
        while entries.count < limit,
            let entry = source.object.stream[group: source.group].nextByDelivery(after: last),
            context.now - entry.deliveryTime >= minIdleTime
        {
            if source.object.stream.contains(entry.id) { entries.append(entry) }
            last = entry
        }
        return entries
    }

    private func replyClaimed(_ claimed: [PendingEntry], _ source: Source) -> [PendingEntry] {
        claimed.map { entry in
            var cursor = source.object.stream.range(from: entry.id, through: entry.id)
            context.reply.deliveredEntry(
                cursor.next()!, idleTime: context.now - entry.deliveryTime,
                deliveryCount: Int(entry.deliveryCount), hasFacts: true)
            return deliverAgain(entry, source)
        }
    }

    // MARK: What follows

    private func noteDelivery(_ delivered: [PendingEntry], _ source: Source) {
        guard !delivered.isEmpty else { return }
        context.keyspace.countChanges()
        becomeActive(source)
        context.effectOfClaiming(
            delivered, consumer: consumerName, groupName, of: source.key)
    }

    private func noteAdvance(_ source: Source) {
        context.effectOfAdvancing(source.object.stream[group: source.group], of: source.key)
    }

    private func becomeActive(_ source: Source) {
        source.object.stream[group: source.group][consumer: source.consumer].activeTime =
            context.now
    }
}

extension ReplyWriter {
    /// An entry that XREADGROUP delivers.
    ///
    /// - Parameter hasFacts: with CLAIM, how long it was pending and how often it was delivered.
    fileprivate func deliveredEntry(
        _ entry: StreamEntry, idleTime: Int, deliveryCount: Int, hasFacts: Bool
    ) {
        guard hasFacts else { return streamEntry(entry) }
        arrayHeader(4)
        streamID(entry.id)
        streamFields(entry)
        integer(idleTime)
        integer(deliveryCount)
    }
}
