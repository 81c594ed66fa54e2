// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// swift run Examples hello | embedded-server; swift run -c release Examples fan-out

import Foundation

switch CommandLine.arguments.dropFirst().first {
case "hello": await Hello.run()
case "embedded-server": try await EmbeddedServer.run()
case "fan-out": await FanOut.run()
default:
    print("usage: Examples hello | embedded-server | fan-out")
    exit(2)
}
