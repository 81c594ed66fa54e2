// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

/// The suites of this target run one test after the other: they share a server, and some of
/// what they check (PUBSUB NUMPAT, MONITOR, SLOWLOG) belongs to the server as a whole.
@Suite("Over the wire, with hiredis", .serialized)
enum WireTests {}
