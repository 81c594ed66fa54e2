// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// The epoll set of a run: its connections, and a timer that rings in nanoseconds.
final class RunPoll {
    enum Target {
        case subscriber(Int)
        case sender(Int)
        case timer
    }

    private static let eventCountMax = 1024
    private static let senderTag: UInt64 = 1 << 32
    private static let timerTag: UInt64 = 2 << 32
    private let descriptor: CInt
    private let timer: CInt
    private var timerTime: UInt64 = 0
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventCountMax)

    init(_ stage: Stage) throws(BenchmarkError) {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        timer = timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0, timer >= 0 else { throw BenchmarkError(failed: "epoll") }
        for (index, subscriber) in stage.subscribers.enumerated() {
            try add(subscriber.descriptor, UInt64(index))
        }
        for sender in stage.senders {
            try add(sender.descriptor, Self.senderTag | UInt64(sender.index))
        }
        try add(timer, Self.timerTag)
    }

    deinit {
        events.deallocate()
        close(timer)
        close(descriptor)
    }

    private func add(_ member: CInt, _ tag: UInt64) throws(BenchmarkError) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = tag
        guard epoll_ctl(descriptor, EPOLL_CTL_ADD, member, &event) == 0 else {
            throw BenchmarkError(failed: "epoll_ctl")
        }
    }

    /// Whether to tell, besides of replies, when a sender's socket takes more.
    func watch(_ sender: Sender, forRoom: Bool) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (forRoom ? EPOLLOUT.rawValue : 0)
        event.data.u64 = Self.senderTag | UInt64(sender.index)
        epoll_ctl(descriptor, EPOLL_CTL_MOD, sender.descriptor, &event)
    }

    /// Ends a wait at that time of the monotonic clock, at once if it is over.
    func setTimer(_ time: UInt64) {
        guard time != timerTime else { return }
        timerTime = time
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(time / 1_000_000_000)
        setting.it_value.tv_nsec = Int(time % 1_000_000_000)
        timerfd_settime(timer, CInt(TFD_TIMER_ABSTIME), &setting, nil)
    }

    /// Waits for a tenth of a second at most.
    func wait() -> UnsafeBufferPointer<epoll_event> {
        let count = epoll_wait(descriptor, events, CInt(Self.eventCountMax), 100)
        return UnsafeBufferPointer(start: events, count: Int(max(0, count)))
    }

    @inline(__always)
    static func target(of event: epoll_event) -> Target {
        let index = Int(event.data.u64 & 0xffff_ffff)
        if event.data.u64 >= timerTag { return .timer }
        return event.data.u64 >= senderTag ? .sender(index) : .subscriber(index)
    }

    @inline(__always)
    static func hasRoom(_ event: epoll_event) -> Bool { event.events & EPOLLOUT.rawValue != 0 }

    /// Errors too are read.
    @inline(__always)
    static func hasInput(_ event: epoll_event) -> Bool { event.events & ~EPOLLOUT.rawValue != 0 }
}
