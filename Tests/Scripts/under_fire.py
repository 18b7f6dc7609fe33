#!/usr/bin/env python3
"""plad teach against a teacher that misbehaves in every way, killed at random moments, and on a full disk.

usage: under_fire.py PLAD faults|kill|batch|disk|all [--prompts 10000] [--kills 200]

A planted key goes with every run; at the end of each part it must be in no file that was written and no word that was said.
"""
import argparse
import atexit
import collections
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

KEY = "sk-planted-7f3a9c51e2"
STUDENT = pathlib.Path(__file__).resolve().parents[1] / "Fixtures/goldens/llama-gqa-tied"
FAULTS = """
answer: "The answer to {prompt}"
seed: 7
faulty: 0.3
faults:
  - { name: throttled, status: 429 }
  - { name: throttled-seconds, status: 429, headers: { Retry-After: "0" } }
  - { name: throttled-milliseconds, status: 429, headers: { retry-after-ms: "20" } }
  - { name: throttled-date, status: 429, headers: { Retry-After: "Wed, 21 Oct 2015 07:28:00 GMT" } }
  - { name: parked, status: 429, headers: { Retry-After: "1" } }
  - { name: server-error, status: 500, weight: 2 }
  - { name: unavailable, status: 503 }
  - { name: overloaded, status: 529 }
  - { name: gateway-page, status: 502, body: "<html><h1>Bad Gateway</h1></html>", headers: { Content-Type: text/html } }
  - { name: silent, silent: true, weight: 0.3 }
  - { name: too-slow, bytes-per-second: 4, weight: 0.3 }
  - { name: drip, bytes-per-second: 2000, weight: 0.5 }
  - { name: cut, cut-after-bytes: 60, weight: 2 }
  - { name: cut-reset, cut-after-bytes: 60, reset: true }
  - { name: hang-up, hang-up: true }
  - { name: reset, hang-up: true, reset: true }
  - { name: truncated-json, truncate-to-bytes: 50, weight: 2 }
  - { name: web-page, body: "<html>It works!</html>", headers: { Content-Type: text/html } }
  - { name: other-type, headers: { Content-Type: text/plain } }
  - { name: zipped, gzip: true }
  - { name: giant, padding-bytes: 1000000, weight: 0.2 }
  - { name: empty, text: "" }
  - { name: refusal, refusal: "I cannot help with that." }
  - { name: filtered, text: "", finish-reason: content_filter }
  - { name: thinking, text: "<think>hm</think>The answer" }
  - { name: drifted, model: mock-2 }
"""
# What a question ends in when its answer came this way; everything else is an answer like any other.
STATES = {"empty": "empty", "refusal": "refused", "filtered": "filtered"}


MONEY = ("--price", "1,10", "--budget", 1000)


class Mock:
    """plad mock-teacher for as long as a part of this needs it."""

    def __init__(self, plad, folder, script):
        self.log = folder / "attempts.jsonl"
        (folder / "script.yaml").write_text(script)
        port = folder / "port"
        self.process = subprocess.Popen(
            [plad, "mock-teacher", "--script", folder / "script.yaml", "--port-file", port, "--log", self.log], stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)
        while not port.exists():
            time.sleep(0.02)
        self.url = f"http://127.0.0.1:{port.read_text().strip()}"

    def attempts(self, start=0):
        with self.log.open() as lines:
            return [json.loads(line) for line in list(lines)[start:] if line.endswith("\n")]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def prompts(folder, count):
    file = folder / "prompts.jsonl"
    file.write_text("".join(json.dumps({"id": f"p{n}", "prompt": f"question {n}"}) + "\n" for n in range(count)))
    return file


def teach(plad, mock, folder, *more, out="run", **options):
    command = [
        plad, "teach", "--student", STUDENT, "--remote", mock.url, "--teacher-id", "fire", "--teacher-model", "m", "--prompts",
        folder / "prompts.jsonl", "--out", folder / out, "--cache", folder / "cache.sqlite", *more,
    ]
    return subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PLAD_API_KEY": KEY}, **options)


def verify(plad, folder):
    done = subprocess.run([plad, "cache", "verify", "--cache", folder / "cache.sqlite"], capture_output=True, text=True)
    require(done.returncode == 0, f"plad cache verify: {done.stdout}{done.stderr}")


def recorded(folder):
    """The digests of the bodies that are answered in the cache."""
    database = sqlite3.connect(folder / "cache.sqlite")
    try:
        return {hashlib.sha256(body.encode()).hexdigest() for (body,) in database.execute("SELECT request FROM answer")}
    finally:
        database.close()


def account(folder):
    """What the cache's account says was paid, what the answers kept in it cost, and how many requests are set aside."""
    database = sqlite3.connect(folder / "cache.sqlite")
    try:
        return [database.execute(sql).fetchone()[0] or 0 for sql in (
            "SELECT sum(paid) FROM spending", "SELECT sum(1000 * prompt_tokens + 10000 * completion_tokens) FROM answer",
            "SELECT count(*) FROM reservation")]
    finally:
        database.close()


def require(truth, complaint):
    if not truth:
        sys.exit(f"FAILED: {complaint}")


def planted_nowhere(folder, *said):
    for text in said:
        require(KEY not in text, "the key was said")
    for path in folder.rglob("*"):
        if path.is_file():
            require(KEY.encode() not in path.read_bytes(), f"the key is in {path}")
    require(not list(pathlib.Path.cwd().glob("core*")), "there is a core dump")


def faults(plad, folder, count):
    prompts(folder, count)
    mock = Mock(plad, folder, FAULTS)
    began = time.monotonic()
    process = teach(plad, mock, folder, "--concurrency", 256, "--timeout", 30, "--attempts", 30)
    listed = ""
    while process.poll() is None and time.monotonic() - began < 3:
        listed += subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
        limits = pathlib.Path(f"/proc/{process.pid}/limits")
        if limits.exists() and "plad" in listed:
            core = [line for line in limits.read_text().splitlines() if "core file" in line]
        time.sleep(0.2)
    said = process.communicate()[0]
    seconds = time.monotonic() - began
    mock.stop()
    require(process.returncode == 0, f"plad teach ended with {process.returncode}: {said[-800:]}")
    log = mock.attempts()
    answered, again, last = set(), 0, {}
    for attempt in log:
        again += attempt["request"] in answered
        if attempt["answers"] and attempt.get("fault") != "too-slow":
            answered.add(attempt["request"])
        last[attempt["request"]] = attempt.get("fault")
    summary = json.loads((folder / "run/teach.json").read_text().splitlines()[0])
    expected = collections.Counter(STATES.get(fault, "answered") for fault in last.values())
    found = collections.Counter(summary["states"])
    kinds = collections.Counter(attempt.get("fault") for attempt in log)
    print(f"faults: {count} prompts, {len(log)} attempts, {len(log) - kinds[None]} of them faulty in {len(kinds) - 1} ways, {seconds:.0f} s")
    print(f"        {dict(found)}; asked again after an answer: {again}; attempts by plad's count {summary['wire']['attempts']}")
    require(len(answered) == count, f"{len(answered)} prompts were answered")
    require(again == 0, f"{again} attempts at prompts that had been answered")
    require(found == expected, f"the teacher's log says {dict(expected)}")
    require(summary["wire"]["attempts"] == len(log), "plad counts other attempts than the teacher")
    require(core and core[0].split()[4:6] == ["0", "0"], f"cores can be dumped: {core}")
    verify(plad, folder)
    planted_nowhere(folder, said, listed)


def kill(plad, folder, kills):
    count = 3000
    prompts(folder, count)
    mock = Mock(plad, folder, 'answer: "The answer to {prompt}"\nfaulty: 1\nfaults: [ { delay-seconds: 0.03 }, { delay-seconds: 0.06 } ]\n')
    chance = random.Random(11)
    said, before, asked, busy, lost, twice, rounds = "", set(), 0, 0, 0, 0, 1
    for number in range(kills):
        start, size = len(mock.attempts()), mock.log.stat().st_size
        process = teach(plad, mock, folder, "--concurrency", 32, *MONEY, out=f"run{rounds}")
        # One kill in four may come while it starts, the others come while requests are under way.
        while number % 4 and process.poll() is None and mock.log.stat().st_size == size:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        said += process.communicate()[0]
        # What was sent before the kill still comes to the teacher's log.
        time.sleep(0.05)
        now = recorded(folder) if (folder / "cache.sqlite").exists() else set()
        lost += len(before - now)
        sent = [attempt["request"] for attempt in mock.attempts(start)]
        asked += len(sent)
        busy += bool(sent)
        twice += sum(request in before for request in sent)
        if now:
            verify(plad, folder)
            paid, cost, aside = account(folder)
            require(paid == cost, f"{paid} nanodollars are paid for answers that cost {cost}")
            require(aside >= len(set(sent) - now), "a request that broke off is not set aside")
        before = now
        if len(now) == count:
            shutil.move(folder / "cache.sqlite", folder / f"full{rounds}.sqlite")
            for side in ("-wal", "-shm"):
                (folder / f"cache.sqlite{side}").unlink(missing_ok=True)
            before, rounds = set(), rounds + 1
    process = teach(plad, mock, folder, "--concurrency", 32, *MONEY, out=f"run{rounds}")
    said += process.communicate()[0]
    mock.stop()
    print(f"kill:   {kills} kills, {busy} of them with requests sent, {asked} requests in {rounds} rounds of {count} prompts; answers lost {lost}, asked again {twice}; the account is that of the answers kept")
    require(process.returncode == 0 and len(recorded(folder)) == count, "the last run did not end")
    require(lost == 0 and twice == 0, "an answer was lost or paid twice")
    verify(plad, folder)
    planted_nowhere(folder, said)


def batch(plad, folder, kills):
    """plad teach --batch within a budget, killed again and again; each time that all is answered there are more prompts. The first
    answers of each address are cut off, that of a submission too."""
    count = 100
    prompts(folder, count)
    cut = "{ cut-after-bytes: 5 }"
    mock = Mock(plad, folder, f'answer: "The answer to {{prompt}}"\nbatch: {{ polls: 1, sequence: [{cut}] }}\n')
    chance = random.Random(5)
    killed = 0
    for _ in range(kills):
        process = teach(plad, mock, folder, "--batch", *MONEY, out=f"run{count}")
        try:
            process.wait(chance.uniform(0.02, 0.4))
        except subprocess.TimeoutExpired:
            killed += 1
            process.kill()
        process.communicate()
        if (folder / f"run{count}/teacher.jsonl").exists():
            count += 100
            prompts(folder, count)
    process = teach(plad, mock, folder, "--batch", *MONEY, out=f"run{count}")
    said = process.communicate()[0]
    mock.stop()
    require(process.returncode == 0 and len(recorded(folder)) == count, f"the last run did not end: {said[-500:]}")
    paid, cost, aside = account(folder)
    asked = collections.Counter(attempt["request"] for attempt in mock.attempts())
    require(len(asked) == count and max(asked.values()) == 1, "a row was answered twice, or never")
    require(2 * paid == cost and aside == 0, f"{paid} nanodollars are paid and {aside} batches set aside for answers that cost {cost}")
    print(f"batch:  {killed} kills, {count} prompts, each answered once and paid for once at half the price")
    verify(plad, folder)


def disk(plad, folder):
    """A file system of three megabytes where it can be mounted; it is full before the prompts are answered."""
    place = folder / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", place], capture_output=True).returncode != 0:
        return print("disk:   left out: no file system can be mounted here")
    try:
        prompts(place, 3000)
        mock = Mock(plad, folder, 'answer: "' + "word " * 300 + '{prompt}"\n')
        process = teach(plad, mock, place)
        said = process.communicate()[0]
        kept = len(recorded(place))
        print(f"disk:   full after {kept} answers, exit status {process.returncode}: {said.strip().splitlines()[-1]}")
        require(process.returncode == 75, "a full disk is to end with 75")
        require("disk" in said and "full" in said or "space" in said, "the error does not name the disk")
        verify(plad, place)
        subprocess.run(["mount", "-o", "remount,size=100m", place], check=True)
        start = len(mock.attempts())
        before = recorded(place)
        process = teach(plad, mock, place)
        said += process.communicate()[0]
        require(process.returncode == 0 and len(recorded(place)) == 3000, f"with room again it ended with {process.returncode}: {said[-500:]}")
        again = sum(attempt["request"] in before for attempt in mock.attempts(start))
        print(f"        with room again: all answered, {again} of the kept ones asked again")
        require(again == 0, "a kept answer was asked for again")
        verify(plad, place)
        planted_nowhere(place, said)
        mock.stop()
    finally:
        subprocess.run(["umount", place])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plad", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("part", choices=["faults", "kill", "batch", "disk", "all"])
    parser.add_argument("--prompts", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    parts = {
        "faults": lambda folder: faults(arguments.plad, folder, arguments.prompts),
        "kill": lambda folder: kill(arguments.plad, folder, arguments.kills),
        "batch": lambda folder: batch(arguments.plad, folder, arguments.kills // 4), "disk": lambda folder: disk(arguments.plad, folder),
    }
    for name, part in parts.items():
        if arguments.part in (name, "all"):
            with tempfile.TemporaryDirectory(prefix="plad-fire-") as folder:
                part(pathlib.Path(folder))
    print("ok")


main()
