// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

/// Which Martlet this is.
package enum ServerVersion {
    package static let number = ImitatedVersion.martlet
    package static let description = "Martlet \(number)"
}
