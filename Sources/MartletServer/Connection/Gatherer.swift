// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import MartletCore

/// Sends a queue of several slices in one system call. Small slices are copied into one piece,
/// which the kernel takes faster than a list of them; large ones are passed as they lie. One
/// serves all connections of a loop.
final class Gatherer {
    /// The size of one gathered piece, in bytes.
    private static let pieceByteCount = 64 * 1024
    /// Slices of this size and more are not copied, in bytes.
    private static let copiedByteCountMax = 4096
    private static let vectorCountMax = 64

    private let piece = UnsafeMutableRawBufferPointer.allocate(
        byteCount: pieceByteCount, alignment: 16)
    private let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: vectorCountMax)

    deinit {
        piece.deallocate()
        vectors.deallocate()
    }

    /// - Returns: how many bytes the call was given, and what came of it.
    func send(_ queue: OutputQueue, to descriptor: CInt) -> (Int, Socket.Transfer) {
        let average = queue.byteCount / max(queue.sliceCount, 1)
        return average < Self.copiedByteCountMax
            ? sendCopy(queue, to: descriptor) : sendVectors(queue, to: descriptor)
    }

    private func sendCopy(
        _ queue: OutputQueue, to descriptor: CInt
    ) -> (Int, Socket.Transfer) {
        var filled = 0
        queue.forEachSlice { slice in
            let count = min(slice.count, piece.count - filled)
            (piece.baseAddress! + filled).copyMemory(
                from: slice.bytes.baseAddress!, byteCount: count)
            filled += count
            return filled < piece.count
        }
        let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece)[..<filled])
        return (filled, Socket.send(descriptor, bytes))
    }

    private func sendVectors(
        _ queue: OutputQueue, to descriptor: CInt
    ) -> (Int, Socket.Transfer) {
        var vectorCount = 0
        var byteCount = 0
        queue.forEachSlice { slice in
            vectors[vectorCount] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: slice.bytes.baseAddress),
                iov_len: slice.count)
            vectorCount += 1
            byteCount += slice.count
            return vectorCount < Self.vectorCountMax
        }
        let filled = UnsafeMutableBufferPointer(rebasing: vectors[..<vectorCount])
        return (byteCount, Socket.send(descriptor, filled))
    }
}
