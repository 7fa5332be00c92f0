"""From whatever somebody uploads to a small square picture that holds nothing else."""

from io import BytesIO
from threading import BoundedSemaphore

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chat.errors import Invalid, Limited
from chat.limits import TOO_OFTEN

BYTES_MOST = 1024 * 1024
PIXELS_MOST = 16_000_000  # decoded, four bytes each
# A progressive JPEG may go over the whole picture for each thirty bytes; those of cameras and editors do about ten times.
SCANS_MOST = 100
DRAWN_MOST = 20 * PIXELS_MOST  # pixels in all scans together, of a large one
_SCAN = b"\xff\xda"  # also what looks like one in the metadata, which is rare
# The largest takes two hundred megabytes while it is drawn anew; others of this process wait meanwhile, though not long:
# each holds one of the few threads that serve requests.
AT_ONCE = BoundedSemaphore(2)
WAIT_SECONDS = 1.0
SIDE = 256
# Pillow knows forty more, some of which start other programs. Which of these it is the first bytes say, not the name.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def square(upload: bytes) -> bytes:
    """The middle of the picture as WebP, ``SIDE`` pixels wide, upright, without metadata. Raises Invalid and Limited."""
    if len(upload) > BYTES_MOST:
        raise Invalid(_("This picture is larger than 1 MB. Choose a smaller one."))
    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as image:  # reads the header alone
            pixels = image.width * image.height
            if pixels > PIXELS_MOST:
                raise Invalid(_("This picture has too many pixels. Choose a smaller one."))
            scans = upload.count(_SCAN) if image.format in {"JPEG", "MPO"} else 1
            if scans > SCANS_MOST or scans * pixels > DRAWN_MOST:
                raise Invalid(
                    _("This picture takes too long to open. Save it in another format, or choose another.")
                )
            if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
                raise Limited(str(TOO_OFTEN), 5)
            try:
                return _webp(image)
            finally:
                AT_ONCE.release()
    except (Invalid, Limited):
        raise
    except Exception as error:
        # A broken file breaks a decoder in any way, and all of them mean the same.
        raise Invalid(_("This file is not a picture. Choose a PNG, JPEG, WebP or GIF file.")) from error


def _webp(image: Image.Image) -> bytes:
    """Of an animation the first picture."""
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded no larger than needed
    upright = ImageOps.exif_transpose(image)
    small = ImageOps.fit(
        upright.convert("RGBA" if upright.has_transparency_data else "RGB"),
        (SIDE, SIDE),
        Image.Resampling.LANCZOS,
    )
    small.info = {}  # where the camera stood, colour profiles, and whatever else was in the file
    kept = BytesIO()
    small.save(kept, "WEBP", quality=82)
    return kept.getvalue()
