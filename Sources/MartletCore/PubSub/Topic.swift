// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A name with its subscribers: a channel, a shard channel or a pattern.
///
/// It exists while it has a subscriber. A broker may hold hundreds of thousands of them, so it is
/// one allocation: the name stands behind the fields, and a single subscriber, the usual case,
/// needs nothing else. With 16 bytes of name it takes 64 bytes of heap.
///
/// Invariant: `subscribers` is read and changed under the topic's stripe (patterns: under all).
package final class Topic: ManagedBuffer<Topic.Fields, UInt8> {
    package struct Fields {
        let hash: UInt32
        let nameByteCount: UInt32
        var subscribers: TopicSubscribers
        let kind: Kind
    }

    package enum Kind: UInt8, Sendable {
        case channel
        case shardChannel
        case pattern
    }

    /// The longest name, in bytes. With `MessageFrame.payloadByteCountMax` it keeps every frame
    /// below the 4 GiB that a slice can span.
    package static var nameByteCountMax: Int { 512 * 1024 * 1024 }

    static func create(name: UnsafeRawBufferPointer, hash: UInt32, kind: Kind) -> Topic {
        precondition(name.count <= nameByteCountMax)
        let buffer = Topic.create(minimumCapacity: name.count) { _ in
            Fields(
                hash: hash, nameByteCount: UInt32(name.count), subscribers: TopicSubscribers(),
                kind: kind)
        }
        buffer.withUnsafeMutablePointerToElements { elements in
            guard let source = name.baseAddress else { return }
            UnsafeMutableRawPointer(elements).copyMemory(from: source, byteCount: name.count)
        }
        return unsafeDowncast(buffer, to: Topic.self)
    }

    deinit {
        assert(header.subscribers.isEmpty)
    }

    package var hash: UInt32 { withUnsafeMutablePointerToHeader { $0.pointee.hash } }

    package var kind: Kind { withUnsafeMutablePointerToHeader { $0.pointee.kind } }

    var subscribers: TopicSubscribers {
        // Through the address: an access to `header` is checked against overlapping ones.
        _read { yield withUnsafeMutablePointerToHeader { $0 }.pointee.subscribers }
        _modify { yield &withUnsafeMutablePointerToHeader { $0 }.pointee.subscribers }
    }

    /// The bytes of the name; valid while the topic is held.
    package var name: UnsafeRawBufferPointer {
        withUnsafeMutablePointers { fields, elements in
            UnsafeRawBufferPointer(start: elements, count: Int(fields.pointee.nameByteCount))
        }
    }
}
