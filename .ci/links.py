#!/usr/bin/env python3
"""Reads what `cargo doc` wrote, and fails for a link that leads nowhere, or one that is still in brackets.

Usage: links.py FOLDER...    the folders of our crates below target/doc
"""
import pathlib
import re
import sys
import urllib.parse

LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
# A link that rustdoc could not resolve stays as it was written: [`name`], or [name].
BRACKET = re.compile(r"\[<code>[^<]*</code>\](?!\()")


def broken(page):
    """What is wrong with one page."""
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"<pre.*?</pre>", "", text, flags=re.S)
    for match in BRACKET.finditer(prose):
        yield f"{page}: a link in brackets: {match.group()}"
    for href in LINK.findall(text):
        parts = urllib.parse.urlsplit(href)
        if parts.scheme or parts.netloc or not parts.path or "/src/" in parts.path:
            continue
        target = page.parent / urllib.parse.unquote(parts.path)
        if not target.exists():
            yield f"{page}: a link that leads nowhere: {href}"


def main(folders):
    pages = sorted(page for folder in folders for page in pathlib.Path(folder).rglob("*.html"))
    if len(pages) < 100:
        sys.exit(f"only {len(pages)} pages found: is this what cargo doc wrote?")
    found = [fault for page in pages for fault in broken(page)]
    print("\n".join(found))
    print(f"{len(pages)} pages, {len(found)} broken links")
    sys.exit(1 if found else 0)


main(sys.argv[1:])
