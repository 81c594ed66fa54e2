// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore

/// What commands need of the process that they run in. The server implements it; a test puts
/// something simpler in its place.
package protocol ServerHost: AnyObject, Sendable {
    /// Ends the server in an orderly way (SHUTDOWN).
    func shutDown()

    /// Runs `work` on a shard after so many milliseconds.
    func schedule(
        afterMilliseconds delay: Int, on shard: Shard, _ work: @escaping Mailbox.Work)

    /// Applies a setting that reaches beyond the commands: sockets, limits of the process.
    ///
    /// - Returns: why that failed, or nil.
    func apply(_ setting: Setting, of configuration: Configuration) -> String?

    /// Writes the configuration file anew (CONFIG REWRITE).
    ///
    /// - Returns: why that failed, or nil.
    func rewriteConfigurationFile(_ configuration: Configuration) -> String?

    func log(_ level: LogLevel, _ message: String)

    /// The memory that is allocated, in bytes. Measured when it is asked for, which takes some
    /// microseconds.
    var allocatedByteCount: Int { get }

    /// What INFO tells of the process.
    var process: ProcessFacts { get }
}

/// Facts about the process and the machine, as INFO shows them.
package struct ProcessFacts: Sendable {
    package var operatingSystem = ""
    package var processID = 0
    package var executable = ""
    package var configurationFile = ""
    package var tcpPort = 0
    package var loopCount = 1
    /// In bytes.
    package var residentByteCount = 0
    package var residentByteCountMax = 0
    package var allocatedByteCount = 0
    package var systemMemoryByteCount = 0
    /// In seconds.
    package var userTime = 0.0
    package var systemTime = 0.0
    package var childrenUserTime = 0.0
    package var childrenSystemTime = 0.0

    package init() {}
}
