"""Hostile files, small to send and dear to read, or with something in them that must stay text."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache

Bomb = tuple[str, Callable[[], bytes]]
"""A name, and what makes the content: most of them take longer to make than to send."""
TEMPLATES = (
    "{x}",
    "{0.__class__.__mro__}",
    "{n:>1000000000}",
    "{",
    "%s%n",
    "{{7*7}}",
    "${alert(1)}",
    "=1+1",
    "@SUM(A1)",
    "<script>1</script>",
)


def bombs() -> Iterator[Bomb]:
    """All of them."""
    yield from tables()
    yield from documents()
    yield from archives()
    yield from workbooks()
    yield from media()


def tables() -> Iterator[Bomb]:
    """Text with delimiters, or what pretends to be."""
    noise = random.Random(0).randbytes(200_000)
    yield "binary.csv", lambda: noise
    yield "nul.csv", lambda: b"\0" * 100_000
    yield "utf16.csv", lambda: b"\xff\xfe" + "a,b\n1,2\n".encode("utf-16-le")[:-1]
    yield "empty.csv", lambda: b""
    yield "one-line.csv", lambda: b"a" * 5_000_000
    yield "quotes.csv", lambda: b'"' * 1_000_000
    yield "wide.csv", lambda: b",".join([b"a"] * 60_000) + b"\n" + b",".join([b"1"] * 60_000)
    yield "commas.csv", lambda: b"," * 2_000_000
    yield "newlines.tsv", lambda: b"\n" * 2_000_000
    yield "returns.tsv", lambda: b"a\tb\r" * 200_000
    yield "numbers.csv", lambda: b"x,y\n" + b"\n".join(b"%s,%d" % (b"9" * 5_000, i % 2) for i in range(200))
    yield "dates.csv", lambda: b"x,y\n" + b"1 " * 200_000 + b",a\n"
    yield (
        "templates.csv",
        lambda: "\n".join(["text,label", *(f"text {i},{TEMPLATES[i % len(TEMPLATES)]}" for i in range(200))]).encode(),
    )
    yield (
        "headers.csv",
        lambda: (",".join(TEMPLATES) + "\n" + "\n".join(",".join(map(str, range(10))) for _ in range(50))).encode(),
    )
    yield "formulas.csv", lambda: b"x,y\n" + b"=HYPERLINK(\"http://127.0.0.1:1\"),=cmd|' /C calc'!A0\n" * 50
    yield "marks.csv", lambda: ("x,y\n" + ("a\u0301\u0302" * 500 + ",\u202ex\n") * 20).encode()
    yield "lists.csv", lambda: b'x,y\n"' + b"[" * 1_900 + b"]" * 1_900 + b'",a\n"[1' + b",1" * 900 + b']",b\n'
    for name in (
        "../../etc/passwd",
        "a" * 300 + ".csv",
        "x.csv\n.exe",
        "한글 이름.csv",
        ".csv",
        "{x}.csv",
        "%2e%2e%2fx.csv",
        "<b>.csv",
    ):
        yield name, lambda: b"x,y\nabc,a\ndef,b\n" * 20


def documents() -> Iterator[Bomb]:
    """JSON, JSON lines, CoNLL-U."""
    yield "deep.json", lambda: b"[" * 100_000
    yield "deep-closed.json", lambda: b"[" * 50_000 + b"]" * 50_000
    yield "deep-900.json", lambda: json.dumps([{"x": "a", "y": "b"}]).encode().replace(b'"b"', b"[" * 900 + b"]" * 900)
    yield "deep-keys.json", lambda: b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    yield "digits.json", lambda: b'[{"x": ' + b"9" * 100_000 + b', "y": 1}]'
    yield "nan.jsonl", lambda: b'{"x": NaN, "y": Infinity}\n' * 50
    yield "mixed.jsonl", lambda: b'{"x": "a", "y": "b"}\n[1]\n"x"\n5\nnull\n{}\n' * 20
    yield "keys.jsonl", lambda: b"\n".join(b'{"k%d": 1, "y%d": 2}' % (i, i) for i in range(20_000))
    yield "surrogates.json", lambda: b'[{"x": "\\ud800", "y": "\\udfff"}, {"x": "b", "y": "c"}]'
    yield "cells.json", lambda: b'[{"x": "' + b"a" * 3_000_000 + b'", "y": "b"}]'
    yield "columns.conllu", lambda: b"1\ta\ta\tX\tX\t_\t0\tx\t_\t_\n" * 30_000
    yield "broken.conllu", lambda: b"1-2\t\t\t\n\n# text = {x}\nx\ty\n" * 1_000


def archives() -> Iterator[Bomb]:
    """Zips that unpack to too much, to too many, to elsewhere, or to nothing."""
    yield "zeros.zip", lambda: zipped({"a.csv": b"\0" * 59_000_000})
    yield "labels.zip", lambda: zipped({f"{i % 2}/{i}.txt": b"a " * 40_000 for i in range(300)})
    yield "many.zip", lambda: zipped({f"a/{i}.txt": b"" for i in range(21_000)})
    yield "outside.zip", lambda: zipped({"../../../tmp/owned.csv": b"x,y\n1,2\n", "/etc/owned.csv": b"x,y\n"})
    yield "nested.zip", lambda: zipped({f"{i}.zip": zipped({"a.csv": b"x,y\n1,2\n"}) for i in range(20)})
    yield (
        "templates.zip",
        lambda: zipped({f"{name.replace('/', '')}/{i}.txt": b"some words" for name in TEMPLATES for i in range(6)}),
    )
    yield "cut.zip", lambda: zipped({"a.csv": b"x,y\n1,2\n" * 500})[:-30]
    sound = zipped({"a.csv": b"x,y\n1,2\n" * 500})
    yield "lying.zip", lambda: sound.replace(struct.pack("<I", 4_000), struct.pack("<I", 40))
    yield "locked.zip", lambda: _flagged(sound)
    yield "only-end.zip", lambda: b"PK\x05\x06" + b"\0" * 18
    link = zipfile.ZipInfo("a/link.txt")
    link.external_attr = 0o120777 << 16
    yield "link.zip", lambda: zipped({link: b"/etc/passwd", "b/x.txt": b"words"})


def workbooks() -> Iterator[Bomb]:
    """Small .xlsx with large claims."""
    cell = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{a}</t></is></c><c r="B{n}" t="inlineStr"><is><t>{b}</t></is></c></row>'
    rows = "".join(cell.format(n=n, a=f"word {n}", b=n % 2) for n in range(1, 40))
    yield "declared.xlsx", lambda: workbook(f'<dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>')
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield "far.xlsx", lambda: workbook(f"<sheetData>{rows}{far}</sheetData>")
    yield (
        "empty-rows.xlsx",
        lambda: workbook("<sheetData>" + "".join(f'<row r="{n}"/>' for n in range(1, 300_000)) + "</sheetData>"),
    )
    yield "empty-cells.xlsx", lambda: workbook("<sheetData><row>" + "<c/>" * 1_000_000 + "</row></sheetData>")
    yield (
        "formulas.xlsx",
        lambda: workbook(
            '<sheetData><row r="1"><c r="A1"><f>WEBSERVICE("http://127.0.0.1:1")</f></c></row></sheetData>'
        ),
    )
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 500 + '"><!ENTITY c "' + "&b;" * 500 + '">]>'
    yield "entities.xlsx", lambda: workbook(f"<sheetData>{rows.replace('word 1', '&c;', 1)}</sheetData>", laughs)
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    yield "outside.xlsx", lambda: workbook(f"<sheetData>{rows.replace('word 1', '&a;', 1)}</sheetData>", outside)
    strings = "<sst>" + "<si><t>a</t></si>" * 400_000 + "</sst>"
    yield "strings.xlsx", lambda: workbook(f"<sheetData>{rows}</sheetData>", strings=strings)
    yield "deep.xlsx", lambda: workbook("<x>" * 30_000 + "</x>" * 30_000)
    styles = "<cellXfs>" + '<xf numFmtId="14"/>' * 300_000 + "</cellXfs>"
    yield "styles.xlsx", lambda: workbook(f"<sheetData>{rows}</sheetData>", styles=styles)
    yield "broken.xlsx", lambda: workbook("<sheetData><row>")
    yield (
        "merged.xlsx",
        lambda: workbook(f'<sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    )


def media() -> Iterator[Bomb]:
    """Sounds and clips, alone and in folders."""
    head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x10\0data\xff\xff\xff\x7f"
    yield "huge.wav", lambda: head + b"\0" * 2_000
    yield "zero.wav", lambda: b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0data\0\0\0\0"
    yield "sounds.zip", lambda: zipped({f"{i % 2}/{i}.wav": head + b"\1\2" * 500 for i in range(20)})
    yield "noise.mp4", lambda: b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + random.Random(1).randbytes(50_000)
    yield "clips.zip", lambda: zipped({f"{i % 2}/{i}.mp4": random.Random(i).randbytes(5_000) for i in range(20)})
    yield "big.gif", lambda: b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;"
    yield "big.png", lambda: _png(60_000, 60_000)
    yield "a.parquet", lambda: b"PAR1" + b"\xff" * 200 + struct.pack("<I", 2**31 - 1) + b"PAR1"
    yield "model.pkl", lambda: b"cos\nsystem\n(S'true'\ntR."


@cache
def _book(styles: bool) -> dict[str, bytes]:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = [("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "sharedStrings", "sharedStrings.xml")]
    parts += [("rId3", "styles", "styles.xml")] if styles else []
    related = "".join(f'<Relationship Id="{i}" Type="{kinds}/{kind}" Target="{where}"/>' for i, kind, where in parts)
    top = f'<Relationship Id="rId1" Type="{kinds}/officeDocument" Target="xl/workbook.xml"/>'
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{sheet}.sheet.main+xml"/></Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{rels}">{top}</Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets><sheet name="{{x}}" sheetId="1" r:id="rId1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}">{related}</Relationships>'.encode(),
    }


def workbook(inside: str, doctype: str = "", strings: str = "<sst/>", styles: str = "") -> bytes:
    """An .xlsx whose one sheet holds this XML."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    files = dict(_book(bool(styles)))
    files["xl/worksheets/sheet1.xml"] = f"{doctype}<worksheet {main}>{inside}</worksheet>".encode()
    files["xl/sharedStrings.xml"] = strings.replace("<sst", f"<sst {main}").encode()
    if styles:
        files["xl/styles.xml"] = f"<styleSheet {main}>{styles}</styleSheet>".encode()
    return zipped(files)


def zipped(files: dict[str, bytes] | dict[str | zipfile.ZipInfo, bytes]) -> bytes:
    """An archive of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _flagged(archive: bytes) -> bytes:
    """The same, said to be encrypted."""
    out = bytearray(archive)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        out[out.find(mark) + at] |= 1
    return bytes(out)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
        + chunk(b"IEND", b"")
    )
