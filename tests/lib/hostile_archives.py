# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile archives for rows A1-A17 of the attack table: python3 hostile_archives.py FOLDER
Writes FOLDER/ROW-NAME.zip or .tar and prints "FILE CODE" for each: the code that must be given."""
import io
import os
import struct
import sys
import tarfile
import zipfile
import zlib

out = sys.argv[1]
made = []


def note(name, data, code):
    with open(os.path.join(out, name), "wb") as f:
        f.write(data)
    made.append((name, code))


def entry(name, data=b"x", mode=0o100644, method=8, flags=0, made_by=3, **over):
    """One zip entry as (local, central) bytes makers; over: lname, lflags, lmethod, lcrc, lsize, lcsize, offset."""
    if isinstance(name, str):
        name = name.encode()
    packed = data
    if method == 8:
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = c.compress(data) + c.flush()
    crc = zlib.crc32(data)
    e = dict(name=name, packed=packed, crc=crc, size=len(data), csize=len(packed), mode=mode, method=method, flags=flags, made_by=made_by)
    e.update(over)
    return e


def local(e):
    name = e.get("lname", e["name"])
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, e.get("lflags", e["flags"]), e.get("lmethod", e["method"]), 0, 0x5021, e.get("lcrc", e["crc"]),
                       e.get("lcsize", e["csize"]), e.get("lsize", e["size"]), len(name), 0) + name + e["packed"]


def central(e, offset):
    return struct.pack("<IBBHHHHHIIIHHHHHII", 0x02014B50, 20, e["made_by"], 20, e["flags"], e["method"], 0, 0x5021, e["crc"], e["csize"], e["size"],
                       len(e["name"]), 0, 0, 0, 0, e["mode"] << 16, e.get("offset", offset)) + e["name"]


def archive(entries, before=b"", after=b"", between=b"", comment=b"", count=None, hidden=()):
    body, directory, offsets = before, b"", []
    for e in entries:
        offsets.append(len(body))
        body += local(e) + between
    for e in hidden:
        body += local(e)
    for e, at in zip(entries, offsets):
        directory += central(e, at)
    n = len(entries) if count is None else count
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, n & 0xFFFF, n & 0xFFFF, len(directory), len(body), len(comment)) + comment
    return body + directory + end + after


SCRIPTS = [entry("install.sh", b"echo hostile >>$OAKUM_ROOT/log\n"), entry("uninstall.sh", b"true\n")]


def bad(row, name, code, *more, **how):
    note(f"{row}-{name}.zip", archive(SCRIPTS + list(more), **how), code)


# A1, A2: ways out
for i, name in enumerate(["../x", "a/../../x", "..\\x", "a/./../..", "..", "a/..\\..\\x"]):
    bad("A1", str(i), "E_PATH", entry(name))
for i, name in enumerate(["/etc/x", "C:\\x", "\\\\srv\\x", "//x", "c:/x"]):
    bad("A2", str(i), "E_PATH", entry(name))
# A3, A5: links (zip has no hard links)
bad("A3", "link", "E_LINK", entry("etc", b"/etc", 0o120777, 0), entry("etc/x"))
bad("A3", "inside", "E_LINK", entry("l", b"install.sh", 0o120777, 0))
# A6
for i, kind in enumerate([0o020666, 0o060666, 0o010644, 0o140755]):
    bad("A6", str(i), "E_TYPE", entry("dev", b"", kind, 0))
# A8: bombs
bomb = entry("bomb", b"\0" * 30_000_000)
bad("A8", "lies", "E_SIZE", {**bomb, "size": 1000})
bad("A8", "absurd", "E_SIZE", {**entry("big"), "size": 0xFFFFFFF0, "lsize": 0xFFFFFFF0})
# A9: overlap
a, b = entry("a", b"aaaa" * 100, method=0), entry("b", b"bbbb" * 100, method=0)
bad("A9", "same", "E_ZIP_OVERLAP", a, {**b, "offset": 0})
# A10
many = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1_000_000, 1_000_000, 46_000_000, 0)
note("A10-count.zip", many + struct.pack("<IIQI", 0x07064B50, 0, 0, 1) +
     struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0), "E_COUNT")
# A11, A12
bad("A11", "twice", "E_DUP", entry("a"), entry("a"))
bad("A11", "filedir", "E_DUP", entry("a"), entry("a/b"))
bad("A11", "dirfile", "E_DUP", entry("a/b"), entry("a"))
bad("A12", "case", "E_NAME", entry("Readme"), entry("README"))
bad("A12", "casedir", "E_NAME", entry("Dir/a"), entry("dir/b"))
bad("A12", "nfc", "E_NAME", entry("caf\u00e9"), entry("cafe\u0301"))
for i, name in enumerate(["a.", "a ", "CON", "nul.txt", "dir/COM1.log", "a:b", "lpt9", "a?", "a*b", "pipe|x", "<x>", 'q"q', "CON .txt", "c:x"]):
    bad("A12", str(i), "E_NAME", entry(name))
# A13
bad("A13", "component", "E_NAME", entry("n" * 256))
bad("A13", "path", "E_NAME", entry("/".join(["p" * 200] * 21)))
bad("A13", "depth", "E_NAME", entry("/".join(["d"] * 66)))
# A14
for i, name in enumerate([b"a\x00b", b"a\nb", b"a\x1b[31m", "a\u202eb".encode(), b"\xff\xfe", b"\xc0\xaf", "a\u2028b".encode(), b"\xed\xa0\x80"]):
    bad("A14", str(i), "E_NAME", entry(name))
# A16
good = entry("data", b"data" * 50)
bad("A16", "name", "E_ZIP_MISMATCH", {**good, "lname": b"other"})
bad("A16", "size", "E_ZIP_MISMATCH", {**good, "lsize": 5})
bad("A16", "crc", "E_ZIP_MISMATCH", {**good, "lcrc": 5})
bad("A16", "method", "E_ZIP_MISMATCH", {**good, "lmethod": 0})
bad("A16", "hidden", "E_ZIP_MISMATCH", hidden=[entry("evil.sh")])
bad("A16", "before", "E_ZIP_MISMATCH", before=b"#!/bin/sh\nexit\n")
bad("A16", "after", "E_ZIP_MISMATCH", after=b"junk")
bad("A16", "between", "E_ZIP_MISMATCH", good, between=b"junk")
inner = archive([entry("install.sh", b"evil\n")])
bad("A16", "twoends", "E_ZIP_MISMATCH", comment=inner[-22:])
bad("A16", "checksum", "E_BROKEN", {**good, "crc": 1, "lcrc": 1})
bad("A16", "folder", "E_ZIP_MISMATCH", entry("f/", b"data", 0o040755))
# A17
bad("A17", "encrypted", "E_UNSUPPORTED", entry("secret", flags=1))
bad("A17", "method", "E_UNSUPPORTED", entry("lzma", method=8, **{}) | {"method": 14})
disks = bytearray(archive(SCRIPTS))
disks[-18:-14] = struct.pack("<HH", 1, 1)
note("A17-disks.zip", bytes(disks), "E_UNSUPPORTED")


# ---- tars for the tree model
def tar(row, name, code, *members):
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode="w", format=tarfile.PAX_FORMAT) as t:
        for m in [("bin/tool", tarfile.REGTYPE, b"tool", {})] + list(members):
            info = tarfile.TarInfo(m[0])
            info.type, info.size = m[1], len(m[2]) if m[1] in (tarfile.REGTYPE,) else 0
            for k, v in m[3].items():
                setattr(info, k, v)
            t.addfile(info, io.BytesIO(m[2]) if info.size else None)
    note(f"{row}-{name}.tar", f.getvalue(), code)


reg, sym, hard = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
tar("A1", "dots", "E_PATH", ("../x", reg, b"x", {}))
tar("A2", "absolute", "E_PATH", ("/etc/x", reg, b"x", {}))
tar("A3", "through", "E_LINK", ("etc", sym, b"", {"linkname": "/etc"}), ("etc/x", reg, b"x", {}))
tar("A3", "relative", "E_LINK", ("etc", sym, b"", {"linkname": "bin"}), ("etc/x", reg, b"x", {}))
tar("A4", "out", "E_LINK", ("l", sym, b"", {"linkname": "../../../etc/passwd"}))
tar("A4", "chain", "E_LINK", ("d/e/f", reg, b"x", {}), ("l", sym, b"", {"linkname": "d/e"}), ("m", sym, b"", {"linkname": "l/../../.."}))
tar("A4", "loop", "E_LINK", ("l", sym, b"", {"linkname": "m"}), ("m", sym, b"", {"linkname": "l"}))
tar("A5", "hard", "E_LINK", ("h", hard, b"", {"linkname": "../../etc/shadow"}))
tar("A5", "inside", "E_LINK", ("h", hard, b"", {"linkname": "bin/tool"}))
tar("A6", "fifo", "E_TYPE", ("p", tarfile.FIFOTYPE, b"", {}))
tar("A6", "dev", "E_TYPE", ("d", tarfile.CHRTYPE, b"", {"devmajor": 1, "devminor": 3}))
tar("A11", "twice", "E_DUP", ("a", reg, b"1", {}), ("a", reg, b"2", {}))
tar("A12", "case", "E_NAME", ("A", reg, b"1", {}), ("a", reg, b"2", {}))
tar("A12", "nfc", "E_DUP", ("caf\u00e9", reg, b"1", {}), ("cafe\u0301", reg, b"2", {}))
tar("A14", "newline", "E_NAME", ("a\nb", reg, b"1", {}))
# A7 under --strict: each of what is taken back otherwise
tar("A7", "setuid", "strict", ("s", reg, b"1", {"mode": 0o4755}))
tar("A7", "setgid", "strict", ("s", reg, b"1", {"mode": 0o2755}))
tar("A7", "sticky", "strict", ("s", tarfile.DIRTYPE, b"", {"mode": 0o1755}))
tar("A7", "world", "strict", ("s", reg, b"1", {"mode": 0o646}))
tar("A7", "uid", "strict", ("s", reg, b"1", {"uid": 1000}))
tar("A7", "gid", "strict", ("s", reg, b"1", {"gid": 99}))
tar("A7", "xattr", "strict", ("s", reg, b"1", {"pax_headers": {"SCHILY.xattr.user.evil": "1"}}))
tar("A7", "caps", "strict", ("s", reg, b"1", {"pax_headers": {"LIBARCHIVE.xattr.security.capability": "AQAAAgAgAAAAAAAAAAAAAAAAAAA="}}))
tar("A7", "acl", "strict", ("s", reg, b"1", {"pax_headers": {"SCHILY.acl.access": "user::rwx,user:nobody:rwx,group::r-x,mask::rwx,other::r-x"}}))
note("A7-setuidzip.zip", archive(SCRIPTS + [entry("set", mode=0o104755)]), "strict")
note("A7-worldzip.zip", archive(SCRIPTS + [entry("world", mode=0o100666)]), "strict")
# A8: a tar that says what it does not have, and one that has what it says
tar("A8", "absurd", "E_SIZE", ("big", reg, b"x", {}))
made.pop()
huge = tarfile.TarInfo("big")
huge.size = 1 << 40
note("A8-absurd.tar", huge.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024, "E_SIZE")
# A5: a hard link that brings data along
link = tarfile.TarInfo("h")
link.type, link.linkname, link.size = hard, "../../etc/shadow", 5
note("A5-data.tar", link.tobuf(tarfile.PAX_FORMAT) + b"evil\n".ljust(512, b"\0") + b"\0" * 1024, "E_LINK")
link.linkname = "bin/tool"
tool = tarfile.TarInfo("bin/tool")
note("A5-datainside.tar", tool.tobuf(tarfile.PAX_FORMAT) + link.tobuf(tarfile.PAX_FORMAT) + b"evil\n".ljust(512, b"\0") + b"\0" * 1024, "E_LINK")
tar("A13", "component", "E_NAME", ("n" * 256, reg, b"x", {}))
tar("A13", "path", "E_NAME", ("/".join(["p" * 200] * 21), reg, b"x", {}))
tar("A13", "depth", "E_NAME", ("/".join(["d"] * 66), reg, b"x", {}))
tar("A11", "filedir", "E_DUP", ("a", reg, b"1", {}), ("a/b", reg, b"2", {}))
for i, name in enumerate(["CON", "a:b", "a.", "a "]):
    tar("A12", str(i), "E_NAME", (name, reg, b"1", {}))
tar("A14", "rtl", "E_NAME", ("a\u202eb", reg, b"1", {}))
tar("A14", "utf8", "E_NAME", ("a\udcff", reg, b"1", {}))
tar("A7", "modes", "fine", ("set", reg, b"1", {"mode": 0o6777, "uid": 1234, "gid": 99}), ("world", reg, b"1", {"mode": 0o666}),
    ("umlaut \u00e4", reg, b"1", {}))
note("A7-modes.zip", archive(SCRIPTS + [entry("set", mode=0o106777), entry("world", mode=0o100666), entry("umlaut \u00e4")]), "fine")
note("A18-link.zip", archive([entry("install.sh", b"uninstall.sh", 0o120777, 0), SCRIPTS[1]]), "E_LINK")
for name, code in made:
    print(name, code)
