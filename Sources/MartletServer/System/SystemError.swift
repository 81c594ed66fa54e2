// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// A system call that failed.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    /// The C function.
    package let call: String
    package let code: CInt

    init(_ call: String, code: CInt = errno) {
        self.call = call
        self.code = code
    }

    /// The system's words, without the call.
    package var reason: String { String(cString: strerror(code)) }

    package var description: String { "\(call): \(reason)" }
}
