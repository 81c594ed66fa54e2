// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import Synchronization

extension InfoReport {
    var statisticsFields: [Field] {
        let kilobytesPerSecond = { (metric: Rates.Metric) in
            Self.decimal(Double(server.rates.current(metric)) / 1024, places: 2)
        }
        let traffic: [Field] = [
            ("total_connections_received", server.sum { $0.connectionsReceived.current }),
            ("total_commands_processed", server.sum { $0.commandsProcessed.current }),
            ("instantaneous_ops_per_sec", server.rates.current(.commands)),
            ("total_net_input_bytes", server.sum { $0.inputByteCount.current }),
            ("total_net_output_bytes", server.sum { $0.outputByteCount.current }),
            ("total_net_repl_input_bytes", 0), ("total_net_repl_output_bytes", 0),
            ("instantaneous_input_kbps", kilobytesPerSecond(.inputBytes)),
            ("instantaneous_output_kbps", kilobytesPerSecond(.outputBytes)),
            ("instantaneous_input_repl_kbps", "0.00"),
            ("instantaneous_output_repl_kbps", "0.00"),
            ("rejected_connections", server.rejectedConnections.load(ordering: .relaxed)),
            ("sync_full", 0), ("sync_partial_ok", 0), ("sync_partial_err", 0),
        ]
        let keys: [Field] = [
            ("expired_keys", server.keyspace.statistics.expired.current),
            ("expired_stale_perc", "0.00"),
            ("expired_time_cap_reached_count", 0), ("expire_cycle_cpu_milliseconds", 0),
            ("evicted_keys", 0), ("evicted_clients", 0), ("total_eviction_exceeded_time", 0),
            ("current_eviction_exceeded_time", 0),
            ("keyspace_hits", server.keyspace.statistics.hits.current),
            ("keyspace_misses", server.keyspace.statistics.misses.current),
        ]
        let topics: [Field] = [
            ("pubsub_channels", server.broker.topicCount(of: .channel, from: shard)),
            ("pubsub_patterns", server.broker.patternCount(from: shard)),
            ("pubsubshard_channels", server.broker.topicCount(of: .shardChannel, from: shard)),
        ]
        return traffic + keys + topics + [
            ("latest_fork_usec", 0), ("total_forks", 0), ("migrate_cached_sockets", 0),
            ("slave_expires_tracked_keys", 0), ("active_defrag_hits", 0),
            ("active_defrag_misses", 0), ("active_defrag_key_hits", 0),
            ("active_defrag_key_misses", 0), ("total_active_defrag_time", 0),
            ("current_active_defrag_time", 0), ("tracking_total_keys", 0),
            ("tracking_total_items", 0), ("tracking_total_prefixes", 0),
            ("unexpected_error_replies", 0),
            ("total_error_replies", server.sum { $0.errorReplies.current }),
            ("dump_payload_sanitizations", 0),
            (
                "client_query_buffer_limit_disconnections",
                server.sum { $0.clientsClosedByQueryLimit.current }
            ),
            (
                "client_output_buffer_limit_disconnections",
                server.sum { $0.clientsClosedByOutputLimit.current }
            ),
            ("eventloop_cycles", server.sum { $0.eventLoopTurns.current }),
        ]
    }

    /// A field for each database that has keys. Called while the keyspace is held.
    var keyspaceFields: [Field] {
        // While the log loads the keys are not ours to look at.
        if !server.shardContexts[shard.index].holdsKeyspace { return [] }
        return server.keyspace.databases.filter { $0.count > 0 }.map { database in
            (
                "db\(database.index)",
                "keys=\(database.count),expires=\(database.expiringCount),"
                    + "avg_ttl=\(database.averageTimeToLive(now: now / 1000))"
            )
        }
    }

    /// A field for each command that has been called or refused.
    var commandStatisticsFields: [Field] {
        server.commands.withSubcommands.compactMap { command -> Field? in
            func sum(_ counter: (borrowing CommandStatistics) -> Int) -> Int {
                server.shardContexts.reduce(0) {
                    $0 + counter($1.commandStatistics[command.index])
                }
            }
            let calls = sum { $0.calls.current }
            let rejected = sum { $0.rejected.current }
            let failed = sum { $0.failed.current }
            guard calls + rejected + failed > 0 else { return nil }
            let microseconds = sum { $0.nanoseconds.current } / 1000
            let mean = Self.decimal(Self.ratio(microseconds, calls), places: 2)
            let value =
                "calls=\(calls),usec=\(microseconds),usec_per_call=\(mean),"
                + "rejected_calls=\(rejected),failed_calls=\(failed)"
            return ("cmdstat_\(command.fullName)", value)
        }
    }

    var errorStatisticsFields: [Field] {
        server.errorStatistics.all.map { ("errorstat_\($0.code)", "count=\($0.count)") }
    }
}
