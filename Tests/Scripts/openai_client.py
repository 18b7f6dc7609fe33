"""Checks `plad serve` with the `openai` Python package, as a user's program would use it.

    pip install openai
    python Tests/Scripts/openai_client.py .build/release/plad [MODEL_FOLDER]

Starts the server itself, on a free port and with a token. The model is by default Tests/Fixtures/goldens/llama-gqa-tied.
Prints one line for each thing checked; ends with status 1 at the first that does not hold.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai

TOKEN = "sk-local-test"
FIXTURE = Path(__file__).resolve().parents[1] / "Fixtures/goldens/llama-gqa-tied"


def check(name, holds, seen=""):
    print(f"{'ok  ' if holds else 'FAIL'} {name}{f': {seen}' if seen != '' else ''}", flush=True)
    if not holds:
        sys.exit(1)


def raised(kind, call):
    """The error that `call` ends with; fails where it is of another kind."""
    try:
        call()
    except kind as error:
        return error
    except Exception as error:
        check(f"{kind.__name__} expected", False, repr(error))
    check(f"{kind.__name__} expected", False, "nothing was raised")


def check_chat(client, model):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Once upon a time"}]
    ask = dict(model=model, messages=messages, max_tokens=16, temperature=0.7, seed=1, extra_body={"top_k": 40})
    answer = client.chat.completions.create(**ask)
    choice = answer.choices[0]
    check("chat", choice.message.role == "assistant" and choice.finish_reason in ("stop", "length"), repr(choice.message.content))
    check("chat usage", answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens, answer.usage.to_dict())
    again = client.chat.completions.create(**ask)
    check("the same seed gives the same text", again.choices[0].message.content == choice.message.content)

    chunks = list(client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    check("streamed chat joins to the whole text", text == choice.message.content, f"{len(chunks)} chunks")
    check("streamed chat ends with its usage", chunks[-1].usage == answer.usage and not chunks[-1].choices)

    several = client.chat.completions.create(**{**ask, "n": 3})
    texts = [choice.message.content for choice in several.choices]
    check("n draws different answers", len(texts) == 3 and len(set(texts)) > 1 and texts[0] == choice.message.content)


def check_completions(client, model):
    ask = dict(model=model, prompt="Once upon a time", max_tokens=24, temperature=0)
    whole = client.completions.create(**ask).choices[0].text
    check("completion", len(whole) > 0, repr(whole))
    stop = whole[len(whole) // 2 : len(whole) // 2 + 3]
    stopped = client.completions.create(**ask, stop=[stop])
    cut = whole[: whole.index(stop)]
    check("stop", stopped.choices[0].text == cut and stopped.choices[0].finish_reason == "stop", repr((stop, stopped.choices[0].text)))
    streamed = "".join(chunk.choices[0].text for chunk in client.completions.create(**ask, stop=stop, stream=True))
    check("stop does not leak into a stream", streamed == cut)
    both = client.completions.create(**{**ask, "prompt": ["Once upon a time", "The"]})
    check("several prompts", [choice.index for choice in both.choices] == [0, 1] and both.choices[0].text == whole)
    check("models", [entry.id for entry in client.models.list()] == [model] and client.models.retrieve(model).id == model)


def check_errors(client, model, url):
    def chat(**change):
        ask = dict(model=model, messages=[{"role": "user", "content": "hi"}], max_tokens=4)
        return lambda: client.chat.completions.create(**{**ask, **change})

    unknown = raised(openai.NotFoundError, chat(model="gpt-4"))
    check("unknown model is NotFoundError", unknown.code == "model_not_found", unknown.message)
    long = raised(openai.BadRequestError, chat(messages=[{"role": "user", "content": "word " * 20_000}]))
    check("long prompt is BadRequestError", long.code == "context_length_exceeded", long.message)
    for change, param in [
        (dict(messages=[]), "messages"),
        (dict(messages=[{"role": "robot", "content": "x"}]), "messages[0].role"),
        (dict(n=1000), "n"),
        (dict(temperature="hot"), "temperature"),
        (dict(presence_penalty=1.0), "presence_penalty"),
        (dict(extra_body={"max_token": 3}), "max_token"),
    ]:
        error = raised(openai.BadRequestError, chat(**change))
        check("BadRequestError names the field", error.param == param, error.message)
    stranger = openai.OpenAI(base_url=url, api_key="wrong", max_retries=0)
    refused = raised(openai.AuthenticationError, lambda: stranger.models.list())
    check("wrong token is AuthenticationError", refused.code == "invalid_api_key", refused.message)


def check_load(client, model):
    def one(number):
        return client.completions.create(model=model, prompt=f"Number {number}", max_tokens=16, seed=number).choices[0].text

    start = time.perf_counter()
    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(one, range(200)))
    seconds = time.perf_counter() - start
    alone = [one(number) for number in range(0, 200, 20)]
    check("200 requests at concurrency 32 say what they say alone", together[::20] == alone, f"{200 / seconds:.0f} requests/s")


def main():
    plad, folder = sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else FIXTURE
    with tempfile.TemporaryDirectory() as scratch:
        port_file = Path(scratch) / "port"
        server = subprocess.Popen(
            [plad, "serve", "--model", str(folder), "--port", "0", "--port-file", str(port_file)],
            env={**os.environ, "PLAD_SERVE_TOKEN": TOKEN}, stderr=subprocess.DEVNULL)
        try:
            while not port_file.exists():
                if server.poll() is not None:
                    check("the server starts", False, f"status {server.returncode}")
                time.sleep(0.02)
            url = f"http://127.0.0.1:{port_file.read_text().strip()}/v1"
            client = openai.OpenAI(base_url=url, api_key=TOKEN, max_retries=0)
            check_chat(client, folder.name)
            check_completions(client, folder.name)
            check_errors(client, folder.name, url)
            check_load(client, folder.name)
        finally:
            server.send_signal(signal.SIGINT)
            status = server.wait(timeout=20)
        check("Ctrl-C ends the server with status 0", status == 0, status)


main()
