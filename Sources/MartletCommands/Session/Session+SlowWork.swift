// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// What was answered where commands may take long.
package struct LateReply: Sendable {
    /// As it goes over the wire.
    package var bytes: [UInt8]
    /// The log must reach it before the reply leaves.
    package var position: UInt64

    package init(bytes: [UInt8], position: UInt64) {
        self.bytes = bytes
        self.position = position
    }

    /// The error that it is, if it is one.
    package var error: ReplyError? {
        guard bytes.first == UInt8(ascii: "-") else { return nil }
        return ReplyError(bytes: Array(bytes[1...].dropLast(2)))
    }
}

extension Session {
    /// Gives the keyspace, which the shard holds for this command, to work on the slow queue. The
    /// session is parked until that is done; Pub/Sub goes on. In a transaction the rest waits.
    package func continueSlowly(_ work: @escaping @Sendable () -> LateReply) {
        assert(context.holdsKeyspace)
        guard !isInsideExec else { return interruption = work }
        outlet.hold(until: keyContext.keyspace.handOver())
        context.holdsKeyspace = false
        let pending = postponeReply()
        let commandIndex = record.lastCommand.load(ordering: .relaxed)
        server.gate.continueSlowly { _ in
            let late = work()
            pending.post { session in
                session.outlet.hold(until: late.position)
                if let error = late.error {
                    session.replyError(error)
                    session.context.commandStatistics[commandIndex].failed.add(1)
                } else {
                    late.bytes.withUnsafeBytes { session.reply.raw($0) }
                }
            }
        }
    }
}

extension ServerContext {
    /// A context of one's own, for whoever holds the keyspace.
    package func makeKeyContext() -> KeyContext {
        KeyContext(server: self, shard: gateContext.shard, reply: ReplyWriter())
    }

    /// Whether `maxmemory` leaves no room for what a command stores.
    package func isMemoryExceeded(_ arguments: Arguments) -> Bool {
        guard writeConditions.limitsMemory else { return false }
        return writeConditions.isMemoryExceeded(arguments, now: clock.wall() / 1000) {
            host?.allocatedByteCount ?? 0
        }
    }
}
