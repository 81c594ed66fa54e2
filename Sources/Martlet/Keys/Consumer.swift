// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Where a group begins that is not there yet.
public enum GroupStart: Sendable {
    /// With the first entry that the stream has.
    case beginning
    /// With what is appended from now on.
    case now
}

/// What becomes of entries that all groups have acknowledged.
public enum AcknowledgedEntries: Sendable {
    /// They stay, for other groups to come and for whoever reads the stream.
    case kept
    /// The last acknowledgement deletes them, as from a queue (XACKDEL with ACKED).
    case deleted
}

/// What a consumer goes by.
struct ConsumerOptions: Sendable {
    var visibility: Duration
    var retry: RetryPolicy
    var deadLetters: String?
    var acknowledgedEntries: AcknowledgedEntries
    var start: GroupStart
}

/// A member of a consumer group: the sequence of what is delivered to it.
///
/// ```swift
/// for try await delivery in consumer {
///     try await work(on: delivery.payload)
///     try await delivery.ack()
/// }
/// ```
///
/// Each entry goes to one consumer of the group, and again to one if it was not acknowledged
/// within the visibility time: at least once. Several tasks may read one consumer. The sequence
/// ends when the task that reads it is cancelled, with ``finish()``, and when the broker is shut
/// down. To break out of a loop over it leaves nothing behind.
public struct Consumer<Payload: Sendable>: AsyncSequence, Sendable {
    public typealias Element = Delivery<Payload>

    let reader: GroupReader
    private let field: [UInt8]
    private let coding: PayloadCoding<Payload>

    init(_ reader: GroupReader, field: String, _ coding: PayloadCoding<Payload>) {
        self.reader = reader
        self.field = Array(field.utf8)
        self.coding = coding
    }

    /// Ends the sequence behind what was delivered. What was, can still be acknowledged.
    public func finish() {
        reader.finish()
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(consumer: self)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let consumer: Consumer

        /// The next delivery; waits for it.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(BrokerError) -> Delivery<Payload>? {
            try await consumer.deliveries(upTo: 1)?.first
        }
    }

    /// - Returns: one at least; nil when there are no more.
    func deliveries(
        upTo limit: Int, for pool: ReadingPool? = nil
    ) async throws(BrokerError) -> [Delivery<Payload>]? {
        try await reader.read(upTo: limit, for: pool)?.map {
            Delivery($0, reader, field: field, coding)
        }
    }
}

extension EntryStream {
    /// A consumer in a group. The group comes into being with its first consumer.
    ///
    /// - Parameters:
    ///   - name: of the consumer. Two that run at the same time should not share one.
    ///   - group: its name.
    ///   - visibility: how long a delivery may remain unacknowledged, to the millisecond, until it
    ///     is made again. Longer than a handler takes; see ``Delivery/extendVisibility()``.
    ///   - retry: how often an entry is delivered, and, in
    ///     ``Consumer/consume(maxConcurrent:_:)``, how long to wait before each next time.
    ///   - deadLetters: the stream for entries that were delivered so often in vain. The default is
    ///     the stream's name with `.dead` behind it.
    ///   - acknowledgedEntries: whether the stream keeps them.
    ///   - start: where the group begins, if it is not there yet.
    public func consumer(
        _ name: String, in group: String, visibility: Duration = .seconds(30),
        retry: RetryPolicy = .backoff(maxAttempts: 5, first: .seconds(1)),
        deadLetters: String? = nil, acknowledgedEntries: AcknowledgedEntries = .kept,
        startingAt start: GroupStart = .beginning
    ) -> Consumer<Payload> {
        let options = ConsumerOptions(
            visibility: visibility, retry: retry, deadLetters: deadLetters,
            acknowledgedEntries: acknowledgedEntries, start: start)
        let reader = GroupReader(
            broker, stream: self.name, group: group, consumer: name, options: options)
        return Consumer(reader, field: field, coding)
    }
}
