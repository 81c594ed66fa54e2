// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// Has a client that waits with CLAIM try again when something has been pending for long enough,
/// which no command tells it. Belongs to the keyspace.
final class StreamClaimRetry: @unchecked Sendable {
    private let keys: [[UInt8]]
    private let database: Database
    private let deadline: Int
    /// When it is going to be tried; milliseconds since the epoch.
    private var time: Int?

    init(keys: [[UInt8]], database: Database, deadline: Int?) {
        self.keys = keys
        self.database = database
        self.deadline = deadline ?? .max
    }

    /// - Parameter time: nil without CLAIM.
    func arm(_ context: KeyContext, at time: Int?) {
        guard let time, time < deadline else { return }
        if let armed = self.time, armed > context.now, armed <= time { return }
        self.time = time
        let server = context.server
        server.timer(max(time - context.now, 1)) {
            [keys, index = database.index, weak server] in
            guard let server else { return }
            server.gate.perform { _ in
                let context = server.gateContext
                context.beginJob(database: index)
                for key in keys {
                    key.withUnsafeBytes {
                        context.keyspace.makeReady(KeyName($0), in: context.database)
                    }
                }
                context.finish()
                _ = context.keyspace.handOver()
            }
        }
    }
}
