#!/usr/bin/env python3
"""What asking costs this side of the wire: plad, `curl --parallel` and the openai client against nginx with a fixed body.

    python Benchmarks/overhead.py .build/release/plad [--requests 100000] [--concurrency 256] [--json docs/results/asking.json]

Needs nginx and curl (apt-get install nginx-light curl) and the openai package (its row is left out without it). All run on
this machine, one after the other; nginx's own time is not counted to anybody. Prints a Markdown table.
"""
import argparse
import json
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from machine import processor

BODY = {
    "id": "x", "object": "chat.completion", "created": 0, "model": "bench",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "The capital is the city where its government sits. " * 8},
                 "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 20, "completion_tokens": 90, "total_tokens": 110},
}
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; default_type application/json;
    location / {{ return 200 '{body}'; }} }}
}}
"""
OPENAI = """
import asyncio, sys, time, openai
async def main(url, requests, concurrency):
    client = openai.AsyncOpenAI(base_url=url + "/v1", api_key="none")
    left = iter(range(requests))
    async def work():
        for number in left:
            await client.chat.completions.create(model="bench", temperature=0, max_tokens=256,
                messages=[{"role": "user", "content": f"Question {number}: what is the capital of the country with this number?"}])
    await asyncio.gather(*(work() for _ in range(concurrency)))
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def measured(command, requests):
    """Requests a second, microseconds of processor time each, MiB at most: of a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))[:300]}\n{done.stderr[-2000:]}")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return requests / seconds, processor / requests * 1e6, None, done.stdout


def plad(arguments, url, requests, cache=None):
    command = [arguments.plad, "bench", "ask", "--remote", url, "--requests", requests, "--concurrency", arguments.concurrency, "--json"]
    if cache:
        for old in cache.parent.glob(cache.name + "*"):
            old.unlink()
        command += ["--cache", cache]
    found = json.loads(measured(command, requests)[3])
    memory = f"{found['resident_bytes_early'] / 2**20:.0f} → {found['resident_bytes_at_end'] / 2**20:.0f}"
    return found["requests_per_second"], found["processor_microseconds_per_request"], memory, ""


def curl(arguments, url, requests, folder):
    """Each request with a body of its own and its answer in a file, as somebody would script it."""
    config = folder / "curl.txt"
    with config.open("w") as out:
        for number in range(requests):
            content = f"Question {number}: what is the capital of the country with this number?"
            data = json.dumps({"max_tokens": 256, "messages": [{"content": content, "role": "user"}], "model": "bench", "temperature": 0})
            quoted = data.replace("\\", "\\\\").replace('"', '\\"')
            out.write(f'next\nurl = "{url}/v1/chat/completions"\nheader = "Content-Type: application/json"\ndata = "{quoted}"\noutput = "/dev/null"\nsilent\n')
    return measured(["curl", "--parallel", "--parallel-max", min(300, arguments.concurrency), "--config", config], requests)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plad", type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures, for docs/figures.py")
    arguments = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, body=json.dumps(BODY)))
        server = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", folder / "nginx.conf", "-p", folder])
        try:
            time.sleep(0.5)
            fewer = max(1000, arguments.requests // 10)
            cases = [
                ("plad, without the cache", lambda: plad(arguments, url, arguments.requests)),
                ("plad, every completion committed to disk before it is used", lambda: plad(arguments, url, arguments.requests, folder / "cache.sqlite")),
                ("`curl --parallel`", lambda: curl(arguments, url, fewer, folder)),
            ]
            try:
                import openai
                program = [sys.executable, "-c", OPENAI, url, max(500, fewer // 10), arguments.concurrency]
                cases.append(("the `openai` package, Python", lambda: measured(program, program[-2])))
            except ImportError:
                print("the openai package is not installed: its row is left out", file=sys.stderr)
            rows = {title: [] for title, _ in cases}
            for _ in range(arguments.repeats):
                for title, run in cases:
                    rows[title].append(run())
            print(f"{arguments.requests} requests, {arguments.concurrency} in flight, medians of {arguments.repeats}\n")
            print("| client | requests/s | µs of processor time each | MiB after a tenth → at the end |\n|---|---:|---:|---:|")
            figures = []
            for title, found in rows.items():
                rate, each = (statistics.median(row[place] for row in found) for place in (0, 1))
                figures.append({"client": title, "requests_per_second": round(rate), "processor_microseconds_per_request": round(each)})
                print(f"| {title} | {rate:,.0f} | {each:,.0f} | {found[-1][2] or ''} |")
            if arguments.json:
                about = {"processor": processor(), "requests": arguments.requests, "concurrency": arguments.concurrency}
                arguments.json.write_text(json.dumps({**about, "rows": figures}, indent=1) + "\n")
        finally:
            server.terminate()
            server.wait()


main()
