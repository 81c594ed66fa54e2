// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// A system call that failed.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    /// The C function.
    package let call: String
    /// The value of errno.
    package let code: CInt
    /// The system's words, without the call.
    package let reason: String

    init(_ call: String, code: CInt = errno) {
        self.call = call
        self.code = code
        reason = String(cString: strerror(code))
    }

    /// For calls that have errors of their own.
    init(_ call: String, reason: String) {
        self.call = call
        code = EADDRNOTAVAIL
        self.reason = reason
    }

    package var description: String { "\(call): \(reason)" }
}
