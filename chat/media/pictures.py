"""Turns an upload into a small square picture without any other data."""

from io import BytesIO
from threading import BoundedSemaphore

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chat.errors import Invalid, Limited
from chat.limits import TOO_OFTEN

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 16_000_000  # decoded, at four bytes each
# A progressive JPEG may rewrite the whole picture every thirty bytes; cameras and editors use about ten
# scans.
MAX_SCANS = 100
MAX_DECODED = 20 * MAX_PIXELS  # pixels in all scans together, of a large picture
_SCAN = b"\xff\xda"  # also matches look-alikes in the metadata, which are rare
# The largest picture takes two hundred megabytes while it is decoded. Other uploads of this process wait
# meanwhile, but not long, since each holds one of the few request threads.
AT_ONCE = BoundedSemaphore(2)
WAIT_SECONDS = 1.0
SIDE = 256
LARGE = 512  # for the app's icon
# Pillow knows forty more, some of which start other programs. The first bytes decide the format, not the file
# name.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def too_large() -> str:
    """What people read about a larger file: from the server, and from a browser that does not send it."""
    return _("This picture is larger than %(size)s. Choose a smaller one.") % {
        "size": filesizeformat(MAX_BYTES)
    }


def limits_in_words() -> str:
    """All that an upload must keep to."""
    return _("PNG, JPEG, WebP or GIF, up to %(size)s and %(pixels)d million pixels.") % {
        "size": filesizeformat(MAX_BYTES),
        "pixels": MAX_PIXELS // 1_000_000,
    }


def square(upload: bytes, side: int = SIDE) -> bytes:
    """The centre of the picture as WebP, ``side`` pixels wide, upright, without metadata. Raises Invalid and Limited."""
    if len(upload) > MAX_BYTES:
        raise Invalid(too_large())
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as image:  # reads only the header
            pixels = image.width * image.height
            if pixels > MAX_PIXELS:
                raise Invalid(_("This picture has too many pixels. Choose a smaller one."))
            scans = upload.count(_SCAN) if image.format in {"JPEG", "MPO"} else 1
            if scans > MAX_SCANS or scans * pixels > MAX_DECODED:
                raise Invalid(
                    _("This picture takes too long to open. Save it in another format, or choose another.")
                )
            if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
                raise Limited(str(TOO_OFTEN), 5)
            try:
                return _webp(image, side)
            finally:
                AT_ONCE.release()
    except (Invalid, Limited):
        raise
    except Exception as error:
        # Decoders fail on broken files in many ways, which all mean the same.
        raise Invalid(_("This file is not a picture. Choose a PNG, JPEG, WebP or GIF file.")) from error


def _webp(image: Image.Image, side: int) -> bytes:
    """For an animation, its first frame."""
    image.draft("RGB", (2 * side, 2 * side))  # decode a JPEG no larger than needed
    upright = ImageOps.exif_transpose(image)
    small = ImageOps.fit(
        upright.convert("RGBA" if upright.has_transparency_data else "RGB"),
        (side, side),
        Image.Resampling.LANCZOS,
    )
    small.info = {}  # drop GPS data, colour profiles and all other metadata
    output = BytesIO()
    small.save(output, "WEBP", quality=82)
    return output.getvalue()
