#!/usr/bin/env python3
"""Certificates, proxies and redirects as a user of curl expects them: plad teach at loopback servers, over TLS and not.

usage: check_wire.py PLAD     (needs openssl)
"""
import http.server, json, os, pathlib, socket, ssl, subprocess, sys, tempfile, threading

STUDENT = pathlib.Path(__file__).resolve().parents[1] / "Fixtures/goldens/llama-gqa-tied"
ANSWER = json.dumps({
    "model": "m", "choices": [{"message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1}}).encode()


class Teacher(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers)))
        status, headers = self.server.reply
        self.send_response(status)
        for name, value in {"Content-Length": str(len(ANSWER)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(ANSWER)


def serve(context=None, status=200, **headers):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Teacher)
    server.seen, server.reply = [], (status, headers)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Proxy(threading.Thread):
    """Forwards CONNECT, and plain requests to where their first line says."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener, self.seen = socket.create_server(("127.0.0.1", 0)), []
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.start()

    def run(self):
        while True:
            threading.Thread(target=self.forward, args=(self.listener.accept()[0],), daemon=True).start()

    def forward(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(65536)
        method, target = head.split()[:2]
        self.seen.append(f"{method.decode()} {target.decode()}")
        place = target.decode().removeprefix("http://").split("/")[0]
        host, port = place.split(":")
        upstream = socket.create_connection((host, int(port)))
        if method == b"CONNECT":
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            upstream.sendall(head)
        for source, sink in ((client, upstream), (upstream, client)):
            threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def main(plad):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "prompts.jsonl").write_text('{"id":"a","prompt":"x"}\n')
        pem, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", pem], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        runs = iter(range(100))

        def teach(url, **environment):
            number = next(runs)
            clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name not in ("CURL_CA_BUNDLE", "SSL_CERT_FILE")}
            return subprocess.run(
                [plad, "teach", "--student", STUDENT, "--remote", url, "--teacher-model", "m", "--prompts", folder / "prompts.jsonl",
                 "--out", folder / f"run{number}", "--cache", folder / f"c{number}.sqlite", "--attempts", "2"],
                capture_output=True, text=True, env={**clean, "PLAD_API_KEY": "sk-planted", **environment})

        def check(title, truth, done):
            print(f"{'ok    ' if truth else 'FAILED'}  {title}")
            if not truth:
                sys.exit(done.stdout + done.stderr)

        secure, plain = serve(context), serve()
        https, http_url = f"https://127.0.0.1:{secure.server_port}", f"http://127.0.0.1:{plain.server_port}"
        done = teach(https)
        check("a certificate of an unknown authority is refused", done.returncode == 69 and "not trusted" in done.stderr and not secure.seen, done)
        for variable in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            done = teach(https, **{variable: str(pem)})
            check(f"{variable} makes it trusted", done.returncode == 0 and secure.seen.pop(), done)
        done = teach(https.replace("127.0.0.1", "localhost"), CURL_CA_BUNDLE=str(pem))
        check("a trusted certificate of another name is refused", done.returncode == 69 and not secure.seen, done)

        proxy = Proxy()
        done = teach(https, CURL_CA_BUNDLE=str(pem), HTTPS_PROXY=proxy.url)
        wanted = f"CONNECT 127.0.0.1:{secure.server_port}"
        check("HTTPS_PROXY is asked to connect", done.returncode == 0 and proxy.seen == [wanted] and secure.seen.pop(), done)
        done = teach(https, CURL_CA_BUNDLE=str(pem), HTTPS_PROXY=proxy.url, NO_PROXY="127.0.0.1")
        check("NO_PROXY goes straight", done.returncode == 0 and proxy.seen == [wanted] and secure.seen.pop(), done)
        done = teach(http_url, http_proxy=proxy.url)
        check("http_proxy is asked for plain addresses", done.returncode == 0 and proxy.seen[1:] == [f"POST {http_url}/v1/chat/completions"], done)
        encodings = plain.seen[-1][1]["Accept-Encoding"]
        check(f"compressed answers are asked for ({encodings})", "gzip" in encodings, done)

        other = serve()
        for status in (301, 302, 307, 308):
            redirecting = serve(status=status, Location=f"http://127.0.0.1:{other.server_port}/v1/chat/completions")
            done = teach(f"http://127.0.0.1:{redirecting.server_port}")
            check(f"a {status} is an error that names the way, and the key goes nowhere",
                  done.returncode != 0 and "redirect" in done.stderr and not other.seen and "planted" not in done.stderr, done)
        print("ok")


main(sys.argv[1])
