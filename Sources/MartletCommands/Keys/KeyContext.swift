// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What a command on keys works with
//
//   Session ─┐
//   slow queue ─┼─▶ KeyContext.run(command, arguments) ─▶ handler ─▶ find, insert, remove, changed
//   the log's load ─┘             │                                     reply
//                                 └─▶ afterwards: what was changed goes to the log and to those
//                                     who watch, wait or subscribe
//
// A handler sees no session, so that it can run wherever the keyspace is held: on a loop, on the
// slow queue, in a script, while the log loads. It reads its arguments, looks keys up, changes
// them, tells of each change with `changed`, and writes one reply or throws an error. It must not
// keep entries beyond its end.

import MartletCore
import RESP

/// One for each place that runs commands on keys. Used while the keyspace is held.
package final class KeyContext {
    package let server: ServerContext
    /// Who publishes what the commands publish.
    package let shard: Shard
    package let keyspace: Keyspace
    /// Where the reply goes.
    package let reply: ReplyWriter
    /// The selected database.
    @exclusivity(unchecked) package private(set) var database: Database
    /// Whether commands are run one after the other as one step: EXEC.
    @exclusivity(unchecked) package var isInsideTransaction = false

    package init(server: ServerContext, shard: Shard, reply: ReplyWriter) {
        self.server = server
        self.shard = shard
        keyspace = server.keyspace
        self.reply = reply
        database = server.keyspace.databases[0]
    }

    /// Milliseconds since the epoch.
    package var now: Int { keyspace.now }

    package func select(_ index: Int) {
        if database.index != index { database = keyspace.databases[index] }
    }

    /// Runs one command.
    func run(_ command: Command, _ arguments: Arguments) throws(ReplyError) {
        try command.keyHandler!(self, arguments)
    }

    // MARK: Keys

    /// Looks a key up to read it: counts for INFO and for OBJECT IDLETIME.
    package func find(_ key: KeyName) -> KeyEntry? {
        guard let entry = keyspace.find(key, in: database) else {
            keyspace.statistics.misses.add(1)
            return nil
        }
        keyspace.statistics.hits.add(1)
        keyspace.touch(entry)
        return entry
    }

    /// Looks a key up to change it.
    package func findForWriting(_ key: KeyName) -> KeyEntry? {
        guard let entry = keyspace.find(key, in: database) else { return nil }
        keyspace.touch(entry)
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

    /// Removes a key that exists. `changed` is left to the caller.
    package func remove(_ entry: KeyEntry) {
        keyspace.remove(entry, from: database)
    }

    package func setExpiry(_ milliseconds: Int, of entry: KeyEntry) {
        keyspace.setExpiry(milliseconds, of: entry, in: database)
    }

    /// Tells of a change: the command wrote, watching transactions fail, waiting clients look
    /// again, subscribers to keyspace notifications get the event.
    package func changed(_ key: KeyName, _ event: KeyspaceEvent) {
        keyspace.changed(key.bytes, in: database, event: event)
    }

    /// What goes to the log for this command, instead of the command as it came: what it did, in
    /// words that give the same result at any time. May be called several times.
    package func effect(_ words: @autoclosure () -> [EffectWord]) {
    }

    // MARK: Arguments

    package func integer(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> Int {
        guard let number = Int(strictDecimal: argument) else { throw .notAnInteger }
        return number
    }
}

/// A word of a command that goes to the log.
package enum EffectWord {
    case word(StaticString)
    case bytes(UnsafeRawBufferPointer)
    case integer(Int)
}
