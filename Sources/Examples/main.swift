// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// swift run Examples hello | workers DIRECTORY [COUNT] | embedded-server [PORT]

import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("hello", 1):
    await Hello.run()
case ("workers", 2...3):
    try await Workers.run(directory: arguments[1], newJobCount: Int(arguments.last!) ?? 0)
case ("embedded-server", 1...2):
    try await EmbeddedServer.run(port: arguments.count > 1 ? arguments[1] : "6390")
default:
    print("usage: Examples hello | workers DIRECTORY [COUNT] | embedded-server [PORT]")
    exit(2)
}
