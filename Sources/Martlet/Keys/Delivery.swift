// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// An entry of a stream, delivered to a consumer of a group.
///
/// It is the consumer's for the visibility time. Unless it is acknowledged within that, it is
/// delivered again, to whichever consumer of the group comes first.
public struct Delivery<Payload: Sendable>: Sendable {
    private let entry: GroupEntry
    private let reader: GroupReader
    private let field: [UInt8]
    private let coding: PayloadCoding<Payload>

    init(
        _ entry: GroupEntry, _ reader: GroupReader, field: [UInt8], _ coding: PayloadCoding<Payload>
    ) {
        self.entry = entry
        self.reader = reader
        self.field = field
        self.coding = coding
    }

    /// Of the entry.
    public var id: EntryID { entry.id }

    /// How often the entry was delivered, this time included.
    public var attempt: Int { entry.attempt }

    /// What was appended.
    public var payload: Payload {
        get throws(PayloadError) {
            guard let bytes = entry.fields.first(where: { $0.name == field })?.value else {
                throw PayloadError(bytes: nil, underlyingError: nil)
            }
            return try coding.decode(bytes)
        }
    }

    /// The value of a field of the entry; Redis clients may have given it others than the payload.
    public subscript(field name: String) -> [UInt8]? {
        entry.fields.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// Acknowledges it: it is not delivered to the group again.
    ///
    /// - Returns: false if that has been done before.
    @discardableResult
    public func ack() async throws(BrokerError) -> Bool {
        try await reader.acknowledge(entry)
    }

    /// Has it delivered again after `delay`, or after the visibility time if that is shorter. It
    /// counts as an attempt. Does nothing if it was delivered again already.
    public func retry(after delay: Duration = .zero) async throws(BrokerError) {
        try await reader.redeliver(entry, after: delay)
    }

    /// Begins the visibility time anew, for a handler that takes longer. Does nothing if it was
    /// delivered again already.
    public func extendVisibility() async throws(BrokerError) {
        try await reader.redeliver(entry, after: reader.visibility)
    }

    /// Moves it to the stream of dead letters, and acknowledges it: both or none. Does nothing if
    /// it was delivered again already.
    ///
    /// - Parameter reason: what the dead letter's field `dead-letter-reason` will say.
    public func moveToDeadLetters(because reason: String) async throws(BrokerError) {
        try await reader.moveToDeadLetters(entry, because: reason)
    }

    /// Gives it back as if it had not been delivered.
    func giveBack() async throws(BrokerError) {
        try await reader.redeliver(entry, after: .zero, countingAs: entry.attempt - 1)
    }
}
