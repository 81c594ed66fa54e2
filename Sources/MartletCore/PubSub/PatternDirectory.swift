// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The patterns that have subscribers. Changed while all stripes are held, and therefore safe to
/// read while any one of them is.
final class PatternDirectory {
    @exclusivity(unchecked) private var index = PatternIndex()
    @exclusivity(unchecked) private var table = TopicTable()
    @exclusivity(unchecked) private var topicsByID: [Topic?] = []
    private var idsByTopic: [ObjectIdentifier: Int] = [:]
    private var freeIDs: [Int] = []
    /// Counts the changes, so that what was computed from earlier patterns is recognised.
    @exclusivity(unchecked) private(set) var generation = 0

    deinit {
        table.deallocate()
    }

    var isEmpty: Bool { table.isEmpty }
    var count: Int { table.count }

    func topic(_ id: Int) -> Topic { topicsByID[id]! }

    func find(_ pattern: UnsafeRawBufferPointer, hash: UInt32) -> Topic? {
        table.find(pattern, hash: hash)
    }

    func insert(_ topic: Topic) {
        generation += 1
        let id = freeIDs.popLast() ?? topicsByID.count
        if id == topicsByID.count { topicsByID.append(nil) }
        topicsByID[id] = topic
        idsByTopic[ObjectIdentifier(topic)] = id
        table.insert(topic)
        index.insert(Glob(topic.name), id: id)
    }

    func remove(_ topic: Topic) {
        generation += 1
        let id = idsByTopic.removeValue(forKey: ObjectIdentifier(topic))!
        table.remove(topic)
        index.remove(Glob(topic.name), id: id)
        freeIDs.append(id)
        topicsByID[id] = nil
        if table.isEmpty {
            topicsByID = []
            freeIDs = []
        }
    }

    /// The ids of the patterns that match, in ascending order.
    func matches(of channel: UnsafeRawBufferPointer) -> [Int] {
        var ids: [Int] = []
        index.appendMatches(of: channel, to: &ids)
        return ids
    }
}
