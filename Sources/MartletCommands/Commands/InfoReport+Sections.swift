// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import Synchronization

extension InfoReport {
    var serverFields: [Field] {
        let uptime = (now - server.startedAt) / 1_000_000
        return [
            ("redis_version", ImitatedVersion.redis),
            ("martlet_version", ImitatedVersion.martlet),
            ("redis_git_sha1", "00000000"),
            ("redis_git_dirty", 0),
            ("redis_build_id", "0000000000000000"),
            ("redis_mode", "standalone"),
            ("os", process.operatingSystem),
            ("arch_bits", Int.bitWidth),
            ("monotonic_clock", "POSIX clock_gettime"),
            ("multiplexing_api", "epoll"),
            ("process_id", process.processID),
            ("process_supervised", "no"),
            ("run_id", server.runID),
            ("tcp_port", process.tcpPort),
            ("server_time_usec", now),
            ("uptime_in_seconds", uptime),
            ("uptime_in_days", uptime / 86_400),
            ("hz", 10),
            ("configured_hz", 10),
            ("executable", process.executable),
            ("config_file", process.configurationFile),
            ("io_threads_active", process.loopCount > 1 ? 1 : 0),
        ] + listenerFields
    }

    private var listenerFields: [Field] {
        var listeners: [String] = []
        if process.tcpPort > 0 {
            let addresses = configuration.bind.map { ",bind=\($0)" }.joined()
            listeners.append("name=tcp\(addresses),port=\(process.tcpPort)")
        }
        if !configuration.unixsocket.isEmpty {
            listeners.append("name=unix,bind=\(configuration.unixsocket)")
        }
        return listeners.enumerated().map { ("listener\($0)", $1) }
    }

    var clientFields: [Field] {
        func count(_ flag: ClientFlags) -> Int { records.count { $0.has(flag) } }
        func largest(_ byteCount: (ClientRecord) -> Int) -> Int {
            records.map(byteCount).max() ?? 0
        }
        return [
            ("connected_clients", server.clients.count),
            ("cluster_connections", 0),
            ("maxclients", configuration.maxclients),
            (
                "client_recent_max_input_buffer",
                largest { $0.queryByteCount.load(ordering: .relaxed) }
            ),
            (
                "client_recent_max_output_buffer",
                largest { $0.outputByteCount.load(ordering: .relaxed) }
            ),
            ("blocked_clients", count(.blocked)),
            ("tracking_clients", 0),
            ("pubsub_clients", count(.subscriber)),
            (
                "watching_clients",
                records.count { $0.watchedKeyCount.load(ordering: .relaxed) > 0 }
            ),
            ("clients_in_timeout_table", 0),
            ("total_blocking_keys", 0),
            ("total_blocking_keys_on_nokey", 0),
        ]
    }

    var memoryFields: [Field] {
        let used = process.allocatedByteCount
        let resident = process.residentByteCount
        // The kernel keeps the peak of what is resident, the allocator none of its own.
        let peak = max(used, process.residentByteCountMax)
        let total = process.systemMemoryByteCount
        let ofClients = records.reduce(0) { sum, record in
            sum + record.queryByteCount.load(ordering: .relaxed)
                + record.queryFreeByteCount.load(ordering: .relaxed)
                + record.outputByteCount.load(ordering: .relaxed)
        }
        let measured: [Field] = [
            ("used_memory", used), ("used_memory_human", Self.human(used)),
            ("used_memory_rss", resident), ("used_memory_rss_human", Self.human(resident)),
            ("used_memory_peak", peak), ("used_memory_peak_human", Self.human(peak)),
            (
                "used_memory_peak_perc",
                Self.decimal(Self.ratio(used, peak) * 100, places: 2) + "%"
            ),
            ("used_memory_overhead", used),
            ("used_memory_dataset", 0), ("used_memory_dataset_perc", "0.00%"),
            ("allocator_allocated", used), ("allocator_resident", resident),
            ("total_system_memory", total), ("total_system_memory_human", Self.human(total)),
        ]
        let scripts: [Field] = [
            ("used_memory_lua", 0), ("used_memory_vm_eval", 0), ("used_memory_lua_human", "0B"),
            ("used_memory_scripts_eval", 0), ("number_of_cached_scripts", 0),
            ("number_of_functions", 0), ("number_of_libraries", 0),
            ("used_memory_vm_functions", 0), ("used_memory_vm_total", 0),
            ("used_memory_vm_total_human", "0B"), ("used_memory_functions", 0),
            ("used_memory_scripts", 0), ("used_memory_scripts_human", "0B"),
        ]
        return measured + scripts + [
            ("maxmemory", configuration.maxmemory),
            ("maxmemory_human", Self.human(configuration.maxmemory)),
            ("maxmemory_policy", "noeviction"),
            ("mem_fragmentation_ratio", Self.decimal(Self.ratio(resident, used), places: 2)),
            ("mem_fragmentation_bytes", resident - used),
            ("mem_not_counted_for_evict", 0), ("mem_replication_backlog", 0),
            ("mem_total_replication_buffers", 0), ("mem_clients_slaves", 0),
            ("mem_clients_normal", ofClients), ("mem_cluster_links", 0),
            ("mem_aof_buffer", server.log?.facts.bufferByteCount ?? 0), ("mem_allocator", "libc"),
            ("active_defrag_running", 0),
            ("lazyfree_pending_objects", 0), ("lazyfreed_objects", 0),
        ]
    }

    var persistenceFields: [Field] {
        let log = server.log?.facts ?? LogFacts()
        let loading: [Field] =
            log.isLoading
            ? [
                ("loading_start_time", server.startedAt / 1_000_000),
                ("loading_total_bytes", log.totalByteCount),
                ("loading_loaded_bytes", log.loadedByteCount),
                (
                    "loading_loaded_perc",
                    Self.decimal(
                        100 * Self.ratio(log.loadedByteCount, log.totalByteCount), places: 2)
                ),
                ("loading_eta_seconds", 1),
            ] : []
        let sizes: [Field] =
            log.isEnabled
            ? [
                ("aof_current_size", log.byteCount), ("aof_base_size", log.baseByteCount),
                ("aof_pending_rewrite", 0), ("aof_buffer_length", log.bufferByteCount),
                ("aof_pending_bio_fsync", log.isSyncing ? 1 : 0),
                ("aof_delayed_fsync", log.delayedSyncCount),
            ] : []
        let rewriteFailures = log.consecutiveFailedRewriteCount
        return [
            ("loading", log.isLoading ? 1 : 0), ("async_loading", 0), ("current_cow_peak", 0),
            ("current_cow_size", 0), ("current_cow_size_age", 0), ("current_fork_perc", "0.00"),
            ("current_save_keys_processed", 0), ("current_save_keys_total", 0),
            ("rdb_changes_since_last_save", 0), ("rdb_bgsave_in_progress", 0),
            ("rdb_last_save_time", (log.lastSaveTime ?? server.startedAt) / 1_000_000),
            ("rdb_last_bgsave_status", "ok"), ("rdb_last_bgsave_time_sec", -1),
            ("rdb_current_bgsave_time_sec", -1), ("rdb_saves", 0), ("rdb_last_cow_size", 0),
            ("rdb_last_load_keys_expired", 0), ("rdb_last_load_keys_loaded", 0),
            ("aof_enabled", log.isEnabled ? 1 : 0),
            ("aof_rewrite_in_progress", log.isRewriting ? 1 : 0), ("aof_rewrite_scheduled", 0),
            ("aof_last_rewrite_time_sec", log.lastRewriteSeconds),
            ("aof_current_rewrite_time_sec", log.currentRewriteSeconds),
            ("aof_last_bgrewrite_status", log.isLastRewriteOK ? "ok" : "err"),
            ("aof_rewrites", log.rewriteCount),
            ("aof_rewrites_consecutive_failures", rewriteFailures),
            ("aof_last_write_status", log.isLastWriteOK ? "ok" : "err"),
            ("aof_last_cow_size", 0), ("module_fork_in_progress", 0),
            ("module_fork_last_cow_size", 0),
        ] + sizes + loading
    }

    var replicationFields: [Field] {
        [
            ("role", "master"), ("connected_slaves", 0),
            ("master_failover_state", "no-failover"), ("master_replid", server.runID),
            ("master_replid2", String(repeating: "0", count: 40)), ("master_repl_offset", 0),
            ("second_repl_offset", -1), ("repl_backlog_active", 0),
            ("repl_backlog_size", 1_048_576), ("repl_backlog_first_byte_offset", 0),
            ("repl_backlog_histlen", 0),
        ]
    }

    var processorFields: [Field] {
        [
            ("used_cpu_sys", Self.decimal(process.systemTime, places: 6)),
            ("used_cpu_user", Self.decimal(process.userTime, places: 6)),
            ("used_cpu_sys_children", Self.decimal(process.childrenSystemTime, places: 6)),
            ("used_cpu_user_children", Self.decimal(process.childrenUserTime, places: 6)),
        ]
    }
}
