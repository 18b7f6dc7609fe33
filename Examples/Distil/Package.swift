// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Distil",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "plad", path: "../..")],
    targets: [
        .executableTarget(
            name: "Distil",
            dependencies: [.product(name: "PladDistill", package: "plad"), .product(name: "PladMock", package: "plad")],
            path: ".", sources: ["Distil.swift"])
    ]
)
