// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Which Martlet this is.
package enum ServerVersion {
    package static let number = "0.1.0"
    package static let description = "Martlet \(number)"
}
