"""Files that attack programs which open them as pictures."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def drawn(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (64, 64), **how: object) -> bytes:
    kept = BytesIO()
    Image.new(mode, size, how.pop("color", "teal")).save(kept, kind, **how)
    return kept.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk after its header."""
    return png[:33] + chunk(kind, body) + png[33:]


def scans_again(times: int, side: int = 4000) -> bytes:
    """A JPEG that draws the same picture again and again, 31 bytes for each time."""
    jpeg = drawn("JPEG", "L", (side, side), color=128, progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * (times + 1) + jpeg[-2:]


def wide_frame() -> bytes:
    """A GIF whose header says one pixel, with a frame of four billion pixels."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x44\x01\x00;"


def endless_gif() -> bytes:
    """A hundred thousand frames of a few bytes each."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * 60_000 + b";"


def animated(kind: str, frames: int = 40) -> bytes:
    kept = BytesIO()
    each = [Image.new("RGB", (64, 64), (n * 5 % 256, 0, 0)) for n in range(frames)]
    each[0].save(kept, kind, save_all=True, append_images=each[1:])
    return kept.getvalue()


def located() -> bytes:
    """A photo with metadata: where it was taken, by whom, and a colour profile."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = 6, "CAMERA-MAKER", "MY-NAME"
    exif.get_ifd(0x8825).update({1: "N", 2: (13.0, 45.0, 22.8), 3: "E", 4: (100.0, 30.0, 6.5)})
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>PRIVATE-XMP</x:xmpmeta>"
    return drawn("JPEG", exif=exif, comment=b"PRIVATE-COMMENT", icc_profile=b"PRIVATE-PROFILE" * 99, xmp=xmp)


_ZEROS = zlib.compress(bytes(60_000_000), 9)
REFUSED = {
    "a JPEG that is drawn thirty thousand times": scans_again(30_000),
    "a GIF whose picture is larger than itself": wide_frame(),
    "a text of sixty megabytes": with_chunk(drawn(), b"zTXt", b"a\0\0" + _ZEROS),
    "a profile of sixty megabytes": with_chunk(drawn(), b"iCCP", b"a\0\0" + _ZEROS),
    "a name of sixty megabytes": with_chunk(drawn(), b"iTXt", b"a\0\1\0\0\0" + _ZEROS),
    "a chunk longer than the file": drawn()[:33] + struct.pack(">I", 2**31 - 1) + b"tEXt",
    "BMP": drawn("BMP"),
    "ICO": drawn("ICO"),
    "TIFF": drawn("TIFF"),
    "a TIFF that points at itself": b"II*\0\x08\0\0\0" + b"\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0",
    "PPM": drawn("PPM"),
    "TGA": drawn("TGA"),
    "PCX": drawn("PCX"),
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    "PSD": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30_000, 30_000, 8, 3) + bytes(40),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(/etc/passwd) (r) file\n",
    "PDF": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "SVG with an entity": b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
    "HTML": b"<!DOCTYPE html><script>alert(1)</script>",
    "a program": b"\x7fELF\2\1\1" + bytes(60),
    "a ZIP": b"PK\3\4" + bytes(60),
    "an AVIF": b"\0\0\0 ftypavif\0\0\0\0avifmif1miaf" + bytes(60),
    "a video": b"\0\0\0 ftypisom" + bytes(60),
    "no end": b"\x89PNG\r\n\x1a\n" + b"\xff" * 100_000,
    "a WebP without a picture": b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0",
    "a WebP of another length": drawn("WEBP")[:4] + b"\xff\xff\xff\xff" + drawn("WEBP")[8:60],
}
# Unusual but valid pictures: they are opened, and only their visible content is kept.
OPENED = {
    "a photo that says where": located(),
    "a hundred thousand pictures": endless_gif(),
    "an animated GIF": animated("GIF"),
    "an animated WebP": animated("WEBP"),
    "an animated PNG": animated("PNG"),
    "a JPEG drawn fifty times": scans_again(50, side=64),
    "a JPEG and a page": drawn("JPEG") + b"<script>alert(1)</script>",
    "a GIF and a script": drawn("GIF", "P", color=0).replace(b";", b";/*<script>alert(1)</script>*/"),
    "a PNG and a ZIP": drawn() + b"PK\3\4" + bytes(500_000),
    "a PNG with a page in its text": with_chunk(drawn(), b"tEXt", b"Comment\0<script>alert(1)</script>"),
    "the largest there may be": drawn("JPEG", size=(4000, 4000)),
    "the largest, see-through": drawn("PNG", "RGBA", (4000, 4000), color=(1, 2, 3, 4)),
    "the largest, sixteen bits": drawn("PNG", "I;16", (4000, 4000), color=9),
}
