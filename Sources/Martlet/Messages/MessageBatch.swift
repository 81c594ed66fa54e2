// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// What a reader has taken out of its subscription's buffer, all that there was at a time. The
/// messages are cut out of it one by one, without a lock and without memory.
struct MessageBatch {
    private var slices = OutputQueue()
    /// What is left of the slice in front.
    private var current: Slice?
    /// How many messages were dropped in front of the first.
    private var droppedBefore = 0

    /// Exchanges the batch, which is empty, for what is queued.
    mutating func fill(from outlet: Outlet, droppedBefore: Int) {
        assert(current == nil)
        outlet.exchangeQueue(&slices)
        current = slices.popFirst()
        self.droppedBefore = droppedBefore
    }

    mutating func next() -> Message? {
        guard let frame = current else { return nil }
        let parts = MessageFrame.parts(of: frame.bytes)
        var message = Message(frame: frame, parts: parts)
        if droppedBefore > 0 {
            message.droppedBefore = droppedBefore
            droppedBefore = 0
        }
        if parts.byteCount == frame.count {
            current = slices.popFirst()
        } else {
            current!.start += UInt32(truncatingIfNeeded: parts.byteCount)
        }
        return message
    }

    mutating func removeAll() {
        slices.removeAll()
        current = nil
        droppedBefore = 0
    }
}
