// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The memory that parsing needs and a connection should not own: one serves all connections of
/// an event loop. It holds the spans of the request under construction and, for an inline
/// request, its arguments without their quotes.
///
/// Not `Sendable`: it belongs to one loop.
package final class RequestScratch {
    static let spanCapacityMin = 64
    /// Up to this capacity (1 MB) the memory is kept for the next request.
    private static let spanCapacityKept = 64 * 1024

    @exclusivity(unchecked) private(set) var spans: UnsafeMutablePointer<ArgumentSpan>
    @exclusivity(unchecked) private(set) var spanCount = 0
    @exclusivity(unchecked) private(set) var spanCapacity: Int
    /// Unquoted arguments of an inline request, one behind the other; nil for a multibulk request.
    @exclusivity(unchecked) private var inlineBytes: UnsafeMutableRawBufferPointer

    package init() {
        spanCapacity = Self.spanCapacityMin
        spans = .allocate(capacity: spanCapacity)
        inlineBytes = .allocate(byteCount: 0, alignment: 1)
    }

    deinit {
        spans.deallocate()
        inlineBytes.deallocate()
    }

    /// The arguments of the request that was completed last.
    ///
    /// - Parameter request: the bytes that were parsed, from the start of the request.
    package func arguments(of request: UnsafeRawBufferPointer, inline: Bool) -> Arguments {
        Arguments(
            base: inline ? UnsafeRawPointer(inlineBytes.baseAddress!) : request.baseAddress!,
            spans: UnsafeBufferPointer(start: spans, count: spanCount))
    }

    /// Forgets the spans, and gives the memory back that a request of unusually many arguments
    /// needed.
    func removeAll() {
        spanCount = 0
        if spanCapacity > Self.spanCapacityKept {
            spans.deallocate()
            spanCapacity = Self.spanCapacityMin
            spans = .allocate(capacity: spanCapacity)
        }
    }

    /// Room for `spanCapacityMin` spans, in place of those there are.
    @inline(__always)
    var room: UnsafeMutablePointer<ArgumentSpan> {
        if spanCapacity > Self.spanCapacityKept { removeAll() }
        return spans
    }

    /// Takes over what was written to `room`.
    @inline(__always)
    func setCount(_ count: Int) { spanCount = count }

    func append(_ span: ArgumentSpan) {
        if spanCount == spanCapacity { grow(to: spanCapacity * 2) }
        spans[spanCount] = span
        spanCount += 1
    }

    /// Puts `saved` in front of the spans.
    func prepend(_ saved: [ArgumentSpan]) {
        if spanCount + saved.count > spanCapacity {
            grow(to: max(spanCapacity * 2, spanCount + saved.count))
        }
        (spans + saved.count).update(from: spans, count: spanCount)
        saved.withUnsafeBufferPointer { saved in
            guard let source = saved.baseAddress else { return }
            spans.update(from: source, count: saved.count)
        }
        spanCount += saved.count
    }

    /// The spans so far, of a request that is to be continued when more bytes have come.
    var completed: UnsafeBufferPointer<ArgumentSpan> {
        UnsafeBufferPointer(start: spans, count: spanCount)
    }

    /// Room for an inline request of `byteCount` bytes, whose arguments never are longer.
    func inlineRoom(byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if inlineBytes.count < byteCount || inlineBytes.isEmpty {
            inlineBytes.deallocate()
            inlineBytes = .allocate(byteCount: max(byteCount, 256), alignment: 1)
        }
        return inlineBytes
    }

    private func grow(to capacity: Int) {
        let larger = UnsafeMutablePointer<ArgumentSpan>.allocate(capacity: capacity)
        larger.update(from: spans, count: spanCount)
        spans.deallocate()
        spans = larger
        spanCapacity = capacity
    }
}
