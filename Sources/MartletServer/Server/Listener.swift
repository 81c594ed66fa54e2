// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// A listening socket. It belongs to the first loop, which passes the connections around.
final class Listener: PollTarget, @unchecked Sendable {
    /// Connections accepted in one turn, so that a rush of them does not hold up the others.
    private static let acceptCountMax = 64
    /// How long a listener rests when the process has run out of descriptors, in milliseconds.
    private static let restMilliseconds = 100

    let descriptor: CInt
    /// `127.0.0.1:6379`, or the path of a Unix socket.
    let name: String
    private unowned let loop: EventLoop
    private let accepted: (CInt, PeerAddress) -> Void
    private let rest: (_ milliseconds: Int) -> Void
    private(set) var isClosed = false

    init(
        descriptor: CInt, name: String, loop: EventLoop,
        accepted: @escaping (CInt, PeerAddress) -> Void, rest: @escaping (Int) -> Void
    ) {
        self.descriptor = descriptor
        self.name = name
        self.loop = loop
        self.accepted = accepted
        self.rest = rest
    }

    /// Called on the loop.
    func start() throws(SystemError) {
        try loop.poller.add(descriptor, self, for: .readable)
    }

    /// Accepts again after a rest. Called on the loop.
    func endRest() {
        if !isClosed { loop.poller.modify(descriptor, self, for: .readable) }
    }

    /// Called on the loop.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.poller.remove(descriptor)
        Glibc.close(descriptor)
    }

    override func ready(_ readiness: Poller.Readiness) {
        for _ in 0..<Self.acceptCountMax where !isClosed {
            do throws(SystemError) {
                let (connection, peer) = try Socket.accept(descriptor)
                accepted(connection, peer)
            } catch {
                switch error.code {
                case EAGAIN: return
                case EINTR, ECONNABORTED: continue
                default:
                    // Most likely EMFILE or ENFILE: it passes when connections end.
                    loop.log(.warning, "Accepting client connection: \(error.reason)")
                    loop.poller.modify(descriptor, self, for: [])
                    return rest(Self.restMilliseconds)
                }
            }
        }
    }
}
