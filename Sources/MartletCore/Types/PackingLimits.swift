// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How small a list, hash, set or sorted set must be to be packed, as Redis's settings say: each
// type's own, passed to whatever may change how a value is kept. A value that is too large
// becomes a table when it is next added to; only a list is packed again when it has shrunk.

/// `list-max-listpack-size`.
package struct ListLimits: Sendable {
    /// What a block of several entries has at the most.
    let blockByteCountMax: Int
    let blockEntryCountMax: Int
    /// What a list that OBJECT ENCODING calls a listpack has at the most when it is packed again;
    /// Redis does not look at the bytes where the setting is a number of entries.
    let packedByteCountMax: Int

    /// By the settings -1 to -5.
    private static let byteCounts = [4096, 8192, 16384, 32768, 65536]
    /// What a block has at the most if the setting is a number of entries.
    private static let byteCountCap = 8192

    /// - Parameter setting: a number of entries, or negative for a size by Redis's table.
    package init(_ setting: Int = -2) {
        if setting >= 0 {
            blockByteCountMax = Self.byteCountCap
            blockEntryCountMax = max(setting, 1)
            packedByteCountMax = .max
        } else {
            blockByteCountMax = Self.byteCounts[min(-1 - setting, Self.byteCounts.count - 1)]
            blockEntryCountMax = .max
            packedByteCountMax = blockByteCountMax
        }
    }
}

/// `hash-max-listpack-entries` and `hash-max-listpack-value`.
package struct HashLimits: Sendable {
    let packedCountMax: Int
    /// Of a field or a value.
    let packedByteCountMax: Int

    package init(packedCountMax: Int = 512, packedByteCountMax: Int = 64) {
        self.packedCountMax = packedCountMax
        self.packedByteCountMax = packedByteCountMax
    }
}

/// `set-max-intset-entries`, `set-max-listpack-entries` and `set-max-listpack-value`.
package struct SetLimits: Sendable {
    let integerCountMax: Int
    let packedCountMax: Int
    let packedByteCountMax: Int

    package init(
        integerCountMax: Int = 512, packedCountMax: Int = 128, packedByteCountMax: Int = 64
    ) {
        self.integerCountMax = min(integerCountMax, 1 << 30)
        self.packedCountMax = packedCountMax
        self.packedByteCountMax = packedByteCountMax
    }
}

/// `zset-max-listpack-entries` and `zset-max-listpack-value`.
package struct SortedSetLimits: Sendable {
    let packedCountMax: Int
    let packedByteCountMax: Int

    package init(packedCountMax: Int = 128, packedByteCountMax: Int = 64) {
        self.packedCountMax = packedCountMax
        self.packedByteCountMax = packedByteCountMax
    }
}
