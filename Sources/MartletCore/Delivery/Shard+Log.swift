// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// When a reply leaves
//
// A reply tells of what the log may not have yet. So an outlet knows the position that the log
// must have reached, and at the end of a turn:
//
//   commit ─▶ flush ─▶ outlet.isHeld ── no ──▶ its owner sends
//                          │
//                          └─ yes ─▶ held ─▶ positionWasReleased ─▶ flushed at the turn's end
//
// Under a steady load there is always something at the end of a queue that the log does not have. So
// a held outlet marks where its queue ended when it came onto the list and what that waits for: that
// much is sent when the log has come so far, and what has gathered behind is marked next.
//
// A held outlet counts as dirty. Without a log all positions are 0 and nothing is ever held.

extension Shard {
    /// Begins to wait for a log, or stops.
    package func attach(_ sink: (any EffectSink)?) {
        self.sink = sink
        positionWasReleased()
    }

    package var hasLog: Bool { sink != nil }

    package var isLogRefusing: Bool { sink?.isRefusing ?? false }

    /// Why commands that write must be refused, or nil.
    package var logRefusal: String? {
        guard let sink, sink.isRefusing else { return nil }
        return sink.refusalReason
    }

    /// Has the log written. Called at the end of a turn, before it flushes.
    @inline(__always)
    package func commit() {
        guard let sink else { return }
        sink.commit()
        if sink.releasedPosition != releasedPosition { positionWasReleased() }
    }

    /// Keeps an outlet until the log has come further.
    func hold(_ outlet: Outlet) {
        outlet.mark()
        heldPosition = min(heldPosition, outlet.awaitedPosition)
        held.append(outlet)
    }

    /// The log has come further: who waited for that is flushed next.
    package func positionWasReleased() {
        releasedPosition = sink?.releasedPosition ?? .max
        guard heldPosition <= releasedPosition else { return }
        let outlets = held
        held = []
        heldPosition = .max
        for outlet in outlets {
            if outlet.isHeld, !outlet.hasReleased { hold(outlet) } else { appendDirty(outlet) }
        }
    }

    /// Asks the log to tell when it has come so far that something held may leave. Called after
    /// the flush.
    @inline(__always)
    package func awaitRelease() {
        if !held.isEmpty { awaitReleaseOfHeld() }
    }

    private func awaitReleaseOfHeld() {
        guard let sink, sink.awaitRelease(of: heldPosition, shard: index) else {
            return positionWasReleased()
        }
    }
}
