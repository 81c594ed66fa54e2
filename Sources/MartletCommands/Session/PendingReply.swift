// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// A reply that comes later. The session is parked until then and executes nothing, so that its
/// replies stay in order; whoever has the answer completes the reply, on the session's shard. The
/// client may be gone by then.
struct PendingReply: Sendable {
    private let context: ShardContext
    private let clientID: Int
    private let number: Int
    /// The reply mode that the command had.
    private let mode: Session.ReplyMode

    fileprivate init(_ session: Session, number: Int) {
        context = session.context
        clientID = session.record.id
        mode = session.replyMode
        self.number = number
    }

    /// Completes the reply. From any thread; does nothing the second time.
    func post(_ writeReply: @escaping @Sendable (Session) -> Void) {
        context.shard.mailbox.post { _ in complete(writeReply) }
    }

    /// Completes the reply. Called on the session's shard; does nothing the second time.
    func complete(_ writeReply: (Session) -> Void) {
        guard let session = context.sessions[clientID], !session.isEnding,
            session.pendingReplyNumber == number
        else { return }
        session.pendingReplyNumber = nil
        session.blocked = nil
        session.writeReply(inMode: mode) { writeReply(session) }
        session.unpark()
    }
}

extension Session {
    /// Parks the session until the reply is completed.
    func postponeReply() -> PendingReply {
        park()
        replyCount += 1
        pendingReplyNumber = replyCount
        return PendingReply(self, number: replyCount)
    }

    /// Has the reply completed by a timer.
    ///
    /// - Parameter delay: in milliseconds; nil means never, unless the connection ends.
    func reply(
        afterMilliseconds delay: Int?, _ writeReply: @escaping @Sendable (Session) -> Void
    ) {
        guard let host = server.host else { return writeReply(self) }
        let pending = postponeReply()
        guard let delay else { return }
        host.schedule(afterMilliseconds: delay, on: context.shard) { _ in
            pending.complete(writeReply)
        }
    }
}
