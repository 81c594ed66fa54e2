// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// Something that a loop waits for: a connection, a listening socket, a wake-up.
class PollTarget {
    /// Called on the loop when the descriptor is ready.
    func ready(_ readiness: Poller.Readiness) {
        preconditionFailure("a poll target says what it does when it is ready")
    }
}

/// A private epoll set (epoll(7), level-triggered). The targets are not retained: who registers
/// one removes it before it goes.
struct Poller: ~Copyable {
    struct Readiness: OptionSet {
        let rawValue: UInt32
        static let readable = Readiness(rawValue: EPOLLIN.rawValue)
        static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The other side has gone (EPOLLHUP, EPOLLERR); reported without being asked for.
        static let failed = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    /// How many events one wait brings at the most.
    private static let eventCountMax = 256

    let descriptor: CInt
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(SystemError) {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("epoll_create1") }
        events = .allocate(capacity: Self.eventCountMax)
    }

    deinit {
        events.deallocate()
        close(descriptor)
    }

    func add(_ descriptor: CInt, _ target: PollTarget, for interest: Readiness) throws(SystemError)
    {
        try control(EPOLL_CTL_ADD, descriptor, target, interest)
    }

    func modify(_ descriptor: CInt, _ target: PollTarget, for interest: Readiness) {
        do throws(SystemError) {
            try control(EPOLL_CTL_MOD, descriptor, target, interest)
        } catch {
            // A listener may be closed by another thread meanwhile. Nothing else can go wrong.
            assert(error.code == ENOENT || error.code == EBADF)
        }
    }

    func remove(_ descriptor: CInt) {
        epoll_ctl(self.descriptor, EPOLL_CTL_DEL, descriptor, nil)
    }

    private func control(
        _ operation: CInt, _ descriptor: CInt, _ target: PollTarget, _ interest: Readiness
    ) throws(SystemError) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.ptr = Unmanaged.passUnretained(target).toOpaque()
        guard epoll_ctl(self.descriptor, operation, descriptor, &event) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }

    /// Waits and tells the targets that are ready.
    ///
    /// - Returns: how many there were.
    func wait(milliseconds: CInt, _ willHandle: () -> Void) -> Int {
        let count = epoll_wait(
            descriptor, events, CInt(Self.eventCountMax), milliseconds)
        guard count > 0 else { return 0 }
        willHandle()
        for index in 0..<Int(count) {
            let event = events[index]
            Unmanaged<PollTarget>.fromOpaque(event.data.ptr!)
                ._withUnsafeGuaranteedRef { $0.ready(Readiness(rawValue: event.events)) }
        }
        return Int(count)
    }
}

/// Wakes a loop out of its wait (eventfd(2)).
final class Wakeup: PollTarget, @unchecked Sendable {
    let descriptor: CInt

    init(_: Void = ()) throws(SystemError) {
        descriptor = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("eventfd") }
    }

    deinit {
        close(descriptor)
    }

    /// May be called from any thread.
    func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    override func ready(_ readiness: Poller.Readiness) {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
