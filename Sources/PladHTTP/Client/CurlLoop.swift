import CCurl
import Foundation

/// The loop of the curl thread: takes commands, lets curl work, returns results, and sleeps until something happens.
///
/// Used by that thread only. If curl fails as a whole, all waiters get the reason.
final class CurlLoop {
    private let multi: UnsafeMutableRawPointer
    private let commandQueue: CommandQueue
    private let limits: TransportLimits
    private var active: [UInt64: CurlTransfer] = [:]
    /// Ended transfers, for reuse: making an easy handle costs more than a small request.
    private var idle: [CurlTransfer] = []
    private var isRunning = true

    init(multi: MultiHandle, commandQueue: CommandQueue, limits: TransportLimits) {
        self.multi = multi.pointer
        self.commandQueue = commandQueue
        self.limits = limits
    }

    func run() {
        blockBrokenPipeSignal()
        var reason = TransportFault(.stopped, "the client was shut down")
        do {
            try check(plad_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.connections), "curl_multi_setopt MAXCONNECTS")
            try check(plad_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000), "curl_multi_setopt MAX_CONCURRENT_STREAMS")
            while true {
                for command in commandQueue.collect() { try open(command) }
                guard isRunning else { break }
                var running: Int32 = 0
                try check(curl_multi_perform(multi, &running), "curl_multi_perform")
                try handOut()
                try check(curl_multi_poll(multi, nil, 0, 60_000, nil), "curl_multi_poll")
            }
        } catch {
            reason = error as? TransportFault ?? TransportFault(.stopped, "\(error)")
        }
        end(because: reason)
    }

    private func open(_ command: CommandQueue.Command) throws {
        switch command {
        case .send(let number, let request, let slot):
            do {
                let transfer = try idle.popLast() ?? CurlTransfer(limits: limits)
                try transfer.prepare(request, number: number, slot)
                active[number] = transfer
                try check(curl_multi_add_handle(multi, transfer.easy), "curl_multi_add_handle")
            } catch  where active[number] == nil {
                slot.fulfil(.failure(error))
            }
        case .cancel(let number):
            // Taking the handle off closes its connection, or resets its stream: the server sees the cancel.
            guard let transfer = active.removeValue(forKey: number) else { return }
            try check(curl_multi_remove_handle(multi, transfer.easy), "curl_multi_remove_handle")
            transfer.finish(.failure(CancellationError()))
            idle.append(transfer)
        case .shutDown:
            isRunning = false
        }
    }

    private func handOut() throws {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message dies with the handle's removal.
            let code = plad_message_result(message)
            let transfer = try CurlTransfer.of(easy)
            try check(curl_multi_remove_handle(multi, easy), "curl_multi_remove_handle")
            active[transfer.number] = nil
            transfer.finish(transfer.result(code))
            idle.append(transfer)
        }
    }

    private func end(because reason: TransportFault) {
        for case .send(_, _, let slot) in commandQueue.close(reason) { slot.fulfil(.failure(reason)) }
        for transfer in active.values {
            curl_multi_remove_handle(multi, transfer.easy)
            transfer.finish(.failure(reason))
        }
        active.removeAll()
        idle.removeAll()
        curl_multi_cleanup(multi)
    }

    /// Blocks SIGPIPE, which a write to a closed connection raises in the writing thread, and which `CURLOPT_NOSIGNAL` does not handle;
    /// blocked, it is an error code. Other threads are not affected.
    private func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
