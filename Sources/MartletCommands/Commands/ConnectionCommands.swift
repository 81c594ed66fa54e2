// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// PING, HELLO and what else concerns the connection itself.
enum ConnectionCommands {
    static func ping(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 2 else { throw .wrongArgumentCount("ping") }
        if session.outlet.version == .resp2, session.outlet.hasPubSubSubscriptions {
            session.reply.arrayHeader(2)
            session.reply.bulk("pong")
            if arguments.count == 2 {
                session.reply.bulk(arguments[1])
            } else {
                session.reply.bulk("")
            }
        } else if arguments.count == 2 {
            session.reply.bulk(arguments[1])
        } else {
            session.reply.simpleString("PONG")
        }
    }

    static func echo(_ session: Session, _ arguments: Arguments) {
        session.reply.bulk(arguments[1])
    }

    static func quit(_ session: Session, _ arguments: Arguments) {
        session.reply.ok()
        session.endAfterReplies()
    }

    static func reset(_ session: Session, _ arguments: Arguments) {
        session.reset()
        session.reply.simpleString("RESET")
    }

    static func select(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let index = Int(strictDecimal: arguments[1]) else { throw .notAnInteger }
        guard Int32(exactly: index) != nil else {
            throw ReplyError(
                "ERR value is out of range, value must between \(Int32.min) and \(Int32.max)")
        }
        guard (0..<session.context.configuration.databases).contains(index) else {
            throw ReplyError("ERR DB index is out of range")
        }
        session.record.database.store(index, ordering: .relaxed)
        session.reply.ok()
    }

    // MARK: Authentication

    static func auth(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .syntax }
        session.redactedArguments = Array(1..<arguments.count)
        if arguments.count == 2 {
            guard !session.context.configuration.requirepass.isEmpty else {
                throw ReplyError(
                    "ERR AUTH <password> called without any password configured for the default "
                        + "user. Are you sure your configuration is correct?")
            }
            try session.authenticate(password: arguments[1])
        } else {
            try session.authenticate(user: arguments[1], password: arguments[2])
        }
        session.reply.ok()
    }

    static func hello(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let request = try HelloRequest(arguments) { session.redactedArguments += $0 }
        if let credentials = request.credentials {
            try session.authenticate(
                user: arguments[credentials.user], password: arguments[credentials.password])
        }
        guard session.isAuthenticated else {
            throw ReplyError(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the "
                    + "HELLO <proto> AUTH <user> <pass> option can be used to authenticate the "
                    + "client and select the RESP protocol version at the same time")
        }
        if let name = request.clientName { session.setName(arguments[name]) }
        if let version = request.version { session.setProtocolVersion(version) }
        replyHello(session)
    }

    private static func replyHello(_ session: Session) {
        let reply = session.reply
        reply.mapHeader(7)
        reply.bulk("server")
        reply.bulk("redis")
        reply.bulk("version")
        reply.bulk(ImitatedVersion.redis)
        reply.bulk("proto")
        reply.integer(Int(session.outlet.version.rawValue))
        reply.bulk("id")
        reply.integer(session.record.id)
        reply.bulk("mode")
        reply.bulk("standalone")
        reply.bulk("role")
        reply.bulk("master")
        reply.bulk("modules")
        reply.arrayHeader(0)
    }
}

/// The arguments of HELLO, by their positions.
private struct HelloRequest {
    var version: ProtocolVersion?
    var credentials: (user: Int, password: Int)?
    var clientName: Int?

    /// - Parameter redact: called with the arguments that must not be shown, as soon as they are
    ///   known for such.
    init(_ arguments: Arguments, redact: ([Int]) -> Void) throws(ReplyError) {
        if arguments.count > 1 {
            guard let number = Int(strictDecimal: arguments[1]) else {
                throw ReplyError("ERR Protocol version is not an integer or out of range")
            }
            guard let version = UInt8(exactly: number).flatMap(ProtocolVersion.init(rawValue:))
            else { throw ReplyError("NOPROTO unsupported protocol version") }
            self.version = version
        }
        var index = 2
        while index < arguments.count {
            let left = arguments.count - 1 - index
            if arguments[index].isWord("auth"), left >= 2 {
                redact([index + 1, index + 2])
                credentials = (user: index + 1, password: index + 2)
                index += 3
            } else if arguments[index].isWord("setname"), left >= 1 {
                guard ClientText.isValid(arguments[index + 1]) else { throw ClientText.invalidName }
                clientName = index + 1
                index += 2
            } else {
                throw ReplyError(
                    bytes: Array("ERR Syntax error in HELLO option '".utf8)
                        + arguments[index].cString(upTo: arguments[index].count)
                        + Array("'".utf8))
            }
        }
    }
}

/// What a client may call itself and its library.
enum ClientText {
    static let invalidName = ReplyError(
        "ERR Client names cannot contain spaces, newlines or special characters.")

    /// Whether CLIENT LIST stays easy to take apart.
    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        text.allSatisfy { (UInt8(ascii: "!")...UInt8(ascii: "~")).contains($0) }
    }
}

extension Session {
    private static let defaultUser = Array("default".utf8)

    /// There is one user. Without `requirepass` any password is right for it; that a wrong one
    /// changes nothing holds for a client that is authenticated already, too.
    fileprivate func authenticate(
        user: UnsafeRawBufferPointer? = nil, password: UnsafeRawBufferPointer
    ) throws(ReplyError) {
        let isKnownUser = user.map { $0.elementsEqual(Self.defaultUser) } ?? true
        let expected = context.configuration.requirepass
        guard isKnownUser, expected.isEmpty || isSame(password, expected) else {
            throw .wrongPassword
        }
        isAuthenticated = true
    }

    /// Takes the same time wherever the first difference is.
    private func isSame(_ password: UnsafeRawBufferPointer, _ expected: [UInt8]) -> Bool {
        guard password.count == expected.count else { return false }
        return zip(password, expected).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The name must be valid; an empty one takes the name away.
    func setName(_ name: UnsafeRawBufferPointer) {
        record.texts.withLock { $0.name = Array(name) }
    }

    /// Back to how a new connection is (RESET). The library's name stays, as in Redis.
    fileprivate func reset() {
        if replyMode == .off { setReplyMode(.on) }
        setMonitoring(false)
        discardTransaction()
        broker.unsubscribeFromAll(outlet)
        recordSubscriptions()
        record.remove([.noTouch, .noEvict])
        record.database.store(0, ordering: .relaxed)
        setName(UnsafeRawBufferPointer(start: nil, count: 0))
        setProtocolVersion(.resp2)
        isAuthenticated = context.configuration.requirepass.isEmpty
    }
}
