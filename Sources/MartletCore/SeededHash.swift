// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// SipHash-1-3 of a byte string (Aumasson and Bernstein, "SipHash: a fast short-input PRF"; one
/// round a word and three at the end, as the standard library's `Hasher` has it), with a key that
/// is drawn once per process: clients, who choose the names, cannot make them collide.
///
/// A hash of a name is taken for each message; over `Hasher` this saves the state between calls
/// and the calls themselves.
package struct SeededHash {
    private static let key = (
        UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)
    )

    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    @inline(__always)
    private init(_ key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    /// The hash of `bytes` in this process.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        of(bytes, key: key)
    }

    /// - Parameter key: two words, little-endian, as in the reference implementation.
    static func of(_ bytes: UnsafeRawBufferPointer, key: (UInt64, UInt64)) -> UInt64 {
        var hash = SeededHash(key)
        var tail = UInt64(truncatingIfNeeded: bytes.count) << 56
        if let base = bytes.baseAddress {
            var offset = 0
            while offset &+ 8 <= bytes.count {
                hash.absorb(base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset &+= 8
            }
            var shift: UInt64 = 0
            while offset < bytes.count {
                tail |= UInt64(base.load(fromByteOffset: offset, as: UInt8.self)) &<< shift
                offset &+= 1
                shift &+= 8
            }
        }
        hash.absorb(tail)
        return hash.finish()
    }

    @inline(__always)
    private mutating func absorb(_ word: UInt64) {
        let word = UInt64(littleEndian: word)
        v3 ^= word
        round()
        v0 ^= word
    }

    @inline(__always)
    private mutating func finish() -> UInt64 {
        v2 ^= 0xFF
        round()
        round()
        round()
        return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = Self.rotated(v1, 13) ^ v0
        v0 = Self.rotated(v0, 32)
        v2 &+= v3
        v3 = Self.rotated(v3, 16) ^ v2
        v0 &+= v3
        v3 = Self.rotated(v3, 21) ^ v0
        v2 &+= v1
        v1 = Self.rotated(v1, 17) ^ v2
        v2 = Self.rotated(v2, 32)
    }

    @inline(__always)
    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}
