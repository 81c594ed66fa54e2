// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What a command on keys works with
//
//   Session ──────┐
//   slow queue ───┼─▶ KeyContext.run ─▶ handler ─▶ find, insert, remove, changed; reply
//   log, loading ─┘        │
//                          └─▶ what was changed goes to the log; `finish` tells subscribers and
//                              serves those who wait
//
// A handler sees no session, so that it can run wherever the keyspace is held: on a loop, on the
// slow queue, in a script, while the log loads. It reads its arguments, looks keys up, changes
// them, tells of each change with `changed`, and writes one reply or throws an error, before which
// it must not have written anything. Entries are not kept beyond its end.

import MartletCore
import RESP

/// One for each place that runs commands on keys. Used while the keyspace is held.
package final class KeyContext: @unchecked Sendable {
    package unowned(unsafe) let server: ServerContext
    /// Who publishes what the commands publish.
    package let shard: Shard
    package let keyspace: Keyspace
    /// Where the reply goes.
    package let reply: ReplyWriter
    /// The selected database.
    @exclusivity(unchecked) package private(set) var database: Database
    /// Whether several commands are one step: EXEC, a script.
    @exclusivity(unchecked) package private(set) var isInsideTransaction = false
    /// Whether a client can be made to wait.
    @exclusivity(unchecked) var allowsWaiting = false
    /// Whether the commands may take long here.
    @exclusivity(unchecked) private var allowsSlowCommands = true
    /// Whether a look-up counts as a use of the key (CLIENT NO-TOUCH).
    @exclusivity(unchecked) var allowsTouching = true
    /// What the log that is being loaded says of the next command's stream.
    @exclusivity(unchecked) var streamAnnotations: [StreamAnnotation] = []
    /// Whether the command under way has said what goes to the log.
    @exclusivity(unchecked) private var hasOwnEffects = false
    /// What becomes of the command, if it was not answered.
    @exclusivity(unchecked) private(set) var postponement: Postponement?

    enum Postponement {
        /// It is to be run again where it may take long.
        case slow
        case waiting(KeyWait)
    }

    /// So many elements may be visited on a loop, by one command.
    private static let visitCountMax = 100_000

    package init(server: ServerContext, shard: Shard, reply: ReplyWriter) {
        self.server = server
        self.shard = shard
        keyspace = server.keyspace
        self.reply = reply
        database = server.keyspace.databases[0]
    }

    /// Milliseconds since the epoch.
    package var now: Int { keyspace.now }

    /// Whether what runs comes from the log. Time stands still then.
    package var isReplaying: Bool { now == 0 }

    package func select(_ index: Int) {
        if database.index != index { database = keyspace.databases[index] }
    }

    // MARK: Running

    /// Runs one command.
    package func run(_ command: Command, _ arguments: Arguments) throws(ReplyError) {
        let isStep = keyspace.isLogging && !isInsideTransaction
        if isStep { keyspace.beginStep() }
        let changesBefore = keyspace.changeCount
        hasOwnEffects = false
        defer {
            if keyspace.isLogging, keyspace.changeCount != changesBefore, !hasOwnEffects {
                keyspace.append(arguments, in: database)
            }
            if isStep { keyspace.endStep() }
        }
        guard case .keys(let handler) = command.action else {
            preconditionFailure("\(command.fullName) does not run on keys")
        }
        try handler(self, arguments)
    }

    /// Runs commands that are one step, for everybody and for the log.
    ///
    /// - Parameter isPart: whether they are part of a larger one, which another context runs.
    package func runTransaction(isPart: Bool = false, _ body: () -> Void) {
        beginTransaction(isPart: isPart)
        body()
        endTransaction(isPart: isPart)
    }

    func beginTransaction(isPart: Bool = false) {
        assert(!isInsideTransaction)
        isInsideTransaction = true
        if !isPart { keyspace.beginStep() }
    }

    func endTransaction(isPart: Bool = false) {
        if !isPart { keyspace.endStep() }
        isInsideTransaction = false
    }

    /// For a client on a loop.
    func prepareForSession(database index: Int, touching: Bool) {
        select(index)
        allowsTouching = touching
        allowsWaiting = true
        allowsSlowCommands = false
    }

    /// For a job, and for what runs on the slow queue.
    package func beginJob(database index: Int = 0, version: ProtocolVersion = .resp2) {
        keyspace.setTime(server.clock.wall() / 1000)
        select(index)
        reply.turnEnded()
        reply.version = version
    }

    /// What follows when a command or a transaction has ended.
    @inline(__always)
    package func finish() {
        if keyspace.hasConsequences { finishSlowly() }
    }

    private func finishSlowly() {
        if let values = keyspace.takeRemovedValues() { server.gate.release(values) }
        publishMessages()
        if keyspace.hasReadyKeys { server.gateContext.serveWaiters() }
        if keyspace.wantsAlarm { server.setAlarm() }
    }

    // MARK: Keys

    /// Looks a key up to read it: counts for INFO and for OBJECT IDLETIME.
    ///
    /// - Parameter isUse: false for a command that looks at a key without using it.
    package func find(_ key: KeyName, isUse: Bool = true) -> KeyEntry? {
        guard let entry = keyspace.find(key, in: database) else {
            keyspace.statistics.misses.add(1)
            if keyspace.notificationClasses.contains(.keyMiss) {
                keyspace.notice(key, in: database, .miss)
            }
            return nil
        }
        keyspace.statistics.hits.add(1)
        if isUse, allowsTouching { keyspace.touch(entry) }
        return entry
    }

    /// Looks a key up to change it.
    package func findForWriting(_ key: KeyName) -> KeyEntry? {
        guard let entry = keyspace.find(key, in: database) else { return nil }
        keyspace.willChange(entry, in: database)
        if allowsTouching { keyspace.touch(entry) }
        return entry
    }

    /// Adds a key, which must not exist. `changed` is left to the caller.
    @discardableResult
    package func insert(_ key: KeyName, _ value: consuming Value) -> KeyEntry {
        keyspace.insert(key, value, in: database)
    }

    /// Sets a key, which keeps the expiry of the entry that there is or does not expire any more.
    /// `changed` is left to the caller.
    @discardableResult
    package func set(
        _ key: KeyName, _ entry: KeyEntry?, to value: consuming Value, keepingExpiry: Bool = false
    ) -> KeyEntry {
        keyspace.set(key, entry, to: value, keepingExpiry: keepingExpiry, in: database)
    }

    /// Removes a key that exists, and returns what it held. `changed` is left to the caller.
    @discardableResult
    package func remove(_ entry: KeyEntry) -> Value {
        keyspace.remove(entry, from: database)
    }

    /// - Parameter milliseconds: since the epoch, or `KeyEntry.never`.
    package func setExpiry(_ milliseconds: Int, of entry: KeyEntry) {
        keyspace.setExpiry(milliseconds, of: entry, in: database)
    }

    /// Tells of a change: the command wrote, watching transactions fail, waiting clients look
    /// again, subscribers to keyspace notifications get the event.
    package func changed(_ key: KeyName, _ event: KeyspaceEvent) {
        keyspace.changed(key, in: database, event)
    }

    /// What goes to the log for this command, instead of the command as it came: what it did, in
    /// words of Redis 7.0 that give the same result at any time. May be called several times. A
    /// command that calls neither `changed` nor this leaves nothing in the log.
    package func effect(_ words: @autoclosure () -> [EffectWord]) {
        hasOwnEffects = true
        if keyspace.isLogging { keyspace.append(words(), in: database) }
    }

    /// The same, with arguments of the command from `start` on behind the words.
    package func effect(
        _ words: @autoclosure () -> [EffectWord], _ arguments: Arguments, from start: Int
    ) {
        hasOwnEffects = true
        guard keyspace.isLogging else { return }
        keyspace.append(words(), arguments, from: start, in: database)
    }

    // MARK: Taking long, and waiting

    /// Whether the command may visit so many elements here. If not it returns, having done
    /// nothing, and is run again on the slow queue; Pub/Sub goes on meanwhile.
    package func mayVisit(_ count: Int) -> Bool {
        if allowsSlowCommands || count <= Self.visitCountMax { return true }
        postponement = .slow
        return false
    }

    /// Whether the command may wait for keys. In a transaction or a script it answers at once,
    /// as if its time were up.
    package var mayWait: Bool { allowsWaiting && !isInsideTransaction }

    /// Has the client wait. The command returns afterwards, without a reply.
    package func wait(_ wait: KeyWait) {
        assert(mayWait)
        postponement = .waiting(wait)
    }

    func takePostponement() -> Postponement? {
        guard postponement != nil else { return nil }
        defer { postponement = nil }
        return postponement
    }

    // MARK: Arguments

    package func integer(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: argument) else { throw .notAnInteger }
        return number
    }

    func positiveInteger(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: argument), number >= 0 else {
            throw ReplyError("ERR value is out of range, must be positive")
        }
        return number
    }

    /// A number that Redis reads as a C `int`.
    package func integer32(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> Int {
        let number = try integer(argument)
        guard Int32(exactly: number) != nil else {
            throw ReplyError(
                "ERR value is out of range, value must between \(Int32.min) and \(Int32.max)")
        }
        return number
    }
}

extension KeyspaceEvent {
    static let miss = KeyspaceEvent("keymiss", .keyMiss)
}
