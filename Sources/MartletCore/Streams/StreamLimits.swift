// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// How much a block of a stream's entries holds before the next one begins.
package struct StreamLimits: Sendable {
    /// `stream-node-max-bytes`; 0 is no limit.
    package var blockByteCountMax: Int
    /// `stream-node-max-entries`; 0 is no limit.
    package var blockEntryCountMax: Int

    /// What a block holds whatever the settings say, in bytes, so that no step goes over more.
    static let blockByteCountCap = 64 * 1024

    package init(blockByteCountMax: Int = 4096, blockEntryCountMax: Int = 100) {
        self.blockByteCountMax = blockByteCountMax
        self.blockEntryCountMax = blockEntryCountMax
    }

    var effectiveBlockByteCountMax: Int {
        blockByteCountMax == 0
            ? Self.blockByteCountCap : min(blockByteCountMax, Self.blockByteCountCap)
    }

    /// How many entries `~` trims at the most if the command does not say.
    package var approximateTrimCountMax: Int {
        blockEntryCountMax == 0 ? 10_000 : min(100 * min(blockEntryCountMax, 10_000), 1_000_000)
    }
}
