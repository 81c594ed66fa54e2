// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Where an argument lies, in bytes from the start of its request.
public struct ArgumentSpan: Sendable {
    public var offset: Int
    public var count: Int

    @inlinable
    public init(offset: Int, count: Int) {
        self.offset = offset
        self.count = count
    }
}

/// The arguments of one request, the command's name first.
///
/// A view without ownership: it is valid while the call that it was passed to runs, and whatever
/// lives longer is copied out of it.
public struct Arguments {
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let spans: UnsafeBufferPointer<ArgumentSpan>

    @inlinable
    public init(base: UnsafeRawPointer, spans: UnsafeBufferPointer<ArgumentSpan>) {
        self.base = base
        self.spans = spans
    }

    @inlinable public var count: Int { spans.count }

    /// The bytes of argument `index`; 0 is the command's name.
    @inlinable
    public subscript(index: Int) -> UnsafeRawBufferPointer {
        let span = spans[index]
        return UnsafeRawBufferPointer(start: base + span.offset, count: span.count)
    }

    /// The arguments from `index` on.
    package func dropFirst(_ index: Int) -> Arguments {
        Arguments(base: base, spans: UnsafeBufferPointer(rebasing: spans[index...]))
    }

    /// The sum of the arguments' lengths, in bytes.
    package var byteCount: Int { spans.reduce(0) { $0 + $1.count } }
}

/// A copy of a request that outlives the buffer it was parsed from, as `MULTI` needs it.
package struct OwnedArguments: Sendable {
    private let bytes: [UInt8]
    private let spans: [ArgumentSpan]

    package init(_ arguments: Arguments) {
        var bytes: [UInt8] = []
        var spans: [ArgumentSpan] = []
        bytes.reserveCapacity(arguments.byteCount)
        spans.reserveCapacity(arguments.count)
        for index in 0..<arguments.count {
            let argument = arguments[index]
            spans.append(ArgumentSpan(offset: bytes.count, count: argument.count))
            bytes.append(contentsOf: argument)
        }
        self.bytes = bytes
        self.spans = spans
    }

    /// A request that was put together by this process.
    package init(_ words: [[UInt8]]) {
        var bytes: [UInt8] = []
        var spans: [ArgumentSpan] = []
        bytes.reserveCapacity(words.reduce(0) { $0 + $1.count })
        spans.reserveCapacity(words.count)
        for word in words {
            spans.append(ArgumentSpan(offset: bytes.count, count: word.count))
            bytes += word
        }
        self.bytes = bytes
        self.spans = spans
    }

    /// The memory that this copy holds, in bytes.
    package var byteCount: Int {
        bytes.count + spans.count * MemoryLayout<ArgumentSpan>.stride
    }

    package func withArguments<Result, Failure: Error>(
        _ body: (Arguments) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // An empty array has no address of its own; a request's spans are then all empty too.
        var result: Swift.Result<Result, Failure>?
        bytes.withUnsafeBytes { bytes in
            spans.withUnsafeBufferPointer { spans in
                withUnsafeBytes(of: 0 as UInt8) { nothing in
                    let base = bytes.baseAddress ?? nothing.baseAddress!
                    do throws(Failure) {
                        result = .success(try body(Arguments(base: base, spans: spans)))
                    } catch {
                        result = .failure(error)
                    }
                }
            }
        }
        return try result!.get()
    }
}
