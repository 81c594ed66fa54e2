// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Dispatch
import Glibc
import Logging
import MartletCommands
import MartletConfiguration
import MartletCore
import Synchronization

extension ServerInstance: ServerHost {
    package func shutDown() {
        logger.notice("User requested shutdown...")
        stop()
    }

    package func schedule(
        afterMilliseconds delay: Int, on shard: Shard, _ work: @escaping Mailbox.Work
    ) {
        timers.asyncAfter(deadline: .now() + .milliseconds(delay)) { shard.mailbox.post(work) }
    }

    package var allocatedByteCount: Int {
        let facts = mallinfo2()
        return Int(clamping: facts.uordblks) + Int(clamping: facts.hblkhd)
    }

    package func log(_ level: LogLevel, _ message: String) {
        logger.log(level: level.loggerLevel, "\(message)")
    }

    // MARK: Settings that reach beyond the commands

    package func apply(_ setting: Setting, of configuration: Configuration) -> String? {
        switch setting.applyStep {
        case nil: break
        case .listenOnPort?, .bindAddresses?:
            do throws(Listeners.Failure) {
                try listeners.change(to: configuration)
            } catch {
                logger.warning("\(error.message)")
                return setting.applyStep!.failureReason()
            }
        case .raiseDescriptorLimit?:
            raiseDescriptorLimit(configuration)
            let possible = descriptorLimit - Self.descriptorsKeptBack
            if possible < configuration.maxclients {
                return ApplyStep.raiseDescriptorLimit.failureReason(detail: "\(possible)")
            }
        case .switchLog?:
            if let reason = persistence.switchLog(configuration) {
                logger.warning("\(reason)")
                return ApplyStep.switchLog.failureReason()
            }
        case .changeDirectory?:
            guard chdir(configuration.dir) == 0 else {
                return ApplyStep.changeDirectory.failureReason(
                    detail: SystemError("chdir").reason)
            }
        }
        persistence.apply(configuration)
        if setting.name == "loglevel" {
            LineLogHandler.threshold = configuration.loglevel.loggerLevel
        }
        return nil
    }

    package func rewriteConfigurationFile(_ configuration: Configuration) -> String? {
        ConfigurationFile.rewrite(configuration, at: startingConfigurationFile)
    }

    // MARK: Descriptors

    /// Descriptors for other things than clients.
    private static var descriptorsKeptBack: Int { 32 }

    private var descriptorLimit: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// Makes room for `maxclients` connections, as far as the system allows it.
    func raiseDescriptorLimit(_ configuration: Configuration) {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        let wanted = rlim_t(configuration.maxclients + Self.descriptorsKeptBack)
        guard limit.rlim_cur < wanted else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = wanted
        if limit.rlim_max < wanted { limit.rlim_max = wanted }
        if setrlimit(resource, &limit) == 0 { return }
        getrlimit(resource, &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
        logger.warning(
            """
            maxclients is \(configuration.maxclients), but only \(limit.rlim_cur) files can be \
            open (it was \(before)); see ulimit -n
            """)
    }
}

extension LogLevel {
    /// Redis's levels in terms of swift-log's; `nothing` lets nothing through.
    package var loggerLevel: Logger.Level {
        switch self {
        case .debug: .trace
        case .verbose: .debug
        case .notice: .notice
        case .warning: .warning
        case .nothing: .critical
        }
    }
}
