// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A stream as a key holds it, to be changed in its place. Belongs to the keyspace.
package final class StreamObject {
    @exclusivity(unchecked) package var stream: Stream

    package init(_ stream: Stream = Stream()) {
        self.stream = stream
    }
}
