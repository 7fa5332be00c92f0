"""Pictures of every kind with bytes flipped, removed, doubled and truncated: a clean picture comes out, or a sentence."""

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chat.errors import Invalid
from chat.media.pictures import square
from tests.fuzz.budget import looks
from tests.support.hostile_pictures import animated, drawn, located

WHOLE = [
    drawn("PNG"),
    drawn("PNG", "P", color=1),
    drawn("JPEG"),
    drawn("JPEG", progressive=True),
    drawn("WEBP"),
    drawn("WEBP", lossless=True),
    drawn("GIF", "P", color=1),
    animated("GIF", 3),
    animated("WEBP", 3),
    animated("PNG", 3),
    located(),
]
LARGEST = st.sampled_from(
    (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\xff\xda", b"\xff\xd9", b"\x80")
)


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    file = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        # Headers contain the sizes.
        at = draw(st.one_of(st.integers(0, min(100, len(file))), st.integers(0, len(file))))
        match draw(st.integers(0, 4)):
            case 0:
                file[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                given = draw(LARGEST)
                file[at : at + len(given)] = given
            case 2:
                del file[at : at + draw(st.integers(1, 40))]
            case 3:
                file[at:at] = file[at : at + draw(st.integers(1, 200))]
            case _:
                file[at:at] = draw(st.binary(max_size=20))
    if draw(st.integers(0, 4)) == 0:
        del file[draw(st.integers(0, len(file))) :]
    return bytes(file)


@looks(150)
@given(broken())
def test_a_broken_picture_is_a_picture_or_a_sentence(upload: bytes) -> None:
    try:
        webp = square(upload)
    except Invalid:
        return
    with Image.open(BytesIO(webp)) as image:
        image.load()
        assert (image.format, image.size) == ("WEBP", (256, 256))
