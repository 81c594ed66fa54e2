// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import Synchronization

/// A listening socket. It belongs to the first loop, which passes the connections around; `start`
/// and `close` may be called on any thread.
final class Listener: PollTarget, @unchecked Sendable {
    /// Connections accepted in one turn, so that a rush of them does not hold up the others.
    private static let acceptCountMax = 64
    /// How long a listener rests when the process has run out of descriptors, in milliseconds.
    private static let restMilliseconds = 100

    let endpoint: Endpoint
    private let descriptor: CInt
    private let loop: EventLoop
    private let accepted: (CInt, PeerAddress) -> Void
    private let rest: (_ milliseconds: Int, Listener) -> Void
    private let isClosed = Atomic(false)

    init(
        descriptor: CInt, endpoint: Endpoint, loop: EventLoop,
        accepted: @escaping (CInt, PeerAddress) -> Void,
        rest: @escaping (_ milliseconds: Int, Listener) -> Void
    ) {
        self.descriptor = descriptor
        self.endpoint = endpoint
        self.loop = loop
        self.accepted = accepted
        self.rest = rest
    }

    func start() throws(SystemError) {
        try loop.poller.add(descriptor, self, for: .readable)
    }

    /// Takes no more connections. The address is free for another socket at once.
    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.poller.remove(descriptor)
        shutdown(descriptor, CInt(SHUT_RDWR))
        // The loop may be about to accept; it lets go of the descriptor itself.
        loop.shard.mailbox.post { [self] _ in Glibc.close(descriptor) }
    }

    /// Accepts again after a rest. Called on the loop.
    func endRest() {
        guard !isClosed.load(ordering: .acquiring) else { return }
        loop.poller.modify(descriptor, self, for: .readable)
    }

    override func ready(_ readiness: Poller.Readiness) {
        for _ in 0..<Self.acceptCountMax where !isClosed.load(ordering: .acquiring) {
            do throws(SystemError) {
                let (connection, peer) = try Socket.accept(descriptor)
                accepted(connection, peer)
            } catch {
                switch error.code {
                case EAGAIN, EINVAL: return
                case EINTR, ECONNABORTED: continue
                default:
                    // Most likely EMFILE or ENFILE: it passes when connections end.
                    loop.log(.warning, "Accepting client connection: \(error.reason)")
                    loop.poller.modify(descriptor, self, for: [])
                    return rest(Self.restMilliseconds, self)
                }
            }
        }
    }
}
