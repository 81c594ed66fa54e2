// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension KeyContext {
    /// When a time-out, in seconds with a fraction, is over: milliseconds since the epoch, or nil
    /// if it is 0, which means never.
    func deadline(_ argument: UnsafeRawBufferPointer) throws(ReplyError) -> Int? {
        guard let seconds = LongDouble(argument) else {
            throw ReplyError("ERR timeout is not a float or out of range")
        }
        let timeout = seconds.inThousandths
        guard timeout >= 0 else { throw ReplyError("ERR timeout is negative") }
        guard timeout <= Int.max - now else { throw ReplyError("ERR timeout is out of range") }
        return timeout == 0 ? nil : now + timeout
    }

    /// Has the client wait until one of the keys has an object of the type, or answers as if the
    /// time were up where nobody can wait.
    ///
    /// - Parameter refusal: the reply where nobody can wait. When the time is up, it is always a
    ///   null array.
    /// - Parameter serve: takes from a key and replies; false if there is no such key.
    func waitOrGiveUp<Object: TypedObject>(
        _ keys: [[UInt8]], _ deadline: Int?, _ refusal: KeyWait.TimeoutReply, _ type: Object.Type,
        serve:
            @escaping @Sendable (KeyContext, UnsafeRawBufferPointer) throws(ReplyError) -> Bool
    ) throws(ReplyError) {
        guard mayWait else {
            switch refusal {
            case .null: reply.null()
            case .nullArray: reply.nullArray()
            }
            return
        }
        wait(
            KeyWait(keys: keys, deadline: deadline, timeoutReply: .nullArray) {
                context throws(ReplyError) in
                // As Redis 7.2 does: a key of the type wakes, and then the command is run again.
                guard context.hasObject(of: Object.self, under: keys) else { return .exhausted }
                for key in keys {
                    let isServed = try key.withBytes { key throws(ReplyError) in
                        try serve(context, key)
                    }
                    if isServed { return .served }
                }
                return .exhausted
            })
    }

    private func hasObject<Object: TypedObject>(of type: Object.Type, under keys: [[UInt8]])
        -> Bool
    {
        keys.contains { key in
            key.withUnsafeBytes { key in
                keyspace.find(KeyName(key), in: database).map { Object.of($0.value) != nil }
                    ?? false
            }
        }
    }
}

extension Arguments {
    func copies(_ indices: Range<Int>) -> [[UInt8]] { indices.map { Array(self[$0]) } }
}

extension [UInt8] {
    /// Calls the body with the bytes; what it throws keeps its type.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = withUnsafeBytes { bytes in
            do throws(Failure) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
