// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What the server says it is (HELLO, INFO, LOLWUT).
package enum ImitatedVersion {
    /// The Redis whose replies are imitated where versions differ; clients decide by it what they
    /// may ask for.
    package static let redis = "7.2.4"
    package static let martlet = "0.1.0"
}
