// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The memory that parsing needs and a connection should not own: one serves all connections of
/// an event loop. It holds the spans of the request under construction and, for an inline
/// request, its arguments without their quotes.
///
/// Not `Sendable`: it belongs to one loop.
package final class RequestScratch {
    private(set) var spans: UnsafeMutablePointer<ArgumentSpan>
    private(set) var spanCount = 0
    private var spanCapacity: Int
    /// Unquoted arguments of an inline request, one behind the other; nil for a multibulk request.
    private var inlineBytes: UnsafeMutableRawBufferPointer

    package init() {
        spanCapacity = 64
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

    func removeAll() {
        spanCount = 0
    }

    func append(_ span: ArgumentSpan) {
        if spanCount == spanCapacity { grow(to: spanCapacity * 2) }
        spans[spanCount] = span
        spanCount += 1
    }

    func append(contentsOf saved: [ArgumentSpan]) {
        if spanCount + saved.count > spanCapacity {
            grow(to: max(spanCapacity * 2, spanCount + saved.count))
        }
        saved.withUnsafeBufferPointer { saved in
            guard let source = saved.baseAddress else { return }
            (spans + spanCount).update(from: source, count: saved.count)
        }
        spanCount += saved.count
    }

    /// The spans as an array, for a request that is to be continued when more bytes have come.
    func saved() -> [ArgumentSpan] {
        Array(UnsafeBufferPointer(start: spans, count: spanCount))
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
