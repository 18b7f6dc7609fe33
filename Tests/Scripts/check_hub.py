#!/usr/bin/env python3
"""plad pull and huggingface_hub fetch the same model from the same loopback Hub: do they leave the same cache?

usage: check_hub.py PLAD     (needs huggingface_hub)
"""
import hashlib, http.server, json, os, pathlib, subprocess, sys, tempfile, threading

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b'{"model_type":"llama"}',
    "tokenizer.json": b"{}" * 1000,
    "generation_config.json": b"{}",
    "model.safetensors": bytes(range(256)) * 20_000,
    "README.md": b"# not needed",
}


def etag(name):
    data = FILES[name]
    if name.endswith(".safetensors"):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/api/models/org/name/revision/") or path == "/api/models/org/name":
            siblings = [{"rfilename": name} for name in FILES]
            return self.reply(200, json.dumps({"id": "org/name", "modelId": "org/name", "sha": COMMIT, "siblings": siblings}).encode())
        if path.startswith("/api/models/org/name/tree/"):
            entries = []
            for name, data in FILES.items():
                entry = {"type": "file", "path": name, "size": len(data), "oid": etag(name)}
                if name.endswith(".safetensors"):
                    entry["oid"] = "f" * 40
                    entry["lfs"] = {"oid": etag(name), "size": len(data), "pointerSize": 134}
                entries.append(entry)
            return self.reply(200, json.dumps(entries).encode())
        name = path.rsplit("/", 1)[-1]
        if name not in FILES:
            return self.reply(404, X_Error_Code="EntryNotFound")
        data = FILES[name]
        if path.startswith("/org/name/resolve/"):
            linked = {"X_Repo_Commit": COMMIT, "ETag": f'"{etag(name)}"'}
            if not name.endswith(".safetensors"):
                return self.reply(200, data, **linked)
            linked |= {"X_Linked_Etag": f'"{etag(name)}"', "X_Linked_Size": len(data), "Location": f"http://localhost:{self.server.server_port}/store/{name}"}
            return self.reply(302, **linked)
        return self.reply(200, data, ETag=f'"{etag(name)}"')

    do_HEAD = do_GET


def tree(root):
    """Every file and link below the cache, but for the locks and the marks that huggingface_hub leaves for itself."""
    found = {}
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if place.parts[0] in (".locks", "CACHEDIR.TAG") or ".no_exist" in place.parts or "trees" in place.parts:
            continue
        if path.is_symlink():
            found[str(place)] = ("link", os.readlink(path))
        elif path.is_file():
            found[str(place)] = ("file", hashlib.sha256(path.read_bytes()).hexdigest())
    return found


def main(plad):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pathlib.Path(folder, "ours"), pathlib.Path(folder, "theirs")
        environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_TOKEN": ""}
        subprocess.run([plad, "pull", "org/name"], check=True, env=environment | {"HF_HUB_CACHE": str(ours)})
        program = (
            "import sys; from huggingface_hub import snapshot_download as get;"
            "get('org/name', cache_dir=sys.argv[1], ignore_patterns=['README.md'])"
        )
        subprocess.run([sys.executable, "-c", program, str(theirs)], check=True, env=environment)
        # And each takes the other's for its own: nothing is fetched again.
        subprocess.run([sys.executable, "-c", program.replace("README.md'])", "README.md'], local_files_only=True)"), str(ours)], check=True, env=environment)
        a, b = tree(ours), tree(theirs)
        for place in sorted(a.keys() | b.keys()):
            if a.get(place) != b.get(place):
                print(f"differs: {place}: plad {a.get(place)}, huggingface_hub {b.get(place)}")
        print(f"{len(a)} files and links by plad, {len(b)} by huggingface_hub: {'the same' if a == b else 'NOT the same'}")
        sys.exit(a != b)


main(sys.argv[1])
