// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@Suite("MONITOR")
struct MonitorTests {
    /// The lines without their times, which stand still here.
    private func lines(_ client: TestClient) -> [String] {
        client.replies.map { $0.replacing("+1700000000.000000 ", with: "") }
    }

    @Test("Commands are shown as they were sent, in the order of their execution")
    func lines() {
        let server = TestServer(shardCount: 2)
        let monitor = server.connect(toShard: 0)
        let client = server.connect(toShard: 1)
        monitor.send("MONITOR", "MONITOR")
        client.send("ping", "SELECT 3", "MULTI", "ECHO a\"\u{1}\\", "EXEC", "NOSUCH", "PING a b")
        server.settle()
        let name = client.address
        #expect(
            lines(monitor) == [
                "+OK", #"[0 \#(name)] "ping""#, #"[3 \#(name)] "SELECT" "3""#,
                #"[3 \#(name)] "MULTI""#, #"[3 \#(name)] "ECHO" "a\"\x01\\""#,
                #"[3 \#(name)] "EXEC""#, #"[3 \#(name)] "PING" "a" "b""#,
            ])
    }

    @Test("Passwords are not shown, and what administrators do is not either")
    func hidden() {
        let server = TestServer()
        let monitor = server.connect()
        let client = server.connect()
        monitor.send("MONITOR")
        client.send(
            "AUTH a", "AUTH a b", "AUTH a b c", "HELLO 3 AUTH a b SETNAME c", "CLIENT LIST",
            "CLIENT ID")
        client.send("MULTI", "AUTH x", "EXEC")
        let name = client.address
        #expect(
            lines(monitor) == [
                "+OK", #"[0 \#(name)] "AUTH" "(redacted)""#,
                #"[0 \#(name)] "AUTH" "(redacted)" "(redacted)""#,
                #"[0 \#(name)] "AUTH" "a" "b" "c""#,
                #"[0 \#(name)] "HELLO" "3" "AUTH" "(redacted)" "(redacted)" "SETNAME" "c""#,
                #"[0 \#(name)] "CLIENT" "ID""#, #"[0 \#(name)] "MULTI""#,
                #"[0 \#(name)] "AUTH" "(redacted)""#, #"[0 \#(name)] "EXEC""#,
            ])
    }

    @Test("A monitor sees its own lines between its replies, and must not publish")
    func itsOwn() {
        let monitor = TestServer().connect()
        monitor.send("MONITOR", "PING", "PUBLISH a x", "MULTI", "PUBLISH a x", "EXEC", "RESET")
        monitor.send("PUBLISH a x")
        let name = monitor.address
        #expect(
            lines(monitor) == [
                "+OK", "+PONG", #"[0 \#(name)] "PING""#,
                "-ERR Replica can't interact with the keyspace", "+OK", #"[0 \#(name)] "MULTI""#,
                "-ERR Replica can't interact with the keyspace",
                "-EXECABORT Transaction discarded because of previous errors.",
                #"[0 \#(name)] "EXEC""#, "+RESET", ":0",
            ])
    }

    @Test("Lines come between the replies of a monitor's EXEC")
    func itsOwnTransaction() {
        let monitor = TestServer().connect()
        monitor.send("MONITOR", "MULTI", "PING", "EXEC")
        let name = monitor.address
        #expect(
            lines(monitor) == [
                "+OK", "+OK", #"[0 \#(name)] "MULTI""#, "+QUEUED",
                "[+PONG]", #"[0 \#(name)] "PING""#, #"[0 \#(name)] "EXEC""#,
            ])
    }

    @Test("CLIENT REPLY OFF holds the lines back")
    func replyOff() {
        let server = TestServer()
        let monitor = server.connect()
        let client = server.connect()
        monitor.send("CLIENT REPLY OFF", "MONITOR")
        client.send("ECHO 1")
        monitor.send("CLIENT REPLY ON")
        client.send("ECHO 2")
        #expect(
            lines(monitor) == [
                "+OK", #"[0 \#(monitor.address)] "CLIENT" "REPLY" "ON""#,
                #"[0 \#(client.address)] "ECHO" "2""#,
            ])
    }
}
