import CCurl
import Foundation

/// An easy handle and its present request; used for one request after another, by the curl thread only.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    private(set) var number: UInt64 = 0
    private let limits: TransportLimits
    private var slot: ResponseSlot?
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var outgoing = Data()
    private var sent = 0
    private var started = Date()
    private var headers: [UInt8] = []
    private var body = Data()
    /// Largest size of the present request's body.
    private var bodyBytes = 0
    private var isTooLarge = false
    private var receiver: (any BodyReceiver)?
    /// True if the receiver has been told of this response.
    private var hasBegun = false
    private var acceptsCompression = false
    /// Scanner for useful lines in a stream of events, time of the last one that was looked for, and longest time without one.
    private var useful: (lines: UsefulLines, since: ContinuousClock.Instant, patience: Duration)?
    private var isIdle = false
    /// Buffer for curl's error text.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(limits: TransportLimits) throws {
        easy = try check(curl_easy_init(), "curl_easy_init")
        self.limits = limits
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setConstants(limits)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(fields)
        words.deallocate()
    }

    /// The transfer of an easy handle.
    static func of(_ easy: UnsafeMutableRawPointer) throws -> CurlTransfer {
        var pointer: UnsafeMutableRawPointer?
        try check(plad_easy_get_private(easy, &pointer), "curl_easy_getinfo PRIVATE")
        return of(argument: pointer!)
    }

    private static func of(argument: UnsafeMutableRawPointer) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(argument).takeUnretainedValue()
    }

    private func setConstants(_ limits: TransportLimits) throws {
        let this = Unmanaged.passUnretained(self).toOpaque()
        try set(CURLOPT_PRIVATE, pointer: this)
        try set(CURLOPT_ERRORBUFFER, pointer: words)
        // Signals would interrupt whichever thread of the process happens to run.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        // As in curl, an empty variable is none.
        let bundles = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].compactMap { ProcessInfo.processInfo.environment[$0] }
        if let file = bundles.first(where: { !$0.isEmpty }) {
            try set(CURLOPT_CAINFO, file)
        }
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.wholeMilliseconds)
        try check(
            plad_easy_set_write(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, argument in
                CurlTransfer.of(argument: argument!).receive(body: bytes, count: size * count)
            }, "curl_easy_setopt WRITEFUNCTION")
        try set(CURLOPT_WRITEDATA, pointer: this)
        try check(
            plad_easy_set_write(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, argument in
                CurlTransfer.of(argument: argument!).receive(header: bytes, count: size * count)
            }, "curl_easy_setopt HEADERFUNCTION")
        try set(CURLOPT_HEADERDATA, pointer: this)
        // The body is read from here rather than given whole: on a connection that dies under a request, curl would send
        // a given body again by itself, an attempt that nobody counts. Without a way to rewind it reports the fault.
        try check(
            plad_easy_set_read(easy, CURLOPT_READFUNCTION) { buffer, size, count, argument in
                CurlTransfer.of(argument: argument!).supply(buffer, count: size * count)
            }, "curl_easy_setopt READFUNCTION")
        try set(CURLOPT_READDATA, pointer: this)
    }

    /// Prepares the handle for a request.
    func prepare(_ request: HTTPRequest, number: UInt64, _ slot: ResponseSlot) throws {
        self.number = number
        started = Date()
        // The last response has them, and may be read by another thread at this moment.
        headers = []
        headers.reserveCapacity(1024)
        body = Data()
        bodyBytes = min(limits.bodyBytes, request.bodyBytes ?? .max)
        isTooLarge = false
        receiver = request.receiver
        hasBegun = false
        words[0] = 0
        try set(CURLOPT_URL, request.url)
        // What is for this machine goes through no proxy, which would see a key in clear; nil leaves the rest to the environment.
        try set(CURLOPT_PROXY, Loopback.contains(url: request.url) ? "" : nil)
        // On a TLS connection that may turn out to be HTTP/2, later requests wait for it rather than open their own.
        try set(CURLOPT_PIPEWAIT, request.url.hasPrefix("https:") ? 1 : 0)
        outgoing = request.body ?? Data()
        sent = 0
        try set(request.body == nil ? CURLOPT_HTTPGET : CURLOPT_POST, 1)
        try check(plad_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(outgoing.count)), "curl_easy_setopt POSTFIELDSIZE")
        try setTimes(request)
        if request.acceptsCompression != acceptsCompression {
            // The empty text stands for every compression that this curl can undo.
            try set(CURLOPT_ACCEPT_ENCODING, request.acceptsCompression ? "" : nil)
            acceptsCompression = request.acceptsCompression
        }
        try setHeaders(request.headers)
        self.slot = slot
    }

    private func setTimes(_ request: HTTPRequest) throws {
        let idle = request.idleTimeout
        isIdle = false
        useful = request.isEventStream ? idle.map { (UsefulLines(choices: request.choices), .now, $0) } : nil
        try set(CURLOPT_TIMEOUT_MS, idle == nil ? limits.total.wholeMilliseconds : request.totalTimeout?.wholeMilliseconds ?? 0)
        try set(CURLOPT_LOW_SPEED_LIMIT, idle == nil ? 10 : 1)
        try set(CURLOPT_LOW_SPEED_TIME, max(1, (idle ?? limits.stall).wholeMilliseconds / 1000))
    }

    private func setHeaders(_ headers: [HTTPHeader]) throws {
        curl_slist_free_all(fields)
        fields = nil
        // An empty Expect keeps curl from asking leave to send a large body, a round trip that some servers never answer.
        for line in ["User-Agent: plad", "Expect:"] + headers.map({ "\($0.name): \($0.value)" }) {
            guard let longer = curl_slist_append(fields, line) else {
                throw TransportFault(.stopped, "curl_slist_append answered null: out of memory")
            }
            fields = longer
        }
        try check(plad_easy_set_list(easy, CURLOPT_HTTPHEADER, fields), "curl_easy_setopt HTTPHEADER")
    }

    private func supply(_ buffer: UnsafeMutablePointer<CChar>?, count: Int) -> Int {
        let next = outgoing[outgoing.startIndex + sent..<min(outgoing.startIndex + sent + count, outgoing.endIndex)]
        next.copyBytes(to: UnsafeMutableRawBufferPointer(start: buffer, count: count))
        sent += next.count
        return next.count
    }

    private func receive(body bytes: UnsafePointer<CChar>?, count: Int) -> Int {
        if useful != nil, !isStillUseful(UnsafeRawBufferPointer(start: bytes, count: count)) { return 0 }
        if let receiver, status == 200 || status == 206 {
            if !hasBegun {
                guard receiver.begin(status: status, headers: ResponseHeaders(headers)) else { return 0 }
                hasBegun = true
            }
            return receiver.receive(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
        }
        // An error is never as long as the longest response.
        bodyBytes = (200..<300).contains(status) ? bodyBytes : min(bodyBytes, TransportLimits.usualBodyBytes)
        guard body.count + count <= bodyBytes else {
            isTooLarge = true
            return 0
        }
        bytes.map { body.append(UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self), count: count) }
        return count
    }

    /// True if a stream has brought useful data within its time, these bytes included.
    private func isStillUseful(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let now = ContinuousClock.now
        // To look at every event would take longer than to receive it; soon after a useful one, none need be found.
        let looks = now - useful!.since > min(.seconds(1), useful!.patience / 10)
        if useful!.lines.take(bytes, looks: looks) { useful!.since = now }
        isIdle = now - useful!.since > useful!.patience
        return !isIdle
    }

    private func receive(header bytes: UnsafePointer<CChar>?, count: Int) -> Int {
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        // A new status line begins a new block: those before it were informational, or a proxy's.
        if line.starts(with: "HTTP/".utf8) { headers.removeAll(keepingCapacity: true) }
        guard headers.count + count <= 1 << 20 else { return 0 }
        headers.append(contentsOf: line)
        return count
    }

    /// The response, or fault, of an ended transfer.
    func result(_ code: CURLcode) -> Result<Response, any Error> {
        guard code == CURLE_OK else {
            if isIdle, let patience = useful?.patience {
                return .failure(
                    TransportFault(.timeout, "nothing of use, no text and no end, came for \(patience.components.seconds) s"))
            }
            if isTooLarge { return .failure(TransportFault(.tooLarge, "it is larger than \(bodyBytes) bytes")) }
            if code == CURLE_SEND_FAIL_REWIND { return .failure(TransportFault(.cut, "the connection was closed before a response came")) }
            let reason = words[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: words)
            return .failure(TransportFault(TransportFault.Kind(code, hasConnected: time(CURLINFO_PRETRANSFER_TIME_T) > .zero), reason))
        }
        let times = Response.Times(started: started, firstByte: time(CURLINFO_STARTTRANSFER_TIME_T), total: time(CURLINFO_TOTAL_TIME_T))
        return .success(Response(status: status, headers: ResponseHeaders(headers), body: body, times: times))
    }

    private var status: Int {
        var status = 0
        let code = plad_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        precondition(code == CURLE_OK, "curl_easy_getinfo RESPONSE_CODE answered \(code.rawValue)")
        return status
    }

    /// Resumes the caller; the transfer can then be reused.
    func finish(_ result: Result<Response, any Error>) {
        slot?.fulfil(result)
        slot = nil
        body = Data()
        outgoing = Data()
        receiver = nil
    }

    private func time(_ info: CURLINFO) -> Duration {
        var microseconds: curl_off_t = 0
        let code = plad_easy_get_size(easy, info, &microseconds)
        precondition(code == CURLE_OK, "curl_easy_getinfo \(info.rawValue) answered \(code.rawValue)")
        return .microseconds(microseconds)
    }

    private func set(_ option: CURLoption, _ value: Int) throws {
        try check(plad_easy_set_long(easy, option, value), "curl_easy_setopt \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String?) throws {
        try check(plad_easy_set_text(easy, option, value), "curl_easy_setopt \(option.rawValue)")
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) throws {
        try check(plad_easy_set_pointer(easy, option, pointer), "curl_easy_setopt \(option.rawValue)")
    }
}

extension TransportFault.Kind {
    /// The kind of fault for curl's code.
    init(_ code: CURLcode, hasConnected: Bool) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .unresolved
        case CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR: self = .unconnected
        case CURLE_OPERATION_TIMEDOUT: self = hasConnected ? .timeout : .unconnected
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: self = .untrusted
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_SEND_FAIL_REWIND, CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY:
            self = .cut
        default: self = .other
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
