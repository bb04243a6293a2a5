"""Bytes to text: the encoding is guessed from the bytes alone, and what is no text is told apart."""

from __future__ import annotations

import codecs

from s2s_demo.prediction import UserError, Words, quoted

MOST_BAD_FRACTION = 0.01
SAMPLE = 20_000
MAGIC = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"\xd0\xcf\x11\xe0": "XLS (Excel 97)",
    b"\x7fELF": "ELF",
    b"SQLite format 3\0": "SQLite",
    b"7z\xbc\xaf": "7z",
    b"Rar!\x1a": "RAR",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x93NUMPY": "NumPy",
}
# UTF-32 first: its mark begins with that of UTF-16.
BOMS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
ENCODING_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "cp949": "CP949 (EUC-KR)", "cp1252": "Windows-1252"}


def decode(data: bytes, name: str, encoding: str = "") -> tuple[str, str, list[Words]]:
    """(text, encoding, what to tell). An `encoding` that is given is not guessed.

    Raises:
        UserError: it is no text, or in none of the encodings we know.
    """
    kind = next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise UserError(
            f"‘{quoted(name)}’ 파일은 글이 아니라 {kind} 파일입니다. CSV나 XLSX로 저장해 주세요.",
            f"‘{quoted(name)}’ is no text but a {kind} file: save it as CSV or XLSX.",
        )
    notes = []
    if not encoding:
        encoding = _guess_encoding(data, name)
        shown = ENCODING_NAMES.get(encoding, encoding.upper())
        notes.append(Words(f"인코딩: {shown} (짐작)", f"Encoding: {shown} (guessed)"))
    try:
        text = data.decode(encoding, "replace").removeprefix("\ufeff")
    except LookupError as e:
        raise UserError(
            f"‘{quoted(encoding)}’ 인코딩은 없습니다. 예: utf-8, cp949",
            f"There is no encoding ‘{quoted(encoding)}’. For example: utf-8, cp949",
        ) from e
    if bad := text.count("\ufffd"):
        notes.append(
            Words(
                f"읽을 수 없는 글자 {bad:,}개를 ‘\ufffd’로 두었습니다.",
                f"Unreadable characters, shown as ‘\ufffd’: {bad:,}.",
            )
        )
    return _without_controls(text, name, notes), encoding, notes


def _guess_encoding(data: bytes, name: str) -> str:
    for mark, encoding in BOMS.items():
        if data.startswith(mark):
            return encoding
    if b"\0" in data and (wide := _guess_utf16(data)):
        return wide
    bad = {encoding: _undecodable(data, encoding) for encoding in ("utf-8", "cp949")}
    if bad["utf-8"] == 0:
        return "utf-8"
    best = min(bad, key=lambda encoding: bad[encoding])
    if bad[best] <= MOST_BAD_FRACTION and (best == "utf-8" or _mostly_hangul(data)):
        return best
    if _undecodable(data, "cp1252") == 0 and _mostly_latin(data.decode("cp1252")):
        return "cp1252"
    raise UserError(
        f"‘{quoted(name)}’ 파일의 글자를 읽을 수 없습니다. UTF-8로 저장해 주세요.",
        f"The characters of ‘{quoted(name)}’ cannot be read: save it as UTF-8.",
    )


def _undecodable(data: bytes, encoding: str) -> float:
    """Share of the characters outside ASCII that this encoding cannot read."""
    try:
        data.decode(encoding)
        return 0.0
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    return text.count("\ufffd") / sum(c > "\x7f" for c in text)


def _mostly_hangul(data: bytes) -> bool:
    """Whether, read as CP949, most of what is not ASCII is Hangul; any two bytes may look like CP949."""
    strange = [c for c in data.decode("cp949", "replace")[: 10 * SAMPLE] if c > "\x7f"]
    return sum("가" <= c <= "힣" for c in strange) >= 0.5 * len(strange)


def _mostly_latin(text: str) -> bool:
    """Whether letters outside ASCII are seasoning, as in French, rather than most of the text."""
    strange = [c for c in text[: 10 * SAMPLE] if c > "\x7f"]
    letters = sum(c.isalpha() or c in "€‘’“”–—…«»¿¡°" for c in strange)
    return letters >= 0.8 * len(strange) and len(strange) <= 0.4 * len(text[: 10 * SAMPLE])


def _guess_utf16(data: bytes) -> str:
    """UTF-16 without its mark: the byte order under which more of the text is ASCII, if the rest is text too; else ""."""
    found = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data[: len(data) // 2 * 2].decode(encoding)[:SAMPLE]
        except UnicodeDecodeError:
            continue
        usual = sum(c.isprintable() or c in "\t\r\n" for c in text)
        if "\0" not in text and usual >= 0.98 * len(text):
            found[encoding] = sum(c < "\x7f" for c in text)
    best = max(found, key=lambda encoding: found[encoding], default="")
    return best if best and found[best] >= 0.02 * min(len(data) // 2, SAMPLE) else ""


def _without_controls(text: str, name: str, notes: list[Words]) -> str:
    controls = {c: text.count(c) for c in map(chr, range(32)) if c not in "\t\n\r\x0b\x0c"}
    count = sum(controls.values())
    if count > MOST_BAD_FRACTION * len(text):
        raise UserError(
            f"‘{quoted(name)}’ 파일은 글이 아닙니다. CSV나 XLSX로 저장해 주세요.",
            f"‘{quoted(name)}’ is no text: save it as CSV or XLSX.",
        )
    if count:
        text = text.translate({ord(c): None for c in controls})
        notes.append(
            Words(
                f"보이지 않는 제어 문자 {count:,}개(NUL 등)를 뺐습니다.",
                f"Invisible control characters (such as NUL) taken out: {count:,}.",
            )
        )
    return text
