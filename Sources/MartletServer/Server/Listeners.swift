// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import Synchronization

/// The sockets that the server listens on. Changed on any thread, by the start, by CONFIG SET and
/// by the end of the server; served by the first loop.
final class Listeners: Sendable {
    struct Failure: Error {
        /// One line that says which address it was and what the system said.
        let message: String
    }

    private struct State {
        var listeners: [Listener] = []
        var isEnded = false
    }

    private let state = Mutex(State())
    private let makeListener: @Sendable (CInt, Endpoint) -> Listener

    init(makeListener: @escaping @Sendable (CInt, Endpoint) -> Listener) {
        self.makeListener = makeListener
    }

    /// Listens where the configuration says, and nowhere else. What is open already stays; if
    /// something cannot be opened, all is as it was before.
    ///
    /// - Returns: where it listens now.
    @discardableResult
    func change(to configuration: Configuration) throws(Failure) -> [Endpoint] {
        try state.withLock { state throws(Failure) in
            guard !state.isEnded else { throw Failure(message: "The server is ending") }
            let wanted = Endpoint.all(configuration)
            let dropped = state.listeners.filter { !wanted.contains($0.endpoint) }
            let kept = state.listeners.filter { wanted.contains($0.endpoint) }
            // First, since one address may include the other.
            for listener in dropped { listener.close() }
            do throws(Failure) {
                let missing = wanted.filter { endpoint in
                    !kept.contains { $0.endpoint == endpoint }
                }
                let opened = try open(missing, backlog: configuration.tcpBacklog)
                guard !(kept + opened).isEmpty else {
                    throw Failure(message: "Could not listen on any of the addresses of 'bind'")
                }
                state.listeners = kept + opened
            } catch {
                let restored = dropped.compactMap {
                    try? open([$0.endpoint], backlog: configuration.tcpBacklog).first
                }
                state.listeners = kept + restored
                throw error
            }
            return state.listeners.map(\.endpoint)
        }
    }

    private func open(
        _ endpoints: [Endpoint], backlog: Int
    ) throws(Failure) -> [Listener] {
        var opened: [Listener] = []
        for endpoint in endpoints {
            do throws(SystemError) {
                let listener = makeListener(try endpoint.open(backlog: backlog), endpoint)
                opened.append(listener)
                try listener.start()
            } catch {
                if endpoint.mayBeMissing(after: error) { continue }
                for listener in opened { listener.close() }
                throw Failure(message: "Could not listen on \(endpoint): \(error)")
            }
        }
        return opened
    }

    /// Closes all, for good.
    func end() {
        state.withLock { state in
            state.isEnded = true
            for listener in state.listeners { listener.close() }
            state.listeners = []
        }
    }
}
