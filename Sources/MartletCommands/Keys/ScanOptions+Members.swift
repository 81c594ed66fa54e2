// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension ScanOptions {
    /// Scans the members of a value until `count` of them have been visited.
    ///
    /// - Parameter scan: visits some from a cursor on, adds the name of each and what stands
    ///   behind it in the reply, and returns the next cursor.
    /// - Returns: The cursor to reply, and the words of what the pattern matches.
    func collect(
        _ scan: (UInt64, _ add: (PackedValue, [UInt8]?) -> Void) -> UInt64
    ) -> (cursor: UInt64, found: [[UInt8]]) {
        var found: [[UInt8]] = []
        var visitedCount = 0
        var cursor = cursor
        repeat {
            cursor = scan(cursor) { name, value in
                visitedCount += 1
                guard name.withBytes({ filter.matches($0) }) else { return }
                found.append(name.copy)
                if let value { found.append(value) }
            }
        } while cursor != 0 && visitedCount < count
        return (cursor, found)
    }
}

extension KeyContext {
    /// Looks up the key of HSCAN, SSCAN or ZSCAN and replies if it does not exist. As in Redis
    /// the cursor is looked at before, the options only afterwards.
    ///
    /// - Returns: nil if it has replied, or is to be run again where it may take long.
    func readForScan<Object: TypedObject>(
        _ arguments: Arguments
    ) throws(ReplyError) -> (object: Object, options: ScanOptions)? {
        _ = try ScanOptions.cursor(arguments[2])
        guard let object: Object = try read(arguments[1]) else {
            replyScan(cursor: 0, [])
            return nil
        }
        let options = try ScanOptions(arguments, cursorIndex: 2, takesType: false)
        guard mayVisit(min(options.count, object.memberCount)) else { return nil }
        return (object, options)
    }

    func replyScan(cursor: UInt64, _ found: [[UInt8]]) {
        reply.arrayHeader(2)
        reply.bulk(unsigned: cursor)
        reply.arrayHeader(found.count)
        found.forEach { reply.bulk($0) }
    }
}
