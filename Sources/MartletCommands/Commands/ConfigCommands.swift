// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// CONFIG.
enum ConfigCommands {
    static func get(_ session: Session, _ arguments: Arguments) {
        let patterns = (2..<arguments.count).map { Array(arguments[$0]) }
        let found = session.server.configuration.configuration.get(patterns) { pattern, name in
            Glob(pattern, ignoringCase: true).matches(Array(name.utf8))
        }
        session.reply.mapHeader(found.count)
        for (name, value) in found {
            session.reply.bulk(name)
            session.reply.bulk(value)
        }
    }

    // MARK: SET

    static func set(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count.isMultiple(of: 2) else { throw .syntax }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for index in stride(from: 2, to: arguments.count, by: 2) {
            let name = Array(arguments[index])
            if Setting.named(name)?.isSensitive == true {
                session.redactedArguments.append(index + 1)
            }
            pairs.append((name: name, value: Array(arguments[index + 1])))
        }
        let server = session.server
        let updated: Configuration
        do throws(ConfigurationSetError) {
            updated = try server.configuration.change { (current) throws(ConfigurationSetError) in
                try set(pairs, in: &current, for: session)
                return current
            }
        } catch {
            throw ReplyError(error.reply)
        }
        // What the same client sends next finds the effect, even if it was received already.
        session.context.refreshConfiguration()
        server.slowlog.trim(to: updated.slowlogMaxLen)
        server.applyKeyspaceSettings(updated)
        session.reply.ok()
    }

    /// Changes all the settings and takes the steps that follow, or leaves everything as it was.
    private static func set(
        _ pairs: [(name: [UInt8], value: [UInt8])], in current: inout Configuration,
        for session: Session
    ) throws(ConfigurationSetError) {
        let previous = current
        let allowsProtected = previous.enableProtectedConfigs
            .isAllowed(toLocalClient: session.isLocal)
        let changed = try current.set(pairs, allowsProtected: allowsProtected)
        guard let host = session.server.host else { return }
        var applied: [Setting] = []
        for setting in changed {
            applied.append(setting)
            guard let reason = host.apply(setting, of: current) else { continue }
            current = previous
            for setting in applied.reversed() { _ = host.apply(setting, of: previous) }
            throw .failed(option: setting.name, reason: reason)
        }
    }

    // MARK: RESETSTAT and REWRITE

    /// The counters belong to other shards too. One that counts at this very moment may overwrite
    /// the zero with its next number; CONFIG RESETSTAT takes no more than that on trust.
    static func resetStatistics(_ session: Session, _ arguments: Arguments) {
        let server = session.server
        for context in server.shardContexts {
            context.shard.statistics.reset()
            context.commandStatistics.reset()
        }
        server.errorStatistics.reset()
        server.keyspace.statistics.reset()
        server.rejectedConnections.store(0, ordering: .relaxed)
        session.reply.ok()
    }

    static func rewrite(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let server = session.server
        guard let host = server.host, !host.process.configurationFile.isEmpty else {
            throw ReplyError("ERR The server is running without a config file")
        }
        if let reason = host.rewriteConfigurationFile(server.configuration.configuration) {
            throw ReplyError("ERR Rewriting config file: \(reason)")
        }
        session.reply.ok()
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "GET <pattern>",
                "    Return parameters matching the glob-like <pattern> and their values.",
                "SET <directive> <value>",
                "    Set the configuration <directive> to <value>.",
                "RESETSTAT",
                "    Reset statistics reported by the INFO command.",
                "REWRITE",
                "    Rewrite the configuration file.",
            ])
    }
}
