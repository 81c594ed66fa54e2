// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization

/// A publisher that waits until the full buffers that its message went to have been read.
final class SuspendedPublish: Sendable {
    private struct State {
        /// Buffers that are still full. 0 lets the publisher go on.
        var fullCount: Int
        var continuation: UnsafeContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(fullCount: Int) {
        state = Mutex(State(fullCount: fullCount, continuation: nil))
    }

    /// Waits; no longer than the task runs uncancelled.
    func wait(isolation: isolated (any Actor)? = #isolation) async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let mayGoOn = state.withLock { state in
                    if state.fullCount > 0 { state.continuation = continuation }
                    return state.fullCount == 0
                }
                if mayGoOn { continuation.resume() }
            }
        } onCancel: {
            change { $0 = 0 }
        }
    }

    /// One of the buffers has been read, or its subscription ended.
    func bufferWasRead() {
        change { $0 = max($0 - 1, 0) }
    }

    private func change(_ body: (inout Int) -> Void) {
        let continuation: UnsafeContinuation<Void, Never>? = state.withLock { state in
            body(&state.fullCount)
            guard state.fullCount == 0 else { return nil }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume()
    }
}
