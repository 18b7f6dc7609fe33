package import Foundation

/// Recognises files of another format than expected by their first bytes: compressed tables, archives, web pages and others.
package enum ForeignFormat {
    private static let beginnings: [(bytes: [UInt8], what: String)] = [
        (Array("PAR1".utf8), "is Parquet; write its rows as JSON lines"),
        (Array("ARROW1".utf8), "is Arrow; write its rows as JSON lines"),
        (Array("SQLite format 3".utf8), "is an SQLite database; write its rows as JSON lines"),
        ([0x50, 0x4b, 0x03, 0x04], "is a zip archive or a workbook; unpack it, or save its sheet as CSV"),
        ([0x1f, 0x8b], "is packed with gzip; unpack it"),
        ([0x28, 0xb5, 0x2f, 0xfd], "is packed with zstd; unpack it"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "is packed with xz; unpack it"),
        (Array("BZh".utf8), "is packed with bzip2; unpack it"),
        (Array("%PDF".utf8), "is a PDF; write its text out"),
        ([0xff, 0xfe], "is UTF-16; save it as UTF-8"),
        ([0xfe, 0xff], "is UTF-16; save it as UTF-8"),
        (Array("version https://git-lfs".utf8), "is a pointer of Git LFS, not the file itself; fetch it: git lfs pull"),
        (Array("<!doctype html".utf8), "is a web page, not the file itself; fetch it again"),
        (Array("<!DOCTYPE html".utf8), "is a web page, not the file itself; fetch it again"),
        (Array("<html".utf8), "is a web page, not the file itself; fetch it again"),
    ]

    /// The name of the format and the way out; nil if the first bytes match no such format.
    package static func reason(_ data: Data) -> String? {
        beginnings.first { data.starts(with: $0.bytes) }?.what
    }

    /// Throws `RecordError.malformed` with the path if the bytes are of such a format.
    package static func refuse(_ data: Data, name: String) throws {
        if let reason = reason(data) { throw RecordError(.malformed, "\(name) \(reason)") }
    }
}
