"""Where the image files are: a folder of the user's, the cache, or a mirror on the web."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

# Seconds to wait for a connection, and for the next bytes once connected.
TIMEOUT = (10.0, 30.0)


class DownloadError(ValueError):
    """No mirror delivered the file."""


@dataclass(frozen=True)
class Source:
    """A data set in four IDX files.

    Attributes:
        name: its name in the registry, and of its folder in the cache.
        folders: where its files may lie inside GANLAB_DATA_DIR (ours, torchvision's).
        mirrors: addresses, ending in "/", tried in this order.
        md5: file name -> checksum of the published file.
    """

    name: str
    folders: tuple[str, ...]
    mirrors: tuple[str, ...]
    md5: dict[str, str]


# Checksums as in torchvision.datasets.mnist; those of MNIST were checked against the files.
SOURCES = {
    source.name: source
    for source in (
        Source(
            name="mnist",
            folders=("mnist", "MNIST/raw"),
            mirrors=(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ),
            md5={
                "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
                "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
                "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
            },
        ),
        Source(
            name="fashion_mnist",
            folders=("fashion_mnist", "FashionMNIST/raw"),
            mirrors=(
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            ),
            md5={
                "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
                "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
                "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
            },
        ),
    )
}


def find_file(file: str, source: Source, cache_dir: Path | None = None) -> Path:
    """The local path of one file of a data set, downloading it at most once.

    Looks in the folder named by the environment variable GANLAB_DATA_DIR, then in the cache
    (by default the platform's, as ``pooch.os_cache("ganlab")``), then asks the mirrors.

    Args:
        file: its published name, ending in ".gz".
        source: the data set.
        cache_dir: folder of downloads.

    Raises:
        ValueError: GANLAB_DATA_DIR is not a folder, or holds a file of unknown origin.
        DownloadError: every mirror failed; the sentence says how.
    """
    return _in_data_dir(file, source) or fetch(file, source, cache_dir)


def find_local(file: str, source: Source, cache_dir: Path | None = None) -> Path | None:
    """Where ``find_file`` has the file without downloading, or None. Raises ValueError."""
    import pooch

    cached = _cache(source, cache_dir) / file
    known = cached.is_file() and pooch.file_hash(str(cached), "md5") == source.md5[file]
    return _in_data_dir(file, source) or (cached if known else None)


def _cache(source: Source, cache_dir: Path | None) -> Path:
    import pooch

    return (Path(pooch.os_cache("ganlab")) if cache_dir is None else cache_dir) / source.name


def _in_data_dir(file: str, source: Source) -> Path | None:
    setting = os.environ.get("GANLAB_DATA_DIR")
    if not setting:
        return None
    root = Path(setting)
    if not root.is_dir():
        raise ValueError(f"GANLAB_DATA_DIR is {setting!r}, which is no folder: correct or unset it")
    names = (file, file.removesuffix(".gz"))
    places = (root / folder / name for folder in source.folders for name in names)
    inside = next((path for path in places if path.is_file()), None)
    return inside or next(iter(_flat(root, names, source)), None)


def _flat(root: Path, names: tuple[str, ...], source: Source) -> list[Path]:
    """Files directly in the folder; MNIST and Fashion-MNIST share names, so checksums decide."""
    found = []
    for path in (root / name for name in names):
        if not path.is_file():
            continue
        checksum = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        owners = {s.name for s in (source, *SOURCES.values()) if checksum in s.md5.values()}
        if not owners:
            raise ValueError(
                f"{path} matches no published checksum, and its name does not say which data set "
                f"it belongs to: move it to {' or '.join(f'{name}/' for name in SOURCES)} beside it"
            )
        if source.name in owners:
            found.append(path)
    return found


def fetch(
    file: str,
    source: Source,
    cache_dir: Path | None = None,
    timeout: tuple[float, float] = TIMEOUT,
) -> Path:
    """The file from the cache if its checksum is right, otherwise from the first good mirror.

    A download goes to a temporary file, removed again unless its checksum is right. Progress is
    shown on standard error.

    Raises:
        DownloadError: every mirror failed; the sentence says how.
    """
    import pooch

    folder = _cache(source, cache_dir)
    known_hash = f"md5:{source.md5[file]}"
    failures = []
    for mirror in source.mirrors:
        downloader = pooch.HTTPDownloader(progressbar=True, timeout=timeout, chunk_size=1 << 16)
        try:
            return Path(pooch.retrieve(mirror + file, known_hash, file, folder, None, downloader))
        except (ValueError, OSError) as error:  # requests' errors are OSErrors
            failures.append(f"{mirror} ({_cause(error)})")
    raise DownloadError(
        f"could not download {file} for {source.name!r}; tried {', '.join(failures)}: check the "
        "connection, set GANLAB_DATA_DIR to a folder that holds the files, or choose the data "
        "'digits', which need no download"
    )


def _cause(error: Exception) -> str:
    """A few words on why a mirror failed; the library's own messages run over several lines."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"HTTP {response.status_code}"
    if isinstance(error, PermissionError):
        return "no right to write to the cache"
    return type(error).__name__ if isinstance(error, OSError) else "wrong checksum"
