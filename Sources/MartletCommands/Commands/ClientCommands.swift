// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

/// CLIENT: what is known of connections, and what can be done to them.
enum ClientCommands {
    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(arguments, helpLines)
    }

    static func id(_ session: Session, _ arguments: Arguments) {
        session.reply.integer(session.record.id)
    }

    // MARK: Names

    static func getName(_ session: Session, _ arguments: Arguments) {
        let name = session.record.texts.withLock { $0.name }
        if name.isEmpty { session.reply.null() } else { session.reply.bulk(name) }
    }

    static func setName(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard ClientText.isValid(arguments[2]) else { throw ClientText.invalidName }
        session.setName(arguments[2])
        session.reply.ok()
    }

    static func setInfo(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let attribute = arguments[2]
        let isName = attribute.isWord("lib-name")
        guard isName || attribute.isWord("lib-ver") else {
            throw ReplyError(
                bytes: Array("ERR Unrecognized option '".utf8)
                    + attribute.cString(upTo: attribute.count) + Array("'".utf8))
        }
        guard ClientText.isValid(arguments[3]) else {
            throw ReplyError(
                bytes: attributeError(attribute)
                    + Array(" cannot contain spaces, newlines or special characters.".utf8))
        }
        let value = Array(arguments[3])
        session.record.texts.withLock { texts in
            if isName { texts.libraryName = value } else { texts.libraryVersion = value }
        }
        session.reply.ok()
    }

    private static func attributeError(_ attribute: UnsafeRawBufferPointer) -> [UInt8] {
        Array("ERR ".utf8) + Array(attribute)
    }

    // MARK: Lists

    static func info(_ session: Session, _ arguments: Arguments) {
        let line = ClientLine(session, arguments)
        session.reply.verbatim(line.text(of: session.record) + "\n")
    }

    static func list(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let clients = session.server.clients
        var records: [ClientRecord]
        if arguments.count == 4, arguments[2].isWord("type") {
            let type = try ClientType(arguments[3])
            records = clients.all.filter { type.matches($0) }
        } else if arguments.count > 3, arguments[2].isWord("id") {
            records = []
            for index in 3..<arguments.count {
                guard let id = Int(strictDecimal: arguments[index]) else {
                    throw ReplyError("ERR Invalid client ID")
                }
                if let record = clients.record(id) { records.append(record) }
            }
        } else if arguments.count == 2 {
            records = clients.all
        } else {
            throw .syntax
        }
        let line = ClientLine(session, arguments)
        let lines = records.filter { !$0.has(.killed) }.map { line.text(of: $0) + "\n" }
        session.reply.verbatim(lines.joined())
    }

    // MARK: Switches

    static func reply(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        if arguments[2].isWord("on") {
            session.setReplyMode(.on)
            session.reply.ok()
        } else if arguments[2].isWord("off") {
            session.setReplyMode(.off)
        } else if arguments[2].isWord("skip") {
            if session.replyMode != .off { session.setReplyMode(.skipNext) }
        } else {
            throw .syntax
        }
    }

    static func noEvict(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try set(.noEvict, session, arguments)
    }

    static func noTouch(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try set(.noTouch, session, arguments)
    }

    private static func set(
        _ flag: ClientFlags, _ session: Session, _ arguments: Arguments
    ) throws(ReplyError) {
        if arguments[2].isWord("on") {
            session.record.insert(flag)
        } else if arguments[2].isWord("off") {
            session.record.remove(flag)
        } else {
            throw .syntax
        }
        session.reply.ok()
    }

    // MARK: Pausing and blocking

    static func pause(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        var scope = ClientPause.Scope.all
        switch arguments.count {
        case 3: break
        case 4 where arguments[3].isWord("write"): scope = .write
        case 4 where arguments[3].isWord("all"): break
        case 4: throw ReplyError("ERR CLIENT PAUSE mode must be WRITE or ALL")
        default: throw .wrongSubcommandUse(arguments)
        }
        guard let timeout = Int(strictDecimal: arguments[2]) else {
            throw ReplyError("ERR timeout is not an integer or out of range")
        }
        guard timeout >= 0 else { throw ReplyError("ERR timeout is negative") }
        let server = session.server
        let now = server.clock.wall() / 1000
        let (end, isTooLate) = now.addingReportingOverflow(timeout)
        guard !isTooLate else { throw ReplyError("ERR timeout is out of range") }
        server.pause.begin(scope, until: end, now: now)
        server.schedulePauseEnd()
        session.reply.ok()
    }

    static func unpause(_ session: Session, _ arguments: Arguments) {
        session.server.pause.end()
        session.server.resumePausedSessions()
        session.reply.ok()
    }

    static func unblock(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 4 else { throw .wrongSubcommandUse(arguments) }
        if arguments.count == 4, !arguments[3].isWord("timeout"), !arguments[3].isWord("error") {
            throw ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
        }
        guard let id = Int(strictDecimal: arguments[2]) else { throw .notAnInteger }
        guard let client = session.server.clients.record(id)?.waiter, client.isPresent else {
            return session.reply.integer(0)
        }
        let isError = arguments.count == 4 && arguments[3].isWord("error")
        session.server.gateContext.endWait(of: client, error: isError ? .unblocked : nil)
        session.reply.integer(1)
    }

    // MARK: Tracking, which is not offered

    /// Bad options are refused as in Redis, good ones because there is nothing to track.
    static func tracking(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let options = try TrackingOptions(session, arguments)
        if arguments[2].isWord("on") {
            if let error = options.contradiction { throw error }
            throw ReplyError("ERR CLIENT TRACKING is not supported")
        }
        guard arguments[2].isWord("off") else { throw .syntax }
        session.reply.ok()
    }

    static func trackingInfo(_ session: Session, _ arguments: Arguments) {
        session.reply.mapHeader(3)
        session.reply.bulk("flags")
        session.reply.setHeader(1)
        session.reply.bulk("off")
        session.reply.bulk("redirect")
        session.reply.integer(-1)
        session.reply.bulk("prefixes")
        session.reply.arrayHeader(0)
    }

    static func caching(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        throw ReplyError(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with "
                + "OPTIN or OPTOUT mode enabled")
    }

    static func getRedirection(_ session: Session, _ arguments: Arguments) {
        session.reply.integer(-1)
    }
}

/// The options of CLIENT TRACKING.
private struct TrackingOptions {
    private var broadcasts = false
    private var optsIn = false
    private var optsOut = false
    private var hasPrefix = false

    init(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        var index = 3
        while index < arguments.count {
            let option = arguments[index]
            let hasValue = index + 1 < arguments.count
            index += 1
            if option.isWord("redirect"), hasValue {
                try Self.checkRedirection(session, arguments[index])
                index += 1
            } else if option.isWord("prefix"), hasValue {
                hasPrefix = true
                index += 1
            } else if option.isWord("bcast") {
                broadcasts = true
            } else if option.isWord("optin") {
                optsIn = true
            } else if option.isWord("optout") {
                optsOut = true
            } else if !option.isWord("noloop") {
                throw .syntax
            }
        }
    }

    private static func checkRedirection(
        _ session: Session, _ value: UnsafeRawBufferPointer
    ) throws(ReplyError) {
        guard let id = Int(strictDecimal: value) else { throw ReplyError("ERR Invalid client ID") }
        guard session.server.clients.record(id) != nil else {
            throw ReplyError("ERR The client ID you want redirect to does not exist")
        }
    }

    /// Why the options do not go together, or nil.
    var contradiction: ReplyError? {
        if hasPrefix, !broadcasts {
            return ReplyError("ERR PREFIX option requires BCAST mode to be enabled")
        }
        if broadcasts, optsIn || optsOut {
            return ReplyError("ERR OPTIN and OPTOUT are not compatible with BCAST")
        }
        if optsIn, optsOut {
            return ReplyError("ERR You can't specify both OPTIN mode and OPTOUT mode")
        }
        return nil
    }
}
