// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A key as a request names it, hashed once. Valid as long as its bytes are.
package struct KeyName {
    package let bytes: UnsafeRawBufferPointer
    let hash: UInt32

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes: bytes, hash: bytes.seededHash)
    }

    init(bytes: UnsafeRawBufferPointer, hash: UInt32) {
        self.bytes = bytes
        self.hash = hash
    }
}
