// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// What stands behind an outlet: a connection of the server, a subscription in the same process.
package protocol OutletOwner: AnyObject {
    /// Sends what is queued, as far as the other side takes it. Called by the shard's loop, once
    /// a turn at the most, after something was appended.
    func flush()

    /// Ends the connection, after what is queued has been sent if `flushing`.
    func close(flushing: Bool)
}

/// One receiver of bytes: the queue of what it has yet to be sent, and what it subscribes to.
///
/// Confined to its shard.
package final class Outlet {
    package unowned(unsafe) let shard: Shard
    package unowned(unsafe) var owner: (any OutletOwner)?
    // What delivery touches is stored inside the module: there the compiler proves that accesses
    // do not overlap, and leaves out the checks at run time.
    @exclusivity(unchecked) private var pending = OutputQueue()
    @exclusivity(unchecked) private var protocolVersion = ProtocolVersion.resp2
    @exclusivity(unchecked) private var isListed = false
    @exclusivity(unchecked) private var state = State.open
    @exclusivity(unchecked) private var messageCount = 0
    /// The log must have reached it before the queue is sent.
    @exclusivity(unchecked) package private(set) var holdPosition: UInt64 = 0
    /// So much of the queue waits for less: for `markedPosition`. In bytes.
    @exclusivity(unchecked) private var markedByteCount = 0
    @exclusivity(unchecked) private var markedPosition: UInt64 = 0
    /// Whether the position that it has to wait for is yet to be told.
    @exclusivity(unchecked) private var awaitsPosition = false
    /// Messages that wait for the reply of the command under way, see `beginDeferring`.
    private var deferred: [Slice] = []

    var channels = TopicTable()
    var patterns = TopicTable()
    var shardChannels = TopicTable()
    /// Counted apart from the tables: every command asks.
    @exclusivity(unchecked) private var topicCount = 0
    @exclusivity(unchecked) private var monitors = false

    package init(shard: Shard) {
        self.shard = shard
    }

    deinit {
        assert(subscriptionCount == 0 && shardSubscriptionCount == 0, "unsubscribe before")
    }

    package var queue: OutputQueue {
        _read { yield pending }
        _modify { yield &pending }
    }

    // What a flush asks of the queue: to reach into it from another module takes memory each time.

    package var isQueueEmpty: Bool { pending.isEmpty }

    /// How many messages were delivered to the outlet since it was made.
    package var deliveredCount: Int { messageCount }

    /// The bytes that are queued.
    package var queuedByteCount: Int { pending.byteCount }

    /// Exchanges what is queued for an empty queue.
    package func exchangeQueue(_ queue: inout OutputQueue) {
        assert(queue.isEmpty)
        swap(&pending, &queue)
        markedByteCount = 0
    }

    /// The only slice that is queued, or nil if there are none or several.
    package var onlyQueuedSlice: Slice? { pending.onlySlice }

    /// Drops the first `count` bytes, which have been sent.
    package func removeSent(_ count: Int) {
        pending.removeFirst(count)
        if markedByteCount > 0 { markedByteCount = max(markedByteCount - count, 0) }
    }

    /// The protocol version in which messages are delivered.
    package var version: ProtocolVersion {
        get { protocolVersion }
        set { protocolVersion = newValue }
    }

    /// Whether the outlet waits in its shard's list of those to be flushed.
    package var isDirty: Bool { isListed }

    private enum State {
        case open
        /// Messages wait until the command that publishes them has been answered.
        case deferring
        /// What is appended is dropped.
        case closed
    }

    /// Queues a message.
    func deliver(_ frame: Slice) {
        messageCount &+= 1
        switch state {
        case .open: append(frame)
        case .deferring: deferred.append(frame)
        case .closed: break
        }
    }

    /// What is queued leaves only when the log has reached the position.
    package func hold(until position: UInt64) {
        if position > holdPosition { holdPosition = position }
    }

    /// Whether what is queued must wait for the log. It is flushed when that has come so far.
    package var isHeld: Bool { holdPosition > shard.releasedPosition }

    /// Whether something in front of a held queue may be sent.
    package var hasReleased: Bool {
        markedByteCount > 0 && markedPosition <= shard.releasedPosition
    }

    /// What may be sent of a held queue.
    package var releasedQueue: OutputQueue {
        pending.prefix(hasReleased ? markedByteCount : 0)
    }

    /// Notes where the queue ends and what it waits for until there.
    func mark() {
        guard markedByteCount == 0 else { return }
        markedByteCount = pending.byteCount
        markedPosition = holdPosition
    }

    /// What the front of a held queue waits for.
    var awaitedPosition: UInt64 { markedByteCount > 0 ? markedPosition : holdPosition }

    /// - Returns: false if it awaits one already.
    func beginAwaitingPosition() -> Bool {
        defer { awaitsPosition = true }
        return !awaitsPosition
    }

    func endAwaitingPosition(_ position: UInt64) {
        awaitsPosition = false
        hold(until: position)
    }

    /// Queues bytes for the next flush.
    package func append(_ slice: Slice) {
        guard state != .closed else { return }
        pending.append(slice)
        markDirty()
    }

    /// Has the outlet flushed at the end of the turn.
    package func markDirty() {
        guard !isListed else { return }
        isListed = true
        shard.appendDirty(self)
    }

    /// Called by the shard when it takes the outlet off its list.
    func flush() {
        isListed = false
        owner?.flush()
    }

    /// Holds messages back while a command is executed that may publish to the client itself: as
    /// in Redis 7.2, they come behind its reply.
    package func beginDeferring() {
        assert(state != .deferring)
        if state == .open { state = .deferring }
    }

    package var isDeferring: Bool { state == .deferring }

    package func endDeferring() {
        guard state == .deferring else { return }
        state = .open
        deferred.forEach(append)
        deferred = []
    }

    /// Drops what is queued and what comes.
    package func close() {
        state = .closed
        pending.removeAll()
        markedByteCount = 0
        deferred = []
    }

    // MARK: Subscriptions

    /// Whether the lines of MONITOR go here.
    package var isMonitor: Bool {
        get { monitors }
        set { monitors = newValue }
    }

    /// Channels and patterns: what (P)SUBSCRIBE's confirmations count.
    package var subscriptionCount: Int { channels.count + patterns.count }
    /// What SSUBSCRIBE's confirmations count.
    package var shardSubscriptionCount: Int { shardChannels.count }
    package var channelCount: Int { channels.count }
    package var patternCount: Int { patterns.count }
    /// Whether messages may come at any time.
    package var hasSubscriptions: Bool { topicCount > 0 || monitors }

    /// What puts a RESP2 client into subscriber mode; MONITOR does not.
    package var hasPubSubSubscriptions: Bool { topicCount > 0 }

    func insert(_ topic: Topic) {
        topicCount += 1
        withTable(of: topic.kind) { $0.insert(topic) }
    }

    func remove(_ topic: Topic) {
        topicCount -= 1
        withTable(of: topic.kind) { $0.remove(topic) }
    }

    /// The names it subscribes to, in no particular order.
    package func names(of kind: Topic.Kind) -> [[UInt8]] {
        var names: [[UInt8]] = []
        names.reserveCapacity(table(of: kind).count)
        table(of: kind).forEach { names.append(Array($0.name)) }
        return names
    }

    func table(of kind: Topic.Kind) -> TopicTable {
        switch kind {
        case .channel: channels
        case .shardChannel: shardChannels
        case .pattern: patterns
        }
    }

    /// Empties a table at once.
    func removeTopics(of kind: Topic.Kind) -> [Topic] {
        var topics: [Topic] = []
        topics.reserveCapacity(table(of: kind).count)
        table(of: kind).forEach { topics.append($0) }
        topicCount -= topics.count
        withTable(of: kind) { $0.deallocate() }
        return topics
    }

    private func withTable<Result>(of kind: Topic.Kind, _ body: (inout TopicTable) -> Result)
        -> Result
    {
        switch kind {
        case .channel: body(&channels)
        case .shardChannel: body(&shardChannels)
        case .pattern: body(&patterns)
        }
    }
}
