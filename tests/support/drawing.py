"""Pictures to upload."""

from io import BytesIO

from PIL import Image


def drawn(colour: str = "teal", size: tuple[int, int] = (600, 400)) -> bytes:
    """A PNG of one colour."""
    output = BytesIO()
    Image.new("RGB", size, colour).save(output, "PNG")
    return output.getvalue()
