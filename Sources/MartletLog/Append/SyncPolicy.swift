// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// `appendfsync`: when what was appended is made to last. Under each of them a reply leaves only
/// when `write` has returned, so that the end of the process loses nothing.
package enum SyncPolicy: String, Sendable, CaseIterable {
    /// A reply leaves when its record is on disk; one sync serves all who wait.
    case always
    /// Once a second: a power cut loses two seconds at the most.
    case everysec
    /// When the system thinks fit.
    case no
}
