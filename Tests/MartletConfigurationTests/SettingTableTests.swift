// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletConfiguration

@Suite("The table of settings")
struct SettingTableTests {
    @Test("names every setting once, in lower case")
    func names() {
        let names = Setting.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0 == $0.lowercased() })
        #expect(Setting.named(Array("PROTO-max-bulk-len".utf8))?.name == "proto-max-bulk-len")
        #expect(Setting.named(Array("include".utf8)) == nil)
    }

    @Test("has a default for each setting that the setting accepts", arguments: Setting.all)
    func defaults(setting: Setting) throws {
        var configuration = Configuration()
        let words = setting.words(of: setting.value(in: configuration))
        try setting.set(words, in: &configuration)
        #expect(configuration == Configuration())
    }

    @Test("has a property of its own for each setting")
    func properties() throws {
        let values = [
            "port 1", "bind x", "tcp-backlog 1", "tcp-keepalive 1", "unixsocket x",
            "unixsocketperm 1", "protected-mode no", "io-threads 1", "maxclients 1", "timeout 1",
            "requirepass x", "client-output-buffer-limit normal 1 1 1",
            "client-query-buffer-limit 1mb", "proto-max-bulk-len 1mb", "mailbox-limit 1mb",
            "databases 1", "dir x", "pidfile x", "loglevel debug", "logfile x",
            "enable-protected-configs yes", "enable-debug-command yes", "shutdown-timeout 1",
            "slowlog-log-slower-than 1", "slowlog-max-len 1", "maxmemory 1mb",
            "notify-keyspace-events KA", "appendonly no", "appendfsync always", "appenddirname x",
            "appendfilename x", "auto-aof-rewrite-percentage 1", "auto-aof-rewrite-min-size 1mb",
            "aof-load-truncated no", "appendonly-memory-limit 5mb",
            "stream-node-max-bytes 5000", "stream-node-max-entries 50",
            "busy-reply-threshold 1",
            "list-max-listpack-size 1", "hash-max-listpack-entries 1", "hash-max-listpack-value 1",
            "set-max-intset-entries 1", "set-max-listpack-entries 1", "set-max-listpack-value 1",
            "zset-max-listpack-entries 1", "zset-max-listpack-value 1",
        ]
        // Another name of one of them.
        let settings = Setting.all.filter { $0.name != "lua-time-limit" }
        for line in values {
            let configuration = try Configuration(file: line)
            let changed = settings.filter {
                $0.value(in: configuration) != $0.value(in: Configuration())
            }
            #expect(changed.map(\.name) == [String(line.split(separator: " ")[0])])
        }
        let fixedCount = Setting.fixedFacts.count
        #expect(values.count + fixedCount == settings.count)
    }

    @Test("becomes a Markdown table with a row for each setting")
    func markdown() {
        let lines = Setting.markdownTable.split(separator: "\n")
        #expect(lines.count == Setting.all.count + 2)
        #expect(lines.allSatisfy { $0.count(where: { $0 == "|" }) == 6 })
        #expect(
            lines.contains(
                "| `slowlog-max-len` | `128` | entries | yes | How many commands the slow log "
                    + "holds. |"))
        #expect(lines.contains { $0.hasPrefix("| `proto-max-bulk-len` | `512mb` | bytes | yes |") })
        let limits = "normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60"
        #expect(lines.contains { $0.contains("`\(limits)`") })
        #expect(lines.contains { $0.hasPrefix("| `save` |  |  | fixed |") })
        #expect(lines.contains { $0.hasPrefix("| `dir` | `./martlet-data` |  | protected |") })
    }

    @Test("becomes the flags of --help, within the width")
    func help() {
        let help = Setting.help(columns: 80)
        #expect(
            help.contains(
                """
                  --timeout <number>
                        After how long an idle client is closed, unless it subscribes; 0 means
                        never. (default 0 seconds)
                  --requirepass <text>
                        The password of the default user; empty means none.

                """))
        #expect(help.contains("(default 512mb)\n"))
        #expect(help.contains("  --save \"\"\n        Always empty: there are no snapshots.\n"))
        let flags = help.split(separator: "\n").filter { $0.hasPrefix("  --") }
        #expect(flags.count == Setting.all.count)
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("keeps the password out of what is logged, and adds up output buffer limits only")
    func flags() {
        #expect(Setting.all.filter(\.isSensitive).map(\.name) == ["requirepass"])
        #expect(
            Setting.all.filter(\.isRepeatable).map(\.name) == ["client-output-buffer-limit"])
    }
}
