// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XADD, XDEL, XTRIM and what else changes a stream's entries. Groups, reading and XINFO have
/// files of their own.
enum StreamCommands {
    // MARK: Keys

    /// The stream of a key to read it, or nil if there is no such key.
    static func find(_ context: KeyContext, _ key: KeyName) throws(ReplyError) -> StreamObject? {
        try context.find(key)?.stream()
    }

    /// The stream of a key to read entries and change what is pending, or nil if there is no such
    /// key.
    static func findForReadingAsGroup(
        _ context: KeyContext, _ key: KeyName
    ) throws(ReplyError) -> StreamObject? {
        guard let entry = context.find(key) else { return nil }
        context.keyspace.willChange(entry, in: context.database)
        return try entry.stream()
    }

    /// The stream of a key to change it, or nil if there is no such key.
    static func findForWriting(
        _ context: KeyContext, _ key: KeyName
    ) throws(ReplyError) -> StreamObject? {
        try context.findForWriting(key)?.stream()
    }

    // MARK: XADD

    static func xadd(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try StreamAddOptions(
            arguments, isAdd: true, limits: context.keyspace.streamLimits)
        let start = options.idIndex + 1
        let stringCount = arguments.count - start
        guard stringCount >= 2, stringCount % 2 == 0 else { throw .wrongArgumentCount("xadd") }
        if case .exact(.zero) = options.choice {
            throw ReplyError("ERR The ID specified in XADD must be greater than 0-0")
        }
        let key = KeyName(arguments[1])
        let found = try findForWriting(context, key)
        if found == nil, options.mustExist { return context.reply.null() }
        let object = found ?? StreamObject()
        if let trim = options.trim, !mayTrim(context, object, trim, options.policy) { return }
        let producer = try StreamProducer(options, arguments)
        if let producer, let id = producer.find(in: object, now: context.now) {
            return context.reply.streamID(id)
        }
        let id = try append(context, object, options.choice, arguments, from: start)
        if found == nil { context.insert(key, .stream(object)) }
        context.reply.streamID(id)
        context.changed(key, .streamAdded)
        context.applyAnnotations(to: object, isAdd: true)
        var maxLength: Int?
        var removal = Stream.Removal()
        if let trim = options.trim {
            let count = StreamCommands.trim(object, trim, options.policy ?? .keep, &removal)
            if count > 0 { context.changed(key, .streamTrimmed) }
            if count > 0, options.policy != .acknowledged { maxLength = object.stream.count }
        }
        if let producer {
            producer.remember(id, in: object)
            context.effect(producer.annotation(id))
        }
        if options.isLoggedAsItCame { return }
        context.effectOfAdding(id, arguments, from: start, maxLength: maxLength)
        effects(context, of: removal, options.policy, object, key)
    }

    private static func append(
        _ context: KeyContext, _ object: StreamObject, _ choice: Stream.IDChoice,
        _ arguments: Arguments, from start: Int
    ) throws(ReplyError) -> StreamID {
        do throws(Stream.AppendError) {
            return try object.stream.append(
                choice, now: context.now, arguments, from: start,
                limits: context.keyspace.streamLimits)
        } catch {
            switch error {
            case .exhausted:
                throw ReplyError(
                    "ERR The stream has exhausted the last possible ID, unable to add more items")
            case .notAboveLast:
                throw ReplyError(
                    "ERR The ID specified in XADD is equal or smaller than the target stream top "
                        + "item")
            case .tooLarge: throw ReplyError("ERR Elements are too large to be stored")
            }
        }
    }

    // MARK: XTRIM

    static func xtrim(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try StreamAddOptions(
            arguments, isAdd: false, limits: context.keyspace.streamLimits)
        let key = KeyName(arguments[1])
        guard let object = try findForWriting(context, key) else {
            return context.reply.integer(0)
        }
        guard mayTrim(context, object, options.trim!, options.policy) else { return }
        var removal = Stream.Removal()
        let count = trim(object, options.trim!, options.policy ?? .keep, &removal)
        context.reply.integer(count)
        guard count > 0 else { return }
        context.changed(key, .streamTrimmed)
        if options.policy != .acknowledged {
            context.effectOfTrimming(key, to: object.stream.count)
        }
        effects(context, of: removal, options.policy, object, key)
    }

    /// Whether so much may be trimmed here. Where references do not count, blocks go as a whole; how
    /// many lie in front of an ID is not known, and they are few but the first time.
    private static func mayTrim(
        _ context: KeyContext, _ object: StreamObject, _ trim: Stream.Trim,
        _ policy: Stream.ReferencePolicy?
    ) -> Bool {
        var count = trim.limit > 0 ? trim.limit : Int.max
        switch trim.bound {
        case .maxLength(let length): count = min(count, max(0, object.stream.count - length))
        case .minID: count = min(count, policy == nil ? 0 : object.stream.count)
        }
        let isWhole = policy == nil || policy == .keep
        return context.mayVisit(isWhole ? count / object.stream.entriesPerBlock : count)
    }

    private static func trim(
        _ object: StreamObject, _ trim: Stream.Trim, _ policy: Stream.ReferencePolicy,
        _ removal: inout Stream.Removal
    ) -> Int {
        if case .keep = policy { return object.stream.trim(trim) }
        removal = object.stream.trim(trim, policy)
        return removal.ids.count
    }

    /// What the log is told of a removal besides the new length.
    private static func effects(
        _ context: KeyContext, of removal: Stream.Removal, _ policy: Stream.ReferencePolicy?,
        _ object: StreamObject, _ key: KeyName
    ) {
        if policy == .acknowledged { context.effectOfDeleting(removal.ids, from: key) }
        effectsOfReferences(context, removal, object, key)
    }

    private static func effectsOfReferences(
        _ context: KeyContext, _ removal: Stream.Removal, _ object: StreamObject, _ key: KeyName
    ) {
        guard !removal.references.isEmpty else { return }
        for index in object.stream.groups.indices {
            let ids = removal.references.filter { $0.group == index }.map(\.id)
            object.stream[group: index].name.withUnsafeBytes {
                context.effectOfAcknowledging(ids, $0, of: key)
            }
        }
    }

    // MARK: XDEL, XDELEX, XACKDEL

    static func xdel(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        guard let object = try findForWriting(context, key) else {
            return context.reply.integer(0)
        }
        let list = try StreamIDList(arguments, 2..<arguments.count)
        var count = 0
        for id in list.ids where object.stream.remove(id) { count += 1 }
        if count > 0 { context.changed(key, .streamDeleted) }
        context.reply.integer(count)
    }

    static func xdelex(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try StreamRemovalOptions(arguments, from: 2)
        let key = KeyName(arguments[1])
        let object = try findForWriting(context, key)
        let list = try StreamIDList(arguments, options.ids)
        context.reply.arrayHeader(list.ids.count)
        guard let object else {
            return list.ids.forEach { _ in context.reply.integer(StreamRemovalOptions.noSuchID) }
        }
        var removal = Stream.Removal()
        for id in list.ids {
            if options.policy == .acknowledged, object.stream.isReferenced(id) {
                context.reply.integer(
                    object.stream.contains(id)
                        ? StreamRemovalOptions.stillReferenced : StreamRemovalOptions.noSuchID)
                continue
            }
            if options.policy == .delete { object.stream.removeReferences(to: id, &removal) }
            let isRemoved = object.stream.remove(id)
            if isRemoved { removal.ids.append(id) }
            context.reply.integer(
                isRemoved ? StreamRemovalOptions.removed : StreamRemovalOptions.noSuchID)
        }
        noteRemoval(context, removal, object, key)
    }

    static func xackdel(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try StreamRemovalOptions(arguments, from: 3)
        let key = KeyName(arguments[1])
        let object = try findForWriting(context, key)
        let list = try StreamIDList(arguments, options.ids)
        context.reply.arrayHeader(list.ids.count)
        guard let object, let group = object.stream.groupIndex(named: arguments[2]) else {
            return list.ids.forEach { _ in context.reply.integer(StreamRemovalOptions.noSuchID) }
        }
        var removal = Stream.Removal()
        for id in list.ids {
            guard object.stream[group: group].removePending(id) != nil else {
                context.reply.integer(StreamRemovalOptions.noSuchID)
                continue
            }
            removal.references.append((group, id))
            if options.policy == .acknowledged, object.stream.isReferenced(id) {
                context.reply.integer(StreamRemovalOptions.stillReferenced)
                continue
            }
            if options.policy == .delete { object.stream.removeReferences(to: id, &removal) }
            if object.stream.remove(id) { removal.ids.append(id) }
            context.reply.integer(StreamRemovalOptions.removed)
        }
        noteRemoval(context, removal, object, key)
    }

    private static func noteRemoval(
        _ context: KeyContext, _ removal: Stream.Removal, _ object: StreamObject, _ key: KeyName
    ) {
        if !removal.ids.isEmpty {
            context.changed(key, .streamDeleted)
        } else if !removal.references.isEmpty {
            context.keyspace.countChanges()
        }
        effectsOfReferences(context, removal, object, key)
        context.effectOfDeleting(removal.ids, from: key)
    }

    // MARK: XLEN, XSETID

    static func xlen(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let object = try find(context, KeyName(arguments[1]))
        context.reply.integer(object?.stream.count ?? 0)
    }

    static func xsetid(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let id = try StreamID(arguments[2])
        var entriesAdded: Int?
        var maxDeletedID: StreamID?
        var index = 3
        while index < arguments.count {
            guard index + 1 < arguments.count else { throw .syntax }
            if arguments[index].isWord("entriesadded") {
                guard let number = Int(strictDecimal: arguments[index + 1]) else {
                    throw .notAnInteger
                }
                guard number >= 0 else { throw ReplyError("ERR entries_added must be positive") }
                entriesAdded = number
            } else if arguments[index].isWord("maxdeletedid") {
                let deletedID = try StreamID(arguments[index + 1])
                guard deletedID <= id else {
                    throw ReplyError(
                        "ERR The ID specified in XSETID is smaller than the provided "
                            + "max_deleted_entry_id")
                }
                maxDeletedID = deletedID == .zero ? nil : deletedID
            } else {
                throw .syntax
            }
            index += 2
        }
        let key = KeyName(arguments[1])
        guard let object = try findForWriting(context, key) else { throw .noSuchKey }
        try check(object.stream, id, entriesAdded)
        context.applyAnnotations(to: object, isAdd: false)
        object.stream.set(lastID: id, entriesAdded: entriesAdded, maxDeletedID: maxDeletedID)
        context.changed(key, .streamIDSet)
        context.reply.ok()
    }

    // MARK: XCFGSET

    static func xcfgset(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        var duration: Int?
        var countMax: Int?
        for index in stride(from: 2, to: arguments.count, by: 2) {
            guard index + 1 < arguments.count else { throw .syntax }
            let number = Int(strictDecimal: arguments[index + 1])
            if arguments[index].isWord("idmp-duration") {
                guard let number, IdempotencyTable.durationRange.contains(number) else {
                    throw ReplyError("ERR IDMP-DURATION must be between 1 and 86400 seconds")
                }
                duration = number
            } else if arguments[index].isWord("idmp-maxsize") {
                guard let number, IdempotencyTable.countMaxRange.contains(number) else {
                    throw ReplyError("ERR IDMP-MAXSIZE must be between 1 and 10000 entries")
                }
                countMax = number
            } else {
                throw .syntax
            }
        }
        let key = KeyName(arguments[1])
        guard let object = try findForWriting(context, key) else { throw .noSuchKey }
        object.stream.idempotency.configure(duration: duration, countMax: countMax)
        context.keyspace.countChanges()
        context.effect(object.stream.idempotency.stateAnnotation)
        context.effectOfNaming(object.stream, key)
        context.reply.ok()
    }

    private static func check(
        _ stream: borrowing Stream, _ id: StreamID, _ entriesAdded: Int?
    ) throws(ReplyError) {
        guard id >= stream.maxDeletedID else {
            throw ReplyError(
                "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id")
        }
        guard stream.count > 0 else { return }
        guard id >= stream.lastEntryID else {
            throw ReplyError(
                "ERR The ID specified in XSETID is smaller than the target stream top item")
        }
        if let entriesAdded, entriesAdded < stream.count {
            throw ReplyError(
                "ERR The entries_added specified in XSETID is smaller than the target stream "
                    + "length")
        }
    }
}

extension KeyEntry {
    /// The stream that the key holds.
    func stream() throws(ReplyError) -> StreamObject {
        guard case .stream(let object) = value else { throw .wrongType }
        return object
    }
}

extension KeyspaceEvent {
    static let streamAdded = KeyspaceEvent("xadd", .stream)
    static let streamTrimmed = KeyspaceEvent("xtrim", .stream)
    static let streamDeleted = KeyspaceEvent("xdel", .stream)
    static let streamIDSet = KeyspaceEvent("xsetid", .stream)
}
