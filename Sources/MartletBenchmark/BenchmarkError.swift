// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// Why a run failed, in words for whoever started it.
package struct BenchmarkError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// A system call that failed, with the reason in errno.
    init(failed what: String) {
        self.init("\(what): \(String(cString: strerror(errno)))")
    }
}
