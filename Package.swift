// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import PackageDescription

// Targets import in one direction only; the source tour in README.md says what lives where.
let package = Package(
    name: "martlet",
    products: [
        .executable(name: "martlet-server", targets: ["martlet-server"]),
        .executable(name: "martlet-benchmark", targets: ["martlet-benchmark"]),
        .library(name: "Martlet", targets: ["Martlet"]),
        .library(name: "MartletServer", targets: ["MartletServer"]),
    ],
    traits: [
        .default(enabledTraits: ["Scripting"]),
        .trait(
            name: "Scripting",
            description: "Scripts in Lua: EVAL and its kin. Needs liblua5.1-0-dev."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "CSystem"),
        .target(name: "CLua", linkerSettings: [.linkedLibrary("lua5.1")]),
        .target(name: "RESP"),
        .target(name: "MartletConfiguration"),
        .target(
            name: "MartletCore",
            dependencies: ["RESP", .product(name: "DequeModule", package: "swift-collections")]
        ),
        .target(
            name: "MartletCommands",
            dependencies: ["CSystem", "RESP", "MartletCore", "MartletConfiguration"]
        ),
        .target(name: "MartletLog", dependencies: ["CSystem", "RESP"]),
        .target(
            name: "Martlet",
            dependencies: [
                "RESP", "MartletCore", "MartletCommands", "MartletConfiguration", "MartletLog",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "MartletScripting",
            dependencies: ["CLua", "RESP", "MartletCore", "MartletCommands"]
        ),
        .target(
            name: "MartletServer",
            dependencies: [
                "CSystem", "RESP", "MartletCore", "MartletCommands", "MartletConfiguration",
                "MartletLog", "Martlet",
                .target(name: "MartletScripting", condition: .when(traits: ["Scripting"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "martlet-server",
            dependencies: [
                "MartletServer", "MartletConfiguration", "MartletLog",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "MartletBenchmark",
            dependencies: [
                "CSystem", .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]
        ),
        .executableTarget(
            name: "martlet-benchmark",
            dependencies: [
                "MartletBenchmark",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "Examples", dependencies: ["Martlet", "MartletServer"]),
        .executableTarget(name: "in-process-benchmark", dependencies: ["Martlet"]),
        .testTarget(name: "RESPTests", dependencies: ["RESP"]),
        .testTarget(name: "MartletCoreTests", dependencies: ["MartletCore", "RESP"]),
        .testTarget(
            name: "MartletCommandsTests",
            dependencies: ["MartletCommands", "MartletCore", "RESP", "MartletConfiguration"]),
        .testTarget(name: "MartletLogTests", dependencies: ["MartletLog", "RESP"]),
        .testTarget(
            name: "MartletTests",
            dependencies: [
                "Martlet", "MartletServer", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "MartletScriptingTests",
            dependencies: ["MartletScripting", "MartletCommands", "MartletCore", "RESP"]),
        .testTarget(name: "MartletConfigurationTests", dependencies: ["MartletConfiguration"]),
        .testTarget(
            name: "MartletServerTests",
            dependencies: ["MartletServer", .product(name: "Logging", package: "swift-log")]
        ),
        .testTarget(name: "MartletBenchmarkTests", dependencies: ["MartletBenchmark"]),
        .systemLibrary(
            name: "CHiredis", path: "Tests/CHiredis", pkgConfig: "hiredis",
            providers: [.apt(["libhiredis-dev"])]),
        .testTarget(name: "WireTests", dependencies: ["CHiredis"]),
    ]
)
