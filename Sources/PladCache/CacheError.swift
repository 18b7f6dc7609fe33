import Foundation
import GRDB
package import PladRecords

/// An error of this module: the cache is not usable, or lacks a completion.
package typealias CacheError = CodedError<CacheErrorCode>

package enum CacheErrorCode: String, ErrorCode {
    /// There is no file to replay from.
    case missing
    /// The file is not a cache of plad's.
    case foreign
    /// The file is a damaged cache.
    case damaged
    /// A newer plad made the file.
    case newer
    /// The folder or file cannot be written.
    case unwritable
    /// The file was deleted or replaced while it was in use.
    case gone
    /// The disk is full.
    case diskFull
    /// Another process kept the file locked for too long.
    case busy
    /// Replay needs a completion that is not recorded.
    case notRecorded
    /// A recorded response is not valid in its dialect.
    case unreadableCompletion
    /// The operation is not possible on a cache.
    case usage

    package var exitStatus: ExitStatus {
        switch self {
        case .unwritable, .gone, .diskFull, .busy: .tryAgain
        case .usage: .usage
        default: .badData
        }
    }
}

extension CacheError {
    /// The error for one of SQLite's about this file, with the way out.
    init(_ error: DatabaseError, file: URL) {
        let path = file.path
        switch (error.resultCode, error.extendedResultCode) {
        case (.SQLITE_FULL, _), (_, .SQLITE_IOERR_SHMSIZE), (_, .SQLITE_IOERR_SHMMAP):
            self.init(
                .diskFull,
                "no space left on the disk for the cache \(path); free some and run the command again: all completions committed so far are kept"
            )
        case (.SQLITE_NOTADB, _):
            self.init(.foreign, "\(path) is not a cache of plad; give another file as `teacher.cache`")
        case (.SQLITE_CORRUPT, _):
            self.init(
                .damaged,
                "the cache \(path) is damaged (\(error.message ?? "SQLITE_CORRUPT")); save the intact rows by `CompletionCache.recover`")
        case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _):
            self.init(.busy, "another process holds the cache \(path) locked; run the command again when it is done")
        case (.SQLITE_READONLY, _), (.SQLITE_CANTOPEN, _), (.SQLITE_PERM, _), (.SQLITE_AUTH, _):
            self.init(
                .unwritable,
                "cannot write the cache \(path): \(error.message ?? "permission denied"); make its folder writable or give another file as `teacher.cache`"
            )
        default:
            self.init(
                .damaged,
                "the cache \(path) fails: \(error.message ?? "\(error.extendedResultCode)"); look at it by `CompletionCache.verify`")
        }
    }

    /// Runs `body` and converts SQLite's errors to this module's.
    static func telling<Result>(of file: URL, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw CacheError(error, file: file)
        }
    }
}
