"""A data set of the Hugging Face Hub: one file of it, read as any other. Asked only by a visitor's click, and as nobody."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from s2s_demo.custom.reading.pairs import read_file
from s2s_demo.custom.reading.table import MOST_BYTES, Table
from s2s_demo.prediction import UserError, Words, quoted

READABLE = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".conllu", ".parquet")
NOT_DATA = re.compile(
    r"(^|/)(\.|dataset_infos?\.json$|dataset_dict\.json$|state\.json$|[\w-]*config\.json$|package\.json$)"
)
SECONDS = 10


def read_dataset(name: str) -> Table:
    """The table in the smallest suitable file of a public data set, e.g. "user/name": its training part first, text before Parquet.

    The file, 20 MB at most, is fetched into a folder that is gone afterwards. No login goes with the request, so that no visitor
    reads what only this machine's owner may.

    Raises:
        UserError: with the sentence to show.
    """
    name = re.sub(r"^https?://huggingface\.co/datasets/", "", name.strip()).strip("/")
    if not re.fullmatch(r"[\w.-]{1,96}(/[\w.-]{1,96})?", name, re.ASCII) or ".." in name:
        raise UserError(
            f"‘{quoted(name)}’은(는) 데이터 세트 이름이 아닙니다. 예: user/name",
            f"‘{quoted(name)}’ is no name of a data set. For example: user/name",
        )
    # Offline use never pays for this import.
    from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415

    try:
        info = HfApi().dataset_info(name, files_metadata=True, timeout=SECONDS, token=False)
        files = [(one.rfilename, one.size) for one in info.siblings or []]
        chosen = choose_file(files, name)
        with TemporaryDirectory() as folder:
            place = hf_hub_download(
                name,
                chosen,
                repo_type="dataset",
                revision=info.sha,
                cache_dir=folder,
                token=False,
                etag_timeout=SECONDS,
            )
            table = read_file(Path(place))
    except RepositoryNotFoundError as e:
        raise UserError(
            f"Hub에 공개된 데이터 세트 ‘{name}’이(가) 없습니다. 이름을 확인해 주세요.",
            f"The Hub has no public data set ‘{name}’: check its name.",
        ) from e
    except UserError:
        raise
    except Exception as e:  # the client lets errors of its transport through, and has changed its transport before
        raise UserError(
            f"Hub에서 ‘{name}’을(를) 받을 수 없습니다. 인터넷 연결을 확인하거나, 파일을 직접 넣어 주세요.",
            f"‘{name}’ cannot be fetched from the Hub: check the connection, or put in a file yourself.",
        ) from e
    read = Words(
        f"{name}의 {quoted(chosen, 80)} 파일을 읽었습니다.", f"The file {quoted(chosen, 80)} of {name} was read."
    )
    return replace(table, notes=(read, *table.notes))


def choose_file(files: list[tuple[str, int | None]], name: str) -> str:
    """The path, of (path, bytes) of a data set's files, that is best read.

    Raises:
        UserError: there is none that can be read here, or each is too large.
    """
    data = [(path, size) for path, size in files if _ending(path) in READABLE and not NOT_DATA.search(path)]
    parquet = importlib.util.find_spec("pyarrow") is not None
    readable = [(path, size) for path, size in data if parquet or _ending(path) != ".parquet"]
    if not readable:
        kind = Words("Parquet뿐인데, 여기서는 읽을 수 없습니다", "is in Parquet only, which cannot be read here")
        none = Words("읽을 수 있는 표(CSV, TSV, JSONL)가 없습니다", "holds no table (CSV, TSV, JSONL)")
        why = kind if data else none
        raise UserError(f"‘{name}’: {why.ko}. 파일을 직접 넣어 주세요.", f"‘{name}’ {why.en}: put in a file yourself.")
    small = [(path, size) for path, size in readable if size is not None and size <= MOST_BYTES]
    if not small:
        raise UserError(
            f"‘{name}’의 파일은 모두 {MOST_BYTES // 1_000_000} MB가 넘습니다. 줄 일부를 파일로 직접 넣어 주세요.",
            f"Every file of ‘{name}’ is larger than {MOST_BYTES // 1_000_000} MB: put in some of its rows as a file.",
        )
    return min(
        small, key=lambda file: ("train" not in file[0].lower(), READABLE.index(_ending(file[0])), file[1], file[0])
    )[0]


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
