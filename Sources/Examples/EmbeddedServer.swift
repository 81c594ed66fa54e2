// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Martlet
import MartletServer

/// A broker in this process that redis-cli subscribes and publishes to.
enum EmbeddedServer {
    static func run() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(patterns: ["*"])
        let server = try Server(
            broker: broker, arguments: ["--bind", "127.0.0.1", "--port", "6390"])
        print(
            "Listening on \(try server.start().joined(separator: ", ")). In other terminals, try:")
        print("  redis-cli -p 6390 SUBSCRIBE ticks")
        print("  redis-cli -p 6390 PUBLISH greetings hello")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in messages where message.channel != "ticks" {
                    print("\(message.channel): \(message.text)")
                }
            }
            for number in 1... {
                // One of the receivers is this process.
                let receiverCount = await broker.publish("\(number)", to: "ticks") - 1
                if receiverCount > 0 { print("tick \(number) went to \(receiverCount) clients") }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
