"""A disk between SQLite and the files, which remembers, or is full.

The SQLite that the product runs on lets itself be given another way to the operating
system (a VFS), also by Python alone. Ours hands everything on to the usual one and
watches three things: writes, truncations, and the moments from which something must
survive a power cut. So recorder, statements, pragmas and SQLite are the product's.

Source: sqlite.org/vfs.html, sqlite.org/c3ref/io_methods.html.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pysqlite3 import _sqlite3

OK, FULL = 0, 13
WATCHED = 0x100 | 0x800 | 0x80000
"""Flags of a database, of its journal and of its write-ahead log."""

Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class Methods(Structure):
    """What can be done with an open file: `sqlite3_io_methods`, third version."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class Vfs(Structure):
    """The way to the operating system: `sqlite3_vfs`, third version."""

    _fields_ = (
        ("version", c_int),
        ("size_of_file", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("own", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done to a file; `data` is what was written at `place`."""

    kind: Literal["create", "write", "truncate", "sync", "delete"]
    file: str
    place: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """What was done, in order; and for how many writes there is room left.

    One that `lies` says of what it did not write that it did.
    """

    deeds: list[Deed | str] = field(default_factory=list)
    room: int | None = None
    writes: int = 0
    lies: bool = False

    def mark(self, word: str) -> None:
        """Note between the deeds that something was promised."""
        self.deeds.append(word)

    def takes(self) -> bool:
        """Whether there is room for one more write."""
        self.writes += 1
        if self.room is None:
            return True
        self.room -= 1
        return self.room >= 0


@contextmanager
def watched() -> Iterator[Disk]:
    """Put a disk between SQLite and every file that is opened in the block."""
    disk = Disk()
    way = _Way(disk)
    way.register()
    try:
        yield disk
    finally:
        way.unregister()


class _Way:
    """The functions that SQLite calls, and those that it called before."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._library: Any = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = c_void_p
        self._usual = Vfs.from_address(self._library.sqlite3_vfs_find(None))
        self._files: dict[int, tuple[str, Methods]] = {}
        self._made: dict[int, Methods] = {}
        # SQLite knows only addresses: whatever it may call is kept here.
        self._calls = (
            Open(self._open),
            Delete(self._delete),
            Write(self._write),
            Truncate(self._truncate),
            Sync(self._sync),
        )
        self._vfs = Vfs.from_buffer_copy(self._usual)
        self._vfs.name = b"watched"
        self._vfs.open = _address(self._calls[0])
        self._vfs.delete = _address(self._calls[1])

    def register(self) -> None:
        """Be the way for all files from now on."""
        assert self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == OK

    def unregister(self) -> None:
        """Leave it to the usual way again; all files must be closed."""
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
        self._library.sqlite3_vfs_register(ctypes.byref(self._usual), 1)

    def _open(self, _: int, name: int, file: int, flags: int, told: Any) -> int:
        path = ctypes.string_at(name).decode() if name else ""
        is_new = bool(path) and not Path(path).exists()
        done: int = Open(self._usual.open)(
            ctypes.addressof(self._usual), name, file, flags, told
        )
        if done == OK and flags & WATCHED and path:
            if is_new:
                self._disk.deeds.append(Deed("create", path))
            methods = c_void_p.from_address(file)
            usual = Methods.from_address(methods.value or 0)
            self._files[file] = path, usual
            methods.value = ctypes.addressof(self._ours(usual))
        return done

    def _ours(self, usual: Methods) -> Methods:
        at = ctypes.addressof(usual)
        if at not in self._made:
            ours = self._made[at] = Methods.from_buffer_copy(usual)
            ours.write = _address(self._calls[2])
            ours.truncate = _address(self._calls[3])
            ours.sync = _address(self._calls[4])
        return self._made[at]

    def _delete(self, _: int, name: bytes, sync: int) -> int:
        done: int = Delete(self._usual.delete)(
            ctypes.addressof(self._usual), name, sync
        )
        if done == OK:
            self._disk.deeds.append(Deed("delete", name.decode()))
        return done

    def _write(self, file: int, data: int, size: int, place: int) -> int:
        path, usual = self._files[file]
        if not self._disk.takes():
            # A full disk takes the beginning of what it is given.
            Write(usual.write)(file, data, size // 2, place)
            return OK if self._disk.lies else FULL
        done: int = Write(usual.write)(file, data, size, place)
        written = ctypes.string_at(data, size)
        self._disk.deeds.append(Deed("write", path, place, written))
        return done

    def _truncate(self, file: int, size: int) -> int:
        path, usual = self._files[file]
        done: int = Truncate(usual.truncate)(file, size)
        self._disk.deeds.append(Deed("truncate", path, size))
        return done

    def _sync(self, file: int, flags: int) -> int:
        path, usual = self._files[file]
        done: int = Sync(usual.sync)(file, flags)
        self._disk.deeds.append(Deed("sync", path))
        return done


def _address(call: Any) -> int | None:
    return ctypes.cast(call, c_void_p).value
