// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CHiredis

/// hiredis's reply parser on its own, fed with bytes.
struct HiredisReader: ~Copyable {
    private let reader = redisReaderCreate()!

    deinit { redisReaderFree(reader) }

    /// The replies that these bytes complete.
    mutating func feed(_ bytes: [UInt8]) throws -> [Reply] {
        let fed = bytes.withUnsafeBytes {
            redisReaderFeed(reader, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        guard fed == REDIS_OK else { throw HiredisError(reader.pointee) }
        var replies: [Reply] = []
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &reply) == REDIS_OK else {
                throw HiredisError(reader.pointee)
            }
            guard let reply else { return replies }
            defer { freeReplyObject(reply) }
            replies.append(
                Reply(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self))))
        }
    }
}

extension HiredisError {
    init(_ reader: redisReader) {
        let text = withUnsafeBytes(of: reader.errstr) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        self.init(code: reader.err, text: text)
    }
}
