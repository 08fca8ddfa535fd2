"""Break names and titles into lines that fit, Latin and Chinese alike."""

from __future__ import annotations

import unicodedata


def text_width_inches(text: str, points: float) -> float:
    """A cautious estimate of the width of one line; Chinese characters are one em wide."""
    wide = sum(1 for sign in text if _is_wide(sign))
    capital = sum(1 for sign in text if sign.isupper() or sign in "%mwMW")
    return (wide + 0.66 * capital + 0.52 * (len(text) - wide - capital)) * points / 72


def wrapped(text: str, width_inches: float, points: float, most_lines: int = 4) -> list[str]:
    """Lines no wider than `width_inches`, broken at spaces, between Chinese characters, at worst in words.

    Text beyond `most_lines` lines is cut off with an ellipsis.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        while text_width_inches(piece.strip(), points) > width_inches and len(piece) > 1:
            room = max(1, int(len(piece) * width_inches / text_width_inches(piece, points)) - 1)
            lines += [line.strip()] if line.strip() else []
            lines.append(piece[:room].strip())
            line, piece = "", piece[room:]
        if line and text_width_inches((line + piece).rstrip(), points) > width_inches:
            lines.append(line.strip())
            line = piece.lstrip()
        else:
            line += piece
    lines += [line.strip()] if line.strip() else []
    if len(lines) > most_lines:
        last = lines[most_lines - 1].rstrip("., ")
        while last and text_width_inches(last + "…", points) > width_inches:
            last = last[:-1]
        lines = [*lines[: most_lines - 1], last + "…"]
    return lines or [""]


def _pieces(text: str) -> list[str]:
    """`text` cut where a line may break: after spaces, and on both sides of a Chinese character."""
    pieces = [""]
    for sign in text:
        before = pieces[-1][-1:]
        if _is_wide(sign) or before == " " or (before and _is_wide(before)):
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return [piece for piece in pieces if piece]


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
