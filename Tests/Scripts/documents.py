#!/usr/bin/env python3
"""Fails where a relative link of README.md, CONTRIBUTING.md, SECURITY.md or docs leads nowhere, where SECURITY.md names a test that is not
there or docs/bounds.md a file, and where README.md has more than 110 lines.

    python3 Tests/Scripts/documents.py [FOLDER]

A link may name a file, a folder, or a heading of a Markdown file by its anchor, spelled as GitHub does. Links within code are no links,
nor are addresses with a scheme. FOLDER is the checkout; by default the one in which this file lies.
"""
import pathlib
import re
import sys

LONGEST_README = 110
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def prose(text):
    """The lines that are no code, numbered from 1, with what stands in backquotes taken out."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark[1][:3]
        elif mark and mark[1].startswith(fence):
            fence = None
        elif fence is None:
            yield number, re.sub(r"`[^`]*`", "", line)


def anchors(file):
    """The anchors of a Markdown file's headings; of equal ones the second ends in -1, the third in -2."""
    found = {}
    # What stands in backquotes is part of a heading, so lines of code alone are left out.
    lines = file.read_text().splitlines()
    for number, _ in prose(file.read_text()):
        heading = re.match(r"#+\s+(.*?)\s*#*$", lines[number - 1])
        if not heading:
            continue
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        yield slug if found[slug] == 0 else f"{slug}-{found[slug]}"


def problem(link, file, root):
    """Why a link of a file leads nowhere; None where it leads somewhere."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return None
    path, _, anchor = link.partition("#")
    target = (file.parent / path).resolve() if path else file.resolve()
    if not target.is_relative_to(root.resolve()):
        return "leads out of the checkout"
    if not target.exists():
        return "names no file or folder"
    if anchor and (target.suffix != ".md" or anchor not in anchors(target)):
        return f"{target.relative_to(root.resolve())} has no such heading"
    return None


def unknown_tests(root):
    """The suites and tests that SECURITY.md names in backquotes and no Swift file has."""
    code = "\n".join(file.read_text() for file in sorted((root / "Tests").glob("*Tests/*.swift")))
    for name in re.findall(r"`([A-Za-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)?)`", (root / "SECURITY.md").read_text()):
        suite, _, test = name.partition(".")
        if test and not suite.endswith("Tests"):
            continue  # A file, such as report.html.
        if suite[0].isupper() and "Tests" in suite and not re.search(rf"(struct|class) {suite}\b", code):
            yield f"SECURITY.md: no suite is named {suite}"
        test = test or (suite if suite[0].islower() and len(suite) > 15 else "")
        if test and not re.search(rf"func {test}\b", code):
            yield f"SECURITY.md: no test is named {test}"


def unknown_files(root):
    """The files of Sources that docs/bounds.md names in backquotes and that are not there, alone or beside the one before."""
    folder = root
    for name in re.findall(r"`([A-Za-z/+]+\.swift)`", (root / "docs/bounds.md").read_text()):
        file = root / name if "/" in name else folder / name
        if not file.exists():
            yield f"docs/bounds.md: there is no {name}"
        folder = file.parent


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]
    found, links = [], 0
    for file in [root / "README.md", root / "CONTRIBUTING.md", root / "SECURITY.md", *sorted(root.glob("docs/**/*.md"))]:
        for number, line in prose(file.read_text()):
            for link in LINK.findall(line):
                links += 1
                if reason := problem(link, file, root):
                    found.append(f"{file.relative_to(root)}:{number}: the link {link} {reason}")
    found += [*unknown_tests(root), *unknown_files(root)]
    length = len((root / "README.md").read_text().splitlines())
    if length > LONGEST_README:
        found.append(f"README.md has {length} lines, more than {LONGEST_README}: move what is not for a first reader to docs/")
    if found or links == 0:
        sys.exit("\n".join(found) or "no link was found: is this a checkout of plad?")


if __name__ == "__main__":
    main()
