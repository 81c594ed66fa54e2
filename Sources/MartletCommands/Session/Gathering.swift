// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import Synchronization

// A reply that other shards have a part in
//
//   session's shard          other shards            session's shard
//   park ──── post work ───▶ collect ── last one ──▶ write the reply, unpark
//
// The session executes nothing in between, so its replies stay in order. By then it may be gone:
// it is looked up again by its client's id.

/// The parts that have come in.
private final class Gathering<Part: Sendable>: Sendable {
    private let state: Mutex<(parts: [Part], awaited: Int)>

    init(_ parts: [Part], awaiting count: Int) {
        state = Mutex((parts: parts, awaited: count))
    }

    /// - Returns: all parts if this was the last one.
    func add(_ part: Part) -> [Part]? {
        state.withLock { state in
            state.parts.append(part)
            state.awaited -= 1
            return state.awaited == 0 ? state.parts : nil
        }
    }
}

extension Session {
    /// Has each of `shards` do or tell something, and replies when all have.
    ///
    /// Inside EXEC the other shards are told and not waited for: `then` gets only what the
    /// session's own shard has collected. Work posted from one shard to another is done in the
    /// order in which it was posted, so whatever the transaction has another shard do later comes
    /// later there too.
    ///
    /// - Parameters:
    ///   - collect: Runs on each of the shards.
    ///   - then: Writes the reply, on the session's shard. It gets the parts in no particular
    ///     order.
    func gather<Part: Sendable>(
        on shards: [Shard], collect: @escaping @Sendable (ShardContext) -> Part,
        then: @escaping @Sendable (Session, [Part]) -> Void
    ) {
        let home = context.shard
        let server = self.server
        let own = shards.contains { $0 === home } ? [collect(context)] : []
        let others = shards.filter { $0 !== home }
        if isInsideExec || others.isEmpty {
            for shard in others {
                shard.mailbox.post { _ = collect(server.shardContexts[$0.index]) }
            }
            return then(self, own)
        }
        let gathering = Gathering(own, awaiting: others.count)
        let pending = postponeReply()
        for shard in others {
            shard.mailbox.post { shard in
                let part = collect(server.shardContexts[shard.index])
                if let parts = gathering.add(part) { pending.post { then($0, parts) } }
            }
        }
    }
}
