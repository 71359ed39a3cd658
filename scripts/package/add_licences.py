"""Puts the licences of the libraries that auditwheel bundled into the wheel: add_licences.py WHEEL FOLDER. They are read from the
Debian packages that the libraries came from. Prints the path of the new wheel."""

import base64
import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile

wheel, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def package_of(library):
    """libmpfr-4ba4c9c2.so.6.2.0 -> libmpfr6, as dpkg knows it."""
    name = re.sub(r"-[0-9a-f]{8}(?=\.so)", "", library)
    found = subprocess.run(["dpkg-query", "-S", f"*/{name}"], capture_output=True, text=True)
    packages = {line.split(":")[0] for line in found.stdout.splitlines() if line.split(": ")[1].startswith(("/lib", "/usr/lib"))}
    if not packages:
        sys.exit(f"add_licences: no Debian package has {name}: whose licence is it?")
    return name, sorted(packages)[0]


with zipfile.ZipFile(wheel) as old:
    entries = {info: old.read(info) for info in old.infolist()}
bundled = sorted(pathlib.PurePosixPath(info.filename).name for info in entries if ".libs/" in info.filename and ".so" in info.filename)
if not bundled:
    sys.exit(f"add_licences: {wheel.name} bundles no library")
record = next(info for info in entries if info.filename.endswith(".dist-info/RECORD"))
licences = {}
listed = ["Libraries in this wheel, as shared libraries of their own; each may be exchanged for a compatible one.", ""]
for library in bundled:
    name, package = package_of(library)
    listed.append(f"{library}: {package}, LICENSE.{package}")
    licences[f"LICENSE.{package}"] = pathlib.Path("/usr/share/doc", package, "copyright").read_bytes()
common = sorted({name for text in licences.values() for name in re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])", text.decode(errors="replace"))})
for name in common:
    path = pathlib.Path("/usr/share/common-licenses", name)
    if path.exists():
        licences[f"COMMON.{name}"] = path.read_bytes()
licences["BUNDLED"] = ("\n".join(listed) + "\n").encode()

folder_in_wheel = record.filename.rpartition("/")[0] + "/licenses/"
lines = entries[record].decode().splitlines()
folder.mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(folder / wheel.name, "w", zipfile.ZIP_DEFLATED) as new:
    for info, content in entries.items():
        if info is not record:
            new.writestr(info, content, zipfile.ZIP_DEFLATED)
    for name, content in licences.items():
        new.writestr(folder_in_wheel + name, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{folder_in_wheel}{name},sha256={digest},{len(content)}")
    new.writestr(record, "\n".join(lines) + "\n", zipfile.ZIP_DEFLATED)
print(folder / wheel.name)
