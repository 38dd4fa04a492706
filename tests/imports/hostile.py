"""Files that mean harm, or look like it: `python -m tests.imports.hostile FOLDER` reads each one as a worker would.

One process reads them all, one after another, and tells for each how long it took and what was said; at the end, how
much memory it needed at most, its children's included. Whoever gets that far is alive.
"""

import io
import json
import os
import resource
import sys
import time
import zipfile
from pathlib import Path

from tests.imports import books

MEBI = 1024**2


def write_all(folder: Path) -> None:
    """One file per danger, named by it."""
    named = {
        "million empty rows.csv": "会社名,電話\n" + ",\n" * 1_000_000 + "みどり,03\n",
        "ten thousand columns.csv": ",".join(f"c{i}" for i in range(10_000)) + "\n" + "x," * 9_999 + "x\n",
        "half-width.csv": "会社名,電話\nｶﾌﾞｼｷｶﾞｲｼｬ ﾐﾄﾞﾘ,03\n".encode("cp932"),
        "NUL bytes.csv": "会社名,電話\nみど\0り,03\nあおば,04\n",
        "unclosed quote.csv": '会社名,電話\n"みどり,03\n' + "あおば,04\n" * 200_000,
        "one cell of 100 MB.csv": b"name,phone\n" + b"x" * (100 * MEBI - 100) + b",1\n",
        "PDF.xlsx": b"%PDF-1.7\n%\n1 0 obj",
        "PNG.csv": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "noise.csv": b"\x81\xff\xfe\x80" * 1000,
        "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024),
        "half a workbook.xlsx": b"PK\x03\x04" + b"\0" * 200,
    }
    for name, content in named.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    _write_books(folder)


def _write_books(folder: Path) -> None:
    head, row = '<worksheet xmlns="' + books.MAIN + '"><sheetData>', '<row r="1">' + books.cell(1, 0, "会社名")
    far = f"{head}{row}</row>" + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    books.write(folder / "two cells far apart.xlsx", {"a": far})
    empty = head + row + "</row>" + "".join(f'<row r="{i}"/>' for i in range(2, 1_000_001)) + "</sheetData></worksheet>"
    books.write(folder / "million empty rows.xlsx", {"a": empty})
    wide = (
        head + '<row r="1">' + "".join(books.cell(1, i, "c") for i in range(10_000)) + "</row></sheetData></worksheet>"
    )
    books.write(folder / "ten thousand columns.xlsx", {"a": wide})
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    stolen = (
        head
        + books.cell(1, 0, "会社名").join(('<row r="1">', "</row>"))
        + books.cell(2, 0, "STOLEN").replace("STOLEN", "&e;").join(('<row r="2">', "</row></sheetData></worksheet>"))
    )
    books.write(folder / "XXE.xlsx", {"a": stolen}, head=entity)
    laughs = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
        f"<!ENTITY a{i} '" + f"&a{i - 1};" * 10 + "'>" for i in range(1, 10)) + "]>"  # fmt: skip
    books.write(folder / "billion laughs.xlsx", {"a": stolen.replace("&e;", "&a9;")}, head=laughs)
    books.write(folder / "bomb.xlsx", {"a": head + " " * (210 * MEBI) + "</sheetData></worksheet>"})
    _write_lying_bomb(folder)
    deep = {"xl/" + "d/" * 3000 + "x.xml": b"x", "../../../../etc/cron.d/x": b"x"}
    books.write(folder / "deep names.xlsx", {"a": books.sheet([["会社名", "電話"], ["みどり", "03"]])}, extra=deep)
    books.write(folder / "many parts.xlsx", {"a": books.sheet([["a"]])}, extra={f"p{i}": b"" for i in range(3000)})
    with zipfile.ZipFile(folder / "only a zip.xlsx", "w") as archive:
        archive.writestr("a.csv", "会社名\nみどり\n")


def _write_lying_bomb(folder: Path) -> None:
    """A sheet of 210 MB whose directory entry claims a hundred bytes."""
    data = io.BytesIO((folder / "bomb.xlsx").read_bytes())
    size = next(part for part in zipfile.ZipFile(data).infolist() if "sheet1" in part.filename).file_size
    lie = data.getvalue().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    (folder / "lying bomb.xlsx").write_bytes(lie)


def read_all(folder: Path) -> dict[str, object]:
    """File → seconds and what was said (or how many rows came); and the peak of memory in MB."""
    from imports.reading import Unreadable, open_table

    told: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        began = time.perf_counter()
        try:
            table = open_table(path)
            said = [[line.refusal or line.cells[0] for line in table.lines()], ""]
        except Unreadable as error:
            said = [[], str(error)]
        told[path.name] = [time.perf_counter() - began, *said]
    return {"files": told, "peak": [_own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]}


def _own_peak() -> float:
    """In MB, of this program alone (ru_maxrss would tell of whoever started it, too)."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")
    django.setup()
    resource.setrlimit(resource.RLIMIT_AS, (1500 * MEBI, 1500 * MEBI))
    print(json.dumps(read_all(Path(sys.argv[1]))))  # noqa: T201 - the test reads it
