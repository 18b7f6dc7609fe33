#!/usr/bin/env python3
"""The gate on words: only the target plad speaks of flags and commands.

Library rooms name settings and functions in backquotes, as `ranking.margin` or `CompletionCache.recover`; the command line turns them into
flags and commands (Sources/plad/Options/SettingFlags.swift). This fails where a string of a library holds a flag or a command, and where a
name in backquotes is none that the command line knows.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMANDS = "distill|teach|warm-up|sample|pair|train|evaluate|report|watch|compare|sweep|cache|batch|pull|init|inspect|serve|score|tokenize|rouge|mock-teacher|bench|logits|pretrain"
# A style sheet's variables begin with two dashes too.
FORBIDDEN = re.compile(rf"(?<![(\w-])--[a-z][a-z-]*(?![a-z-]*:)(?![a-z-])|\bplad (?:{COMMANDS})\b")
QUOTED = re.compile(r'"""(?:.|\n)*?"""|#"(?:.|\n)*?"#|"(?:[^"\\\n]|\\.)*"')
NAME = re.compile(r"`([A-Za-z][A-Za-z_]*(?:\.[A-Za-z_]+)*)`")


def strings(text):
    """Every string literal with its line, comments left out."""
    bare = re.sub(r"(?m)^\s*//.*$", "", text)
    for match in QUOTED.finditer(bare):
        yield bare.count("\n", 0, match.start()) + 1, match.group()


def known_names():
    text = (ROOT / "Sources/plad/Options/SettingFlags.swift").read_text()
    pairs = re.findall(r'"([A-Za-z_.]+)": "([a-z][a-z -]*)"', text)
    further = re.search(r"furtherFlags: Set = \[(.*?)\]", text, re.S).group(1)
    flags = {value for _, value in pairs} | set(re.findall(r'"([a-z-]+)"', further))
    return {key for key, _ in pairs} | {flag.replace("-", "_") for flag in flags}


def main():
    names = known_names()
    problems = []
    for file in sorted((ROOT / "Sources").rglob("*.swift")):
        place = file.relative_to(ROOT)
        if place.parts[1] == "plad":
            continue
        for line, literal in strings(file.read_text()):
            for word in FORBIDDEN.findall(literal):
                problems.append(f"{place}:{line}: a library speaks of \"{word}\"")
            for name in NAME.findall(literal):
                if name not in names:
                    problems.append(f"{place}:{line}: the command line does not know `{name}`")
    print("\n".join(problems) or "no library speaks of flags or commands")
    sys.exit(bool(problems))


main()
