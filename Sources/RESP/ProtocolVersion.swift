// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The version of the Redis serialization protocol that a client has chosen with `HELLO`.
public enum ProtocolVersion: UInt8, Sendable {
    case resp2 = 2
    case resp3 = 3

    /// Written out: what the compiler derives is called through the protocol from other modules.
    @inlinable
    public static func == (a: ProtocolVersion, b: ProtocolVersion) -> Bool {
        switch (a, b) {
        case (.resp2, .resp2), (.resp3, .resp3): true
        default: false
        }
    }
}
