// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CHiredis
import Foundation

/// What may stand in a command: text, bytes or an integer.
protocol CommandArgument {
    var wireBytes: [UInt8] { get }
}

extension String: CommandArgument {
    var wireBytes: [UInt8] { Array(utf8) }
}

extension Int: CommandArgument {
    var wireBytes: [UInt8] { Array(String(self).utf8) }
}

extension [UInt8]: CommandArgument {
    var wireBytes: [UInt8] { self }
}

/// The error that a hiredis context is left with.
struct HiredisError: Error, CustomStringConvertible {
    let code: Int32
    let text: String

    var isEndOfFile: Bool { code == REDIS_ERR_EOF }
    /// The peer closed the connection while it still had unread bytes of ours.
    var isReset: Bool { code == REDIS_ERR_IO && text == String(cString: strerror(ECONNRESET)) }
    var description: String { "hiredis error \(code): \(text)" }

}

extension HiredisError {
    init(_ context: redisContext) {
        let text = withUnsafeBytes(of: context.errstr) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        self.init(code: context.err, text: text)
    }
}

/// A blocking hiredis connection. Not for use by two threads at a time, as a `redisContext`.
final class HiredisConnection {
    private let context: UnsafeMutablePointer<redisContext>
    /// Pushes that came between replies, once `collectPushes` was called.
    private(set) var pushes: [Reply] = []

    /// Whether the library parses RESP3.
    static var supportsRESP3: Bool { chiredis_major >= 1 }

    init(_ server: ServerProcess, _ transport: Transport) throws {
        let connected =
            switch transport {
            case .tcp: redisConnect("127.0.0.1", server.port)
            case .unix: redisConnectUnix(server.unixSocketPath)
            }
        context = connected!
        guard context.pointee.err == 0 else {
            // The context is freed by deinit, which runs here too.
            throw HiredisError(context.pointee)
        }
        // A reply that does not come must fail the test instead of hanging it.
        redisSetTimeout(context, timeval(tv_sec: Int(ServerProcess.patience), tv_usec: 0))
    }

    deinit { redisFree(context) }

    var fileDescriptor: Int32 { context.pointee.fd }

    /// redisCommandArgv: sends one command and waits for its reply.
    func command(_ arguments: any CommandArgument...) throws -> Reply {
        let reply = withArguments(arguments.map(\.wireBytes)) {
            redisCommandArgv(context, $0, $1, $2)
        }
        guard let reply else { throw HiredisError(context.pointee) }
        return Self.consume(reply)
    }

    func command(_ arguments: [String]) throws -> Reply {
        try append(arguments)
        return try reply()
    }

    /// redisAppendCommandArgv: queues one command; the next `reply` sends what is queued.
    func append(_ arguments: any CommandArgument...) throws {
        try append(arguments)
    }

    func append(_ arguments: [any CommandArgument]) throws {
        let status = withArguments(arguments.map(\.wireBytes)) {
            redisAppendCommandArgv(context, $0, $1, $2)
        }
        try check(status)
    }

    /// redisGetReply: sends what is queued and waits for the next reply or message.
    func reply() throws -> Reply {
        var reply: UnsafeMutableRawPointer?
        try check(redisGetReply(context, &reply))
        return Self.consume(reply!)
    }

    func replies(_ count: Int) throws -> [Reply] {
        try (0..<count).map { _ in try reply() }
    }

    /// redisBufferWrite until nothing is left to send.
    func flush() throws {
        var done: Int32 = 0
        repeat { try check(redisBufferWrite(context, &done)) } while done == 0
    }

    /// redisBufferRead once, then all replies that are complete.
    func readOnce() throws -> [Reply] {
        try check(redisBufferRead(context))
        var replies: [Reply] = []
        while true {
            var reply: UnsafeMutableRawPointer?
            try check(redisGetReplyFromReader(context, &reply))
            guard let reply else { return replies }
            replies.append(Self.consume(reply))
        }
    }

    /// Writes bytes to the socket past hiredis's own buffer, all of them in one piece.
    func writeRaw(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        let written = send(fileDescriptor, bytes, bytes.count, 0)
        guard written == bytes.count else { throw POSIXError(.EPIPE) }
    }

    /// Reads what the socket has, up to `limit` bytes; empty at the end of the stream.
    func readRaw(limit: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(fileDescriptor, &bytes, limit, 0)
        guard count >= 0 else { throw POSIXError(.EIO) }
        return Array(bytes.prefix(count))
    }

    /// Says to the server that no more requests follow; replies still arrive.
    func closeWriting() { shutdown(fileDescriptor, Int32(SHUT_WR)) }

    /// Whether the server closes the connection without another reply.
    func isClosedByPeer() throws -> Bool {
        do {
            _ = try reply()
            return false
        } catch let error as HiredisError where error.isEndOfFile || error.isReset {
            return true
        }
    }

    /// redisSetPushCallback: from now on pushes go to `pushes`, not to `reply`.
    func collectPushes() {
        let privdata = Unmanaged.passUnretained(self).toOpaque()
        let collect: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = {
            let connection = Unmanaged<HiredisConnection>.fromOpaque($0!).takeUnretainedValue()
            connection.pushes.append(HiredisConnection.consume($1!))
        }
        chiredis_set_push_callback(context, collect, privdata)
    }

    /// From now on pushes come through `reply` as everything else does.
    func readPushesInline() { chiredis_set_push_callback(context, nil, nil) }

    private func check(_ status: Int32) throws {
        guard status == REDIS_OK else { throw HiredisError(context.pointee) }
    }

    private static func consume(_ pointer: UnsafeMutableRawPointer) -> Reply {
        defer { freeReplyObject(pointer) }
        return Reply(UnsafePointer(pointer.assumingMemoryBound(to: redisReply.self)))
    }
}

/// Calls `body` with the argument count, pointers and lengths that hiredis's Argv functions take.
func withArguments<Result>(
    _ arguments: [[UInt8]],
    _ body: (
        Int32, UnsafeMutablePointer<UnsafePointer<CChar>?>, UnsafePointer<Int>
    ) -> Result
) -> Result {
    let bytes = arguments.flatMap { $0 }
    return bytes.withUnsafeBytes { buffer in
        // An empty command line still needs an address that is not null.
        let base = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        var offset = 0
        var pointers = arguments.map { argument -> UnsafePointer<CChar>? in
            defer { offset += argument.count }
            return (base + offset).assumingMemoryBound(to: CChar.self)
        }
        return body(Int32(arguments.count), &pointers, arguments.map(\.count))
    }
}
