// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension Session {
    /// Parks the session, which executes nothing more until `answer` has written the reply.
    ///
    /// - Parameter delay: in milliseconds; nil means never, unless the connection ends.
    func answer(afterMilliseconds delay: Int?, _ answer: @escaping @Sendable (Session) -> Void) {
        guard let host = server.host else { return answer(self) }
        park()
        guard let delay else { return }
        let id = record.id
        let isSilent = replyMode == .off || replyMode == .skip
        let context = context
        host.schedule(afterMilliseconds: delay, on: context.shard) { _ in
            guard let session = context.sessions[id], !session.isEnding else { return }
            session.reply.version = session.outlet.version
            answer(session)
            if isSilent { session.reply.discard() } else { session.commitReplies() }
            session.unpark()
        }
    }
}
