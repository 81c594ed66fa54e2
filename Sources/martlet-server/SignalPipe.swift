// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch
import Glibc

/// Turns signals into events on a queue: the handler writes the number into a pipe.
///
/// A Dispatch signal source is registered by and by; a signal that comes before would be lost or
/// end the process. A handler is there at once.
enum SignalPipe {
    /// The end that handlers write to. Set once, before the first handler is installed.
    nonisolated(unsafe) private static var writeEnd: CInt = -1

    /// Calls `handler` with the number of each signal that comes from now on.
    static func handle(
        _ signals: [CInt], _ handler: @escaping @Sendable (CInt) -> Void
    ) -> any DispatchSourceRead {
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe for signals")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let readEnd = ends[0]
        writeEnd = ends[1]
        let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .global())
        source.setEventHandler {
            var number: UInt8 = 0
            while read(readEnd, &number, 1) == 1 { handler(CInt(number)) }
        }
        source.activate()
        for number in signals {
            signal(number) { number in
                // Nothing but what signal-safety(7) allows.
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalPipe.writeEnd, &byte, 1)
                errno = code
            }
        }
        return source
    }
}
