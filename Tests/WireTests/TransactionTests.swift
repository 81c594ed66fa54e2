// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("Transactions")
    struct TransactionTests {
        @Test("EXEC answers every queued command", arguments: Transport.allCases)
        func exec(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let subscriber = try HiredisConnection(.shared(), transport)
            _ = try subscriber.command("SUBSCRIBE", "exec")
            #expect(try connection.command("MULTI") == .ok)
            #expect(try connection.command("PING") == .status("QUEUED"))
            #expect(try connection.command("PUBLISH", "exec", "1") == .status("QUEUED"))
            #expect(try connection.command("PUBLISH", "exec", "2") == .status("QUEUED"))
            #expect(try connection.command("ECHO", "x") == .status("QUEUED"))
            #expect(try connection.command("EXEC") == [.status("PONG"), 1, 1, "x"])
            #expect(try subscriber.reply() == ["message", "exec", "1"])
            #expect(try subscriber.reply() == ["message", "exec", "2"])
            #expect(try connection.command("MULTI") == .ok)
            #expect(try connection.command("EXEC") == [])
        }

        @Test("A subscription made by EXEC holds", arguments: Transport.allCases)
        func subscribe(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let publisher = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("MULTI") == .ok)
            #expect(try connection.command("SUBSCRIBE", "in-exec") == .status("QUEUED"))
            #expect(try connection.command("PING") == .status("QUEUED"))
            #expect(try publisher.command("PUBLISH", "in-exec", "early") == 0)
            try connection.append("EXEC")
            let reply = try connection.reply()
            #expect(reply.elements?.first == ["subscribe", "in-exec", 1])
            #expect(reply.elements?.count == 2)
            #expect(try publisher.command("PUBLISH", "in-exec", "late") == 1)
            #expect(try connection.reply() == ["message", "in-exec", "late"])
        }

        @Test("DISCARD drops what is queued", arguments: Transport.allCases)
        func discard(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("DISCARD") == .error("ERR DISCARD without MULTI"))
            #expect(try connection.command("EXEC") == .error("ERR EXEC without MULTI"))
            #expect(try connection.command("MULTI") == .ok)
            #expect(try connection.command("PING") == .status("QUEUED"))
            #expect(try connection.command("DISCARD") == .ok)
            #expect(try connection.command("EXEC") == .error("ERR EXEC without MULTI"))
        }

        @Test("An error while queueing aborts EXEC", arguments: Transport.allCases)
        func abort(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("MULTI") == .ok)
            #expect(try connection.command("PUBLISH", "a").errorText?.hasPrefix("ERR ") == true)
            #expect(try connection.command("PING") == .status("QUEUED"))
            #expect(
                try connection.command("EXEC")
                    == .error("EXECABORT Transaction discarded because of previous errors."))
            #expect(try connection.command("PING") == .status("PONG"))
        }

        @Test("MULTI does not nest, and WATCH is outside it", arguments: Transport.allCases)
        func nesting(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("WATCH", "key") == .ok)
            #expect(try connection.command("UNWATCH") == .ok)
            #expect(try connection.command("WATCH", "key", "other") == .ok)
            #expect(try connection.command("MULTI") == .ok)
            // Redis has a text for each; Valkey one for all commands that MULTI refuses.
            let nested = try connection.command("MULTI").errorText
            #expect(
                nested == "ERR MULTI calls can not be nested"
                    || nested == "ERR Command 'multi' not allowed inside a transaction")
            let watch = try connection.command("WATCH", "key").errorText
            #expect(
                watch == "ERR WATCH inside MULTI is not allowed"
                    || watch == "ERR Command 'watch' not allowed inside a transaction")
        }
    }
}
