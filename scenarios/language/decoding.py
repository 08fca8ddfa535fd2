"""Bytes to text: UTF-8 with or without a byte-order mark; other encodings are recognised and named."""

from __future__ import annotations

import codecs

from scenarios.language.errors import Problem

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def without_mark(data: bytes) -> bytes:
    """The bytes without a UTF-8 byte-order mark."""
    return data.removeprefix(codecs.BOM_UTF8)


def encoding_problem(data: bytes, file: str) -> Problem | None:
    """What is wrong with the encoding of a file, or None when it is UTF-8.

    Args:
        data: content of the file.
        file: name for the message.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _not_utf8(data, file, name, 0)
    body = without_mark(data)
    if b"\x00" in body:
        looks_wide = body.count(0) * 4 >= len(body)
        return _not_utf8(data, file, "UTF-16" if looks_wide else "a binary file", body.index(0))
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(body, file, "GBK" if _looks_like_gbk(body) else "", error.start)
    return None


def _not_utf8(data: bytes, file: str, name: str, offset: int) -> Problem:
    line = data.count(b"\n", 0, offset) + 1
    column = offset - (data.rfind(b"\n", 0, offset) + 1) + 1
    guess = f"looks like {name}" if name else f"byte 0x{data[offset]:02X} is not UTF-8"
    return Problem("E102", file, line, column, rule=guess, hint="save the file as UTF-8")


def _looks_like_gbk(data: bytes) -> bool:
    """Whether the bytes read as everyday Chinese in GB 18030; Western one-byte texts do not."""
    try:
        foreign = [letter for letter in data.decode("gb18030") if ord(letter) > 127]
    except UnicodeDecodeError:
        return False
    everyday = sum(_in_gb2312(letter) for letter in foreign)
    return bool(foreign) and everyday >= 0.9 * len(foreign)


def _in_gb2312(letter: str) -> bool:
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
