// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Martlet

/// A subscription and a message.
enum Hello {
    static func run() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "channel1")
        await broker.publish("hello world", to: "channel1")
        messages.finish()
        for await message in messages { print("Received message:", message.text) }
    }
}
