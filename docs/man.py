#!/usr/bin/env python3
"""Prints the manual page plad(1): what the binary says of its commands, and what docs/how-to.md says of scripts.

    python3 docs/man.py .build/release/plad > plad.1
"""
import json
import pathlib
import re
import subprocess
import sys

HOW_TO = pathlib.Path(__file__).parent / "how-to.md"


def roff(text):
    """Text as roff takes it: no backslash, hyphen or leading dot means anything else."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    # A list without spaces may be broken behind its commas.
    text = re.sub(r",(?=\S)", r",\\:", text)
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def bold(text):
    return f"\\fB{roff(text)}\\fR"


def italic(text):
    return f"\\fI{roff(text)}\\fR"


def spelled(argument):
    """`-h, --help`, `--margin <margin>`, `<run>`, as bold and italic."""
    value = italic(argument["valueName"])
    if argument["kind"] == "positional":
        return value
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    names = ", ".join(bold(dashes[name["kind"]] + name["name"]) for name in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} {value}"


def meaning(argument):
    text = argument.get("abstract", "")
    notes = []
    if argument.get("allValues"):
        notes.append("values: " + ", ".join(argument["allValues"]))
    if argument.get("defaultValue"):
        notes.append("default: " + argument["defaultValue"])
    return f"{text} ({'; '.join(notes)})".strip() if notes else text


def paragraphs(text):
    for part in filter(None, re.split(r"\n\s*\n", text or "")):
        yield from (".PP", roff(" ".join(part.split())))


def entries(arguments):
    title = None
    for argument in arguments:
        if argument.get("sectionTitle") != title:
            title = argument.get("sectionTitle")
            yield from (".PP", italic(f"{title}:" if title else "Further options:"))
        yield from (".TP", spelled(argument), roff(meaning(argument)) or "\\&")


def command(node, above, shared):
    """A command and those below it. `shared` are the options that stand under plad distill for all who take them."""
    name = f"{above} {node['commandName']}"
    # --help and --version are said once, of plad itself.
    own = [one for one in node.get("arguments", []) if one["shouldDisplay"] and one["valueName"] not in ("help", "version")]
    beside = [one for one in own if one not in shared]
    yield f'.SS "{roff(name)}"'
    yield roff(node["abstract"])
    yield from paragraphs(node.get("discussion"))
    if name != "plad distill" and len(own) - len(beside) > 20:
        yield from paragraphs("Takes the options of plad distill.")
        own = beside
    yield from entries(own)
    for child in node.get("subcommands", []):
        yield from command(child, name, shared)


def rows(heading):
    """The rows of the table under a heading of the how-to, cell by cell, without backquotes."""
    _, found, after = HOW_TO.read_text().partition(f"\n### {heading}\n")
    if not found:
        sys.exit(f"{HOW_TO} has no heading \"### {heading}\", under which the table for the manual page stands")
    section = after.split("\n#", 1)[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line] for line in lines[2:]]


def page(plad):
    def told(*arguments):
        return subprocess.run([plad, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    root = json.loads(told("--experimental-dump-help"))["command"]
    commands = [node for node in root["subcommands"] if node["commandName"] != "help"]
    shared = next(node for node in commands if node["commandName"] == "distill")["arguments"]
    yield '.\\" Written by docs/man.py from what the binary says of itself.'
    yield f'.TH PLAD 1 "" "{roff(told("--version"))}" "plad"'
    # No hyphens within the names of options, and no stretched lines.
    yield from (".nh", ".ad l")
    yield ".SH NAME"
    yield roff(f"plad - {root['abstract'][0].lower()}{root['abstract'][1:].rstrip('.')}")
    yield ".SH SYNOPSIS"
    yield f"{bold('plad')} {italic('command')} [{italic('options')}]"
    yield ".SH DESCRIPTION"
    yield from paragraphs(root["discussion"])
    yield from entries([one for one in root["arguments"] if one["shouldDisplay"]])
    yield ".SH COMMANDS"
    for node in commands:
        yield from command(node, "plad", shared)
    for title, heading in [("EXIT STATUS", "Exit statuses"), ("ENVIRONMENT", "Environment variables")]:
        yield f".SH {title}"
        for name, what in rows(heading):
            yield from (".TP", bold(name), roff(what))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: man.py PLAD")
    print("\n".join(page(sys.argv[1])))
