// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CHiredis
import Foundation

/// A hiredis asynchronous connection, driven by poll(2) from the test's own thread.
///
/// hiredis says through its hooks whether it wants to read or write; `run` polls for that and
/// hands the events back until the test's condition holds.
final class HiredisAsyncConnection {
    enum Failure: Error, CustomStringConvertible {
        case notConnected(String)
        case conditionNotReached
        case notSent

        var description: String {
            switch self {
            case .notConnected(let text): "not connected: \(text)"
            case .conditionNotReached: "the condition was not reached in time"
            case .notSent: "hiredis refused the command"
            }
        }
    }

    typealias Callback = (Reply?) -> Void

    /// Nil once hiredis has freed it, which follows the disconnect callback.
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    fileprivate var wantsRead = false
    fileprivate var wantsWrite = false
    /// hiredis's private data is the callback's index here plus one.
    private var callbacks: [Callback] = []
    private(set) var connectStatus: Int32?
    private(set) var disconnectStatus: Int32?
    private(set) var pushes: [Reply] = []

    init(_ server: ServerProcess, _ transport: Transport) throws {
        let connecting =
            switch transport {
            case .tcp: redisAsyncConnect("127.0.0.1", server.port)
            case .unix: redisAsyncConnectUnix(server.unixSocketPath)
            }
        let context = connecting!
        guard context.pointee.err == 0 else {
            defer { redisAsyncFree(context) }
            throw Failure.notConnected(String(cString: context.pointee.errstr))
        }
        self.context = context
        let privdata = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.data = privdata
        context.pointee.ev.data = privdata
        context.pointee.ev.addRead = { connection($0).wantsRead = true }
        context.pointee.ev.delRead = { connection($0).wantsRead = false }
        context.pointee.ev.addWrite = { connection($0).wantsWrite = true }
        context.pointee.ev.delWrite = { connection($0).wantsWrite = false }
        context.pointee.ev.cleanup = { connection($0).context = nil }
        redisAsyncSetConnectCallback(context) { connection($0!.pointee.data).connectStatus = $1 }
        redisAsyncSetDisconnectCallback(context) {
            connection($0!.pointee.data).disconnectStatus = $1
        }
    }

    deinit {
        if let context { redisAsyncFree(context) }
    }

    var isFreed: Bool { context == nil }

    /// Whether hiredis believes that it holds a subscription.
    var isSubscribed: Bool {
        guard let context else { return false }
        return context.pointee.c.flags & REDIS_SUBSCRIBED != 0
    }

    /// redisAsyncCommandArgv. For SUBSCRIBE and PSUBSCRIBE the callback gets the confirmations
    /// and the messages; it gets nil when the connection ends first.
    func command(_ arguments: any CommandArgument..., callback: @escaping Callback) throws {
        guard let context else { throw Failure.notSent }
        callbacks.append(callback)
        let privdata = UnsafeMutableRawPointer(bitPattern: callbacks.count)
        let status = withArguments(arguments.map(\.wireBytes)) { count, pointers, lengths in
            redisAsyncCommandArgv(context, Self.received, privdata, count, pointers, lengths)
        }
        guard status == REDIS_OK else { throw Failure.notSent }
    }

    /// Sends a command whose answers are pushes only, for which hiredis must expect no reply.
    func commandWithoutReply(_ arguments: any CommandArgument...) throws {
        guard let context else { throw Failure.notSent }
        let status = withArguments(arguments.map(\.wireBytes)) { count, pointers, lengths in
            redisAppendCommandArgv(&context.pointee.c, count, pointers, lengths)
        }
        guard status == REDIS_OK else { throw Failure.notSent }
        wantsWrite = true
    }

    /// redisAsyncSetPushCallback: pushes that belong to no SUBSCRIBE go to `pushes`.
    func collectPushes() {
        guard let context else { return }
        chiredis_async_set_push_callback(context) { context, reply in
            let reply = UnsafePointer(reply!.assumingMemoryBound(to: redisReply.self))
            connection(context!.pointee.data).pushes.append(Reply(reply))
        }
    }

    /// redisAsyncDisconnect: ends the connection after the pending replies.
    func disconnect() {
        if let context { redisAsyncDisconnect(context) }
    }

    /// Polls and dispatches until `condition` holds.
    func run(until condition: () -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: ServerProcess.patience)
        while !condition() {
            guard let current = context, Date() < deadline else {
                throw Failure.conditionNotReached
            }
            let events = (wantsRead ? POLLIN : 0) | (wantsWrite ? POLLOUT : 0)
            var descriptor = pollfd(
                fd: current.pointee.c.fd, events: Int16(events), revents: 0)
            guard poll(&descriptor, 1, 1_000) > 0 else { continue }
            let failed = descriptor.revents & Int16(POLLERR | POLLHUP) != 0
            if descriptor.revents & Int16(POLLIN) != 0 || failed { redisAsyncHandleRead(current) }
            // Reading may have ended the connection and freed the context.
            if let context, descriptor.revents & Int16(POLLOUT) != 0 {
                redisAsyncHandleWrite(context)
            }
        }
    }

    private static let received:
        @convention(c) (
            UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?,
            UnsafeMutableRawPointer?
        ) -> Void = { context, reply, privdata in
            let callback = connection(context!.pointee.data).callbacks[
                Int(bitPattern: privdata) - 1]
            callback(
                reply.map { Reply(UnsafePointer($0.assumingMemoryBound(to: redisReply.self))) })
        }
}

/// The connection that a hook's or a callback's context belongs to.
private func connection(_ privdata: UnsafeMutableRawPointer?) -> HiredisAsyncConnection {
    Unmanaged<HiredisAsyncConnection>.fromOpaque(privdata!).takeUnretainedValue()
}
