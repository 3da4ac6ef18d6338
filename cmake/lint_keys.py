#!/usr/bin/env python3
"""lint_keys.py COMPILE_COMMANDS SOURCE...: "KEY SOURCE" for each source. The key is over everything of
ours that clang-tidy reads for it: the source, each header that it includes, directly or not, its
compiler's options and .clang-tidy. So a changed header asks only for those that include it."""
import hashlib
import json
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
root = os.getcwd()
read = {}
hits = {}


def digest_and_includes(path):
    if path not in read:
        with open(path, "rb") as file:
            content = file.read()
        names = INCLUDE.findall(content.decode("utf-8", "replace"))
        read[path] = hashlib.sha256(content).hexdigest(), names
    return read[path]


def resolve(name, folder, folders):
    for base in (folder, *folders):
        path = os.path.normpath(os.path.join(base, name))
        if path not in hits:
            hits[path] = os.path.isfile(path)
        if hits[path]:
            return path
    return None  # somebody else's


def closure(source, folders):
    found, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in digest_and_includes(path)[1]:
            there = resolve(name, os.path.dirname(path), folders)
            if there:
                waiting.append(there)
    return found


with open(sys.argv[1], encoding="utf-8") as file:
    commands = {entry["file"]: entry["command"] for entry in json.load(file)}
with open(".clang-tidy", "rb") as file:
    rules = file.read()
for source in sys.argv[2:]:
    command = commands.get(os.path.join(root, source), "")
    folders = [folder for folder in re.findall(r"-I\s*(\S+)", command) if folder.startswith(root)]
    key = hashlib.sha256(rules + command.replace(root, "").encode())
    for path in sorted(closure(os.path.join(root, source), folders)):
        key.update((os.path.relpath(path, root) + digest_and_includes(path)[0]).encode())
    print(key.hexdigest()[:40], source)
