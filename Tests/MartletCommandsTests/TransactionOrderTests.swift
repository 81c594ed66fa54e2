// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("Messages around a transaction")
struct TransactionOrderTests {
    @Test("What was published before EXEC comes before the confirmation of its UNSUBSCRIBE")
    func unsubscribe() {
        let server = TestServer(shardCount: 2)
        let subscriber = server.connect(toShard: 0)
        _ = subscriber.ask("HELLO 3", "SUBSCRIBE a", "MULTI", "UNSUBSCRIBE a")
        let publisher = server.connect(toShard: 1)
        publisher.send("PUBLISH a early")
        // The message is posted after EXEC has arrived and before it is executed.
        let taken = TestClient.encoded("EXEC").withUnsafeBytes { subscriber.session.receive($0) }
        #expect(taken > 0)
        publisher.send("PUBLISH a late")
        let replies = subscriber.replies
        #expect(replies.count == 2)
        #expect(replies.first?.contains("early") == true)
        #expect(replies.last?.contains("unsubscribe") == true)
        #expect(publisher.replies == [":1", ":0"])
    }
}
