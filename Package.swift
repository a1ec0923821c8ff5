// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "rollcall",
    products: [.executable(name: "rollcall", targets: ["rollcall"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap2-dev", "libsasl2-dev"])]),
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        // Its pkg-config file has flags that SwiftPM refuses, and says nothing else that is needed.
        .systemLibrary(name: "CGSSAPI", providers: [.apt(["libkrb5-dev"])]),
        // What of SQLite Swift cannot call; the rest comes with GRDB.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        // What of Linux's own calls Swift does not see.
        .systemLibrary(name: "CLinux"),
        .target(name: "Model", swiftSettings: strict),
        .target(
            name: "Settings", dependencies: ["Model", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
        .target(
            name: "Directory",
            dependencies: [
                "CGSSAPI", "CGnuTLS", "CLDAP", "Model",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Store",
            dependencies: [
                "CSQLite", "Model",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "ChangeLog",
            dependencies: ["CGnuTLS", "CLinux", "Model", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Sync",
            dependencies: [
                "ChangeLog", "Directory", "Model", "Store",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "rollcall",
            dependencies: [
                "ChangeLog", "Directory", "Model", "Settings", "Store", "Sync",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftCSV", package: "SwiftCSV"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "group-bench", dependencies: ["ChangeLog", "Model", "Store"], path: "Tests/Bench/Groups",
            swiftSettings: strict),
        .executableTarget(
            name: "log-bench",
            dependencies: [
                "ChangeLog", "Model", "Store", "Support", "Sync", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Bench/Log", swiftSettings: strict),
        .target(
            name: "Support", dependencies: ["CGnuTLS", "CLinux", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/Support",
            exclude: ["SambaAccess.py", "SambaDomain.py", "ValidateRecords.py"], swiftSettings: strict),
        .testTarget(name: "ModelTests", dependencies: ["Model", "Support"], swiftSettings: strict),
        .testTarget(
            name: "ChangeLogTests",
            dependencies: ["ChangeLog", "Model", "Support", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: ["ChangeLog", "Model", "Store", "Support", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "DirectoryTests",
            dependencies: ["CLDAP", "Directory", "Model", "Support", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "SyncTests",
            dependencies: [
                "ChangeLog", "Directory", "Model", "Store", "Support", "Sync", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(name: "DirectoryServerTests", dependencies: ["Support", "rollcall"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["Support", "rollcall"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "SettingsTests", dependencies: ["Settings", "Model", "Support"], exclude: ["Judge.pl"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
