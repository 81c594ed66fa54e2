// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// XGROUP and XACK.
enum StreamGroupCommands {
    // MARK: XGROUP CREATE, SETID

    /// What stands behind the ID in XGROUP CREATE and SETID.
    private struct Options {
        var createsStream = false
        var entriesRead: Int?

        init(_ arguments: Arguments, isCreate: Bool) throws(ReplyError) {
            var index = 5
            while index < arguments.count {
                if isCreate, arguments[index].isWord("mkstream") {
                    createsStream = true
                    index += 1
                } else if arguments[index].isWord("entriesread"), index + 1 < arguments.count {
                    guard let number = Int(strictDecimal: arguments[index + 1]) else {
                        throw .notAnInteger
                    }
                    guard number >= -1 else {
                        throw ReplyError("ERR value for ENTRIESREAD must be positive or -1")
                    }
                    entriesRead = number == -1 ? nil : number
                    index += 2
                } else {
                    throw .wrongSubcommandUse(arguments)
                }
            }
        }
    }

    static func create(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try Options(arguments, isCreate: true)
        let key = KeyName(arguments[2])
        let found = try StreamCommands.findForWriting(context, key)
        if found == nil, !options.createsStream { throw keyMustExist }
        guard arguments.count <= 8 else { throw .wrongSubcommandUse(arguments) }
        let id =
            arguments[4].isCharacter("$")
            ? found?.stream.lastID ?? .zero : try StreamID(arguments[4])
        let object = found ?? StreamObject()
        if found == nil { context.insert(key, .stream(object)) }
        let isCreated = object.stream.createGroup(
            named: arguments[3], lastDeliveredID: id, entriesRead: options.entriesRead)
        guard isCreated else {
            throw ReplyError("BUSYGROUP Consumer Group name already exists")
        }
        context.changed(key, .groupCreated)
        context.reply.ok()
    }

    static func setid(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let options = try Options(arguments, isCreate: false)
        let key = KeyName(arguments[2])
        let (object, group) = try find(context, arguments)
        guard arguments.count == 5 || arguments.count == 7 else {
            throw .wrongSubcommandUse(arguments)
        }
        let id =
            arguments[4].isCharacter("$")
            ? object.stream.lastID
            : try StreamID(rangeEnd: arguments[4], missingSequence: 0)
        object.stream[group: group].lastDeliveredID = id
        object.stream[group: group].entriesRead = options.entriesRead
        context.changed(key, .groupIDSet)
        context.reply.ok()
    }

    // MARK: XGROUP DESTROY, CREATECONSUMER, DELCONSUMER

    static func destroy(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[2])
        guard let object = try StreamCommands.findForWriting(context, key) else {
            throw keyMustExist
        }
        guard let group = object.stream.groupIndex(named: arguments[3]) else {
            return context.reply.integer(0)
        }
        object.stream.removeGroup(at: group)
        context.changed(key, .groupDestroyed)
        context.reply.integer(1)
    }

    static func createconsumer(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let (object, group) = try find(context, arguments)
        guard object.stream[group: group].consumerNumber(named: arguments[4]) == nil else {
            return context.reply.integer(0)
        }
        _ = object.stream[group: group].createConsumer(named: arguments[4], now: context.now)
        context.changed(KeyName(arguments[2]), .consumerCreated)
        context.reply.integer(1)
    }

    static func delconsumer(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let (object, group) = try find(context, arguments)
        guard let number = object.stream[group: group].consumerNumber(named: arguments[4]) else {
            return context.reply.integer(0)
        }
        let count = object.stream[group: group][consumer: number].pendingCount
        guard context.mayVisit(count) else { return }
        object.stream[group: group].removeConsumer(number)
        context.changed(KeyName(arguments[2]), .consumerDeleted)
        context.reply.integer(count)
    }

    /// The stream and the group that XGROUP names, which must exist.
    private static func find(
        _ context: KeyContext, _ arguments: Arguments
    ) throws(ReplyError) -> (StreamObject, Int) {
        let key = arguments[2]
        guard let object = try StreamCommands.findForWriting(context, KeyName(key)) else {
            throw keyMustExist
        }
        guard let group = object.stream.groupIndex(named: arguments[3]) else {
            throw .noGroup(arguments[3], ofKey: key)
        }
        return (object, group)
    }

    private static let keyMustExist = ReplyError(
        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want "
            + "to use the MKSTREAM option to create an empty stream automatically.")

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "CREATE <key> <groupname> <id|$> [option]",
                "    Create a new consumer group. Options are:",
                "    * MKSTREAM",
                "      Create the empty stream if it does not exist.",
                "    * ENTRIESREAD entries_read",
                "      Set the group's entries_read counter (internal use).",
                "CREATECONSUMER <key> <groupname> <consumer>",
                "    Create a new consumer in the specified group.",
                "DELCONSUMER <key> <groupname> <consumer>",
                "    Remove the specified consumer.",
                "DESTROY <key> <groupname>",
                "    Remove the specified group.",
                "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                "    Set the current group ID and entries_read counter.",
            ])
    }

    // MARK: XACK

    static func xack(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        guard let object = try StreamCommands.findForWriting(context, KeyName(arguments[1])),
            let group = object.stream.groupIndex(named: arguments[2])
        else { return context.reply.integer(0) }
        var count = 0
        if arguments.count == 4 {
            let id = try StreamID(arguments[3])
            if object.stream[group: group].removePending(id) != nil { count = 1 }
        } else {
            for id in try StreamIDList(arguments, 3..<arguments.count).ids
            where object.stream[group: group].removePending(id) != nil {
                count += 1
            }
        }
        if count > 0 { context.keyspace.countChanges() }
        context.reply.integer(count)
    }
}

extension KeyspaceEvent {
    static let groupCreated = KeyspaceEvent("xgroup-create", .stream)
    static let groupIDSet = KeyspaceEvent("xgroup-setid", .stream)
    static let groupDestroyed = KeyspaceEvent("xgroup-destroy", .stream)
    static let consumerCreated = KeyspaceEvent("xgroup-createconsumer", .stream)
    static let consumerDeleted = KeyspaceEvent("xgroup-delconsumer", .stream)
}
