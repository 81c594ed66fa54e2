// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet
import MartletServer

/// A broker in this process that redis-cli subscribes to.
enum EmbeddedServer {
    static func run(port: String) async throws {
        let broker = Broker()
        let server = try Server(broker: broker, arguments: ["--bind", "127.0.0.1", "--port", port])
        try server.start()
        let client = Process()
        client.executableURL = URL(filePath: "/usr/bin/env")
        client.arguments = ["redis-cli", "-p", port, "SUBSCRIBE", "ticks"]
        try client.run()
        for number in 1...3 {
            // The first ones find nobody, until redis-cli has subscribed.
            while await broker.publish("tick \(number)", to: "ticks") == 0, client.isRunning {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        // What is queued for redis-cli is sent before its connection is closed.
        server.stop()
        try await server.stopped()
        client.waitUntilExit()
    }
}
