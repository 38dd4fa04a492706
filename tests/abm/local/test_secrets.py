"""The laptop's secret key."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from abm.local.secrets import local_secret_key


def test_everybody_reads_the_same_key_however_many_ask_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(local_secret_key, [tmp_path / "var"] * 64))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    local_secret_key(tmp_path)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
