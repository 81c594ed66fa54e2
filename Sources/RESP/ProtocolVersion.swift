// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The version of the Redis serialization protocol that a client has chosen with `HELLO`.
package enum ProtocolVersion: UInt8, Sendable {
    case resp2 = 2
    case resp3 = 3
}
