// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

extension StringCommands {
    static func incrbyfloat(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let key = KeyName(arguments[1])
        let entry = context.findForWriting(key)
        var number: LongDouble? = LongDouble()
        if let entry { try string(of: entry).withBytes { number = LongDouble($0) } }
        guard let number, let increment = LongDouble(arguments[2]) else {
            throw ReplyError("ERR value is not a valid float")
        }
        let digits = try number.adding(increment)
        digits.withUnsafeBytes { digits in
            context.set(
                key, entry, to: .string(StringValue(unparsed: digits)), keepingExpiry: true)
            context.changed(key, KeyspaceEvent("incrbyfloat", .string))
            context.effect(
                [.word("SET"), .bytes(key.bytes), .bytes(digits), .word("KEEPTTL")])
            context.reply.bulk(digits)
        }
    }
}
