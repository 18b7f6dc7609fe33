package import Foundation

extension Data {
    /// Reads a file's bytes, mapped if the file system allows; a pipe, such as a shell's `<(command)`, is read to its end. Throws
    /// `RecordError.unreadable` with the path, also for a pipe of more than a gibibyte.
    package init(reading file: URL) throws {
        do {
            self = try Files.isPipe(file) ? Data(readingPipe: file) : Data(contentsOf: file, options: .mappedIfSafe)
        } catch let error as RecordError {
            throw error
        } catch {
            let reason = Files.isFolder(file) ? "it is a folder" : Files.reason(error)
            throw RecordError(.unreadable, "cannot read \(file.path): \(reason)")
        }
    }

    private init(readingPipe file: URL) throws {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        self.init()
        while let more = try handle.read(upToCount: 1 << 20), !more.isEmpty {
            append(more)
            guard count <= 1 << 30 else {
                throw RecordError(.unreadable, "cannot read \(file.path): it brings more than \(1 << 30) bytes; save them to a file first")
            }
        }
    }

    /// Writes these bytes so that the file is either the old one or the whole new one, also after a power cut: to a temporary file
    /// beside it, which is synchronised, then renamed. Throws `RecordError.unwritable`.
    package func write(atomicallyTo file: URL) throws {
        try Files.replace(file) { handle in try handle.write(contentsOf: self) }
    }
}

/// Replaces files atomically, makes folders, and words the system's errors.
package enum Files {
    /// True for a pipe, a terminal or another source of bytes without a size.
    static func isPipe(_ file: URL) -> Bool {
        var status = stat()
        return stat(file.path, &status) == 0 && [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
    }

    /// Calls `body` with a new file that replaces `file` once it is complete and on the disk.
    package static func replace(_ file: URL, _ body: (FileHandle) throws -> Void) throws {
        var status = stat()
        if stat(file.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw RecordError(.unwritable, "cannot write \(file.path): it is not a file but a folder or device; give the name of a file")
        }
        // A link stays one: what it leads to is replaced.
        let file = file.resolvingSymlinksInPath()
        let temporary = file.deletingLastPathComponent().appendingPathComponent(".\(file.lastPathComponent).partial")
        do {
            try makeFolder(file.deletingLastPathComponent())
            let handle = try openAlone(temporary, isPrivate: isPrivate(temporary.deletingLastPathComponent()))
            // Closed, and so free for the next writer, once it has another name or none.
            defer { try? handle.close() }
            do {
                try body(handle)
                try handle.synchronize()
                guard rename(temporary.path, file.path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            } catch {
                unlink(temporary.path)
                throw error
            }
        } catch let failure as any Failure {
            throw failure
        } catch {
            throw RecordError(.unwritable, "cannot write \(file.path): \(reason(error))")
        }
        try synchronizeFolder(of: file)
    }

    /// A new, empty file that no other process writes: one that is at it is waited for, so that the last to begin is the last to end.
    private static func openAlone(_ file: URL, isPrivate: Bool) throws -> FileHandle {
        while true {
            let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, isPrivate ? 0o600 : 0o666)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            // Some file systems have no locks: there two writers at once are as before.
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
            var (held, named) = (stat(), stat())
            // The other has given it its name meanwhile, or removed it.
            guard fstat(descriptor, &held) == 0, stat(file.path, &named) == 0, held.st_ino == named.st_ino, held.st_dev == named.st_dev
            else {
                close(descriptor)
                continue
            }
            // What a killed writer left may be open to others.
            guard ftruncate(descriptor, 0) == 0, !isPrivate || fchmod(descriptor, 0o600) == 0 else {
                let reason = errno
                close(descriptor)
                throw POSIXError(POSIXErrorCode(rawValue: reason) ?? .EIO)
            }
            return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }
    }

    /// Flushes the folder of a file, so that a new name reaches the disk. Throws `RecordError.unwritable`.
    package static func synchronizeFolder(of file: URL) throws {
        let folder = file.deletingLastPathComponent()
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that cannot be read, or of a file system that flushes none, is left to it.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fsync(descriptor) != 0, ![EINVAL, ENOTSUP, EROFS].contains(errno) else { return }
        throw RecordError(.unwritable, "cannot write the folder \(folder.path): \(String(cString: strerror(errno)))")
    }

    /// Makes a folder and those above it. Throws `RecordError.unwritable` with the path.
    ///
    /// - Parameter isPrivate: true to make a new folder accessible to its owner only, as one in such a folder always is.
    package static func makeFolder(_ folder: URL, isPrivate: Bool = false) throws {
        var missing: [URL] = []
        var parent = folder.standardizedFileURL
        while !exists(parent), parent.path != "/" {
            missing.append(parent)
            parent.deleteLastPathComponent()
        }
        let inherits = Self.isPrivate(parent)
        do {
            // One by one, since the attributes are those of the last folder alone. Another process may make one meanwhile.
            for new in missing.reversed() {
                let isOwn = inherits || isPrivate && new == missing[0]
                try FileManager.default.createDirectory(
                    at: new, withIntermediateDirectories: true, attributes: isOwn ? [.posixPermissions: 0o700] : nil)
            }
            if missing.isEmpty { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        } catch {
            throw RecordError(.unwritable, "cannot make the folder \(folder.path): \(reason(error))")
        }
    }

    /// True for a folder that only its owner may enter or list: what is made in it is its owner's alone too, and stays so if it is moved.
    package static func isPrivate(_ folder: URL) -> Bool {
        var status = stat()
        return stat(folder.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o077 == 0
    }

    /// Makes a folder accessible to its owner only. Returns true if others could enter or list it before, and cannot now.
    package static func narrow(_ folder: URL) -> Bool {
        var status = stat()
        guard stat(folder.path, &status) == 0, status.st_mode & 0o077 != 0 else { return false }
        return chmod(folder.path, 0o700) == 0
    }

    package static func exists(_ file: URL) -> Bool {
        FileManager.default.fileExists(atPath: file.path)
    }

    package static func isFolder(_ file: URL) -> Bool {
        var status = stat()
        return stat(file.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The operating system's reason for a failed file operation.
    package static func reason(_ error: any Error) -> String {
        var cause = error as NSError
        while let deeper = cause.userInfo[NSUnderlyingErrorKey] as? NSError { cause = deeper }
        if cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(cause.code))) }
        return switch (error as? CocoaError)?.code {
        case .some(.fileReadNoSuchFile), .some(.fileNoSuchFile): "no such file or folder"
        case .some(.fileReadNoPermission), .some(.fileWriteNoPermission): "permission denied"
        case .some(.fileWriteOutOfSpace): "no space left on the disk"
        default: error.localizedDescription
        }
    }
}
